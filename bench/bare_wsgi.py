"""The limit of the server: the same bytes from memory, and nothing else.

The page is fetched once from PAGE_URL, in the encoding in which the load asks for it.
"""

import os
from urllib.request import Request, urlopen

with urlopen(Request(os.environ["PAGE_URL"], headers={"Accept-Encoding": "gzip"})) as page:
    BODY = page.read()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "gzip"),
    ("Content-Length", str(len(BODY))),
]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
