"""The page cache: in front of Django, so that a page that is kept never enters it.

Every server process keeps whole responses in its memory, compressed. It serves one as long as the
stamps of its tags are what they were when it was rendered (blog/stamps.py) and nothing planned has
fallen due. Only what a view passed through `blog.shared.shared` is kept. The header `Cache-Status`
(RFC 9211) tells hit, fwd=miss or fwd=bypass.
"""

import gzip
import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from operator import itemgetter
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings

from blog.shared import FOUND, STARTED, parameters
from blog.stamps import EVERYTHING, NONE, stamps
from config.listening import Listener

logger = logging.getLogger(__name__)

# Nothing under these is shared: the desk, private pages, searches, and files from the disk.
PRIVATE = (
    "/admin/",
    "/comments/",
    "/healthz",
    "/media/",
    "/preview/",
    "/readyz",
    "/search/",
    "/static/",
)
# What must not reach a page that everybody gets.
_PERSONAL = ("HTTP_COOKIE", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")
# Seconds. The last resort for a process that died between its commit and its new stamps.
LONGEST = 300
# Seconds. Then somebody who waits for a page renders it too.
LONGEST_WAIT = 5
# Characters. No address of ours has nearly as many.
LONGEST_QUERY = 2000
# Other headers that tell a client whether what it has is good, by RFC 9110, 15.4.5.
_OF_NOT_MODIFIED = {"cache-control", "cache-tag", "content-location", "date", "expires", "vary"}
_BYPASS = ("Cache-Status", "Evenhand; fwd=bypass")


def behind_page_cache(application):
    """The application as a server process runs it, by the settings."""
    if not settings.PAGE_CACHE_MB:
        return application
    try:
        shared_stamps = stamps()
    except OSError as error:
        logger.error("Pages are not kept. STAMPS_FILE cannot be used: %s", error)
        return application
    return PageCache(
        application,
        shared_stamps,
        size=settings.PAGE_CACHE_MB * 1024 * 1024,
        session_cookie=settings.SESSION_COOKIE_NAME,
        listener=Listener(shared_stamps),
    )


class PageCache:
    """A WSGI application around another one. `size` is in bytes, for each process."""

    def __init__(self, application, stamps, *, size, session_cookie, listener):
        self.application, self.stamps, self.size = application, stamps, size
        self.listener = listener
        self.session_cookie = f"{session_cookie}="
        self.pages, self.used = {}, 0
        # A burst for one page renders it once: the others wait at the lock of its key.
        self.locks = [threading.Lock() for _ in range(64)]
        self.storing = threading.Lock()
        self.not_kept = set()

    def __call__(self, environ, start_response):
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or self.session_cookie in environ.get("HTTP_COOKIE", "")
            or "HTTP_AUTHORIZATION" in environ
            or environ["PATH_INFO"].startswith(PRIVATE)
        ):
            return self._bypass(environ, start_response)
        query = environ.get("QUERY_STRING")
        if query and len(query) > LONGEST_QUERY:
            return self._bypass(environ, start_response)
        # All that a page may depend on besides the database.
        key = (
            environ["PATH_INFO"],
            _meaningful(environ["PATH_INFO"], query) if query else "",
            environ.get("HTTP_HOST"),
            environ.get("HTTP_X_FORWARDED_PROTO") == "https",
        )
        page = self.pages.get(key)
        if page is not None and self._is_fresh(page):
            return page.answer(environ, start_response, is_hit=True)
        return self._miss(key, environ, start_response)

    def _is_fresh(self, page):
        return page.slots(self.stamps.numbers) == page.stamps and time.time() < page.until

    def _miss(self, key, environ, start_response):
        self.listener.ensure_running()
        lock = self.locks[hash(key) % len(self.locks)]
        # What was not kept the last time is not waited for; nor is anything for long.
        is_ours = key not in self.not_kept and lock.acquire(timeout=LONGEST_WAIT)
        try:
            page = self.pages.get(key)
            if page is not None and self._is_fresh(page):
                return page.answer(environ, start_response, is_hit=True)
            answer = self._render(key, environ)
            self._remember(key, isinstance(answer, Page))
        finally:
            if is_ours:
                lock.release()
        if isinstance(answer, Page):
            return answer.answer(environ, start_response, is_hit=False)
        was_whole = "HTTP_COOKIE" not in environ and key[1] == environ.get("QUERY_STRING", "")
        if not was_whole and answer.status[0] in "23":
            # It is not for everybody, and may depend on what was left out.
            return self._bypass(environ, start_response)
        start_response(answer.status, [*answer.headers, _BYPASS])
        return [answer.body if environ["REQUEST_METHOD"] == "GET" else b""]

    def _remember(self, key, is_kept):
        if is_kept and self.stamps.numbers[0] != NONE:
            self.not_kept.discard(key)
        else:
            if len(self.not_kept) >= 1000:
                self.not_kept.clear()
            self.not_kept.add(key)

    def _render(self, key, environ):
        """A Page, which is kept from now on, or the Answer when it must not be."""
        began, stamps = time.time(), self.stamps.snapshot()
        asked = {name: value for name, value in environ.items() if name not in _PERSONAL}
        asked |= {"REQUEST_METHOD": "GET", "QUERY_STRING": key[1], STARTED: began}
        answer = Answer.of(self.application, asked)
        found = asked.get(FOUND)
        if found is None or not answer.may_be_shared:
            return answer
        slots = sorted({self.stamps.slot(tag) for tag in found.tags})
        until = min(began + LONGEST, found.until.timestamp() if found.until else began + LONGEST)
        page = Page(answer, slots, stamps, until)
        # One that would push out all others is not worth it: a large file of the sitemap.
        if stamps[self.stamps.slot(EVERYTHING)] != NONE and page.size <= self.size / 4:
            self._keep(key, page)
        return page

    def _keep(self, key, page):
        with self.storing:
            if replaced := self.pages.pop(key, None):
                self.used -= replaced.size
            self.pages[key] = page
            self.used += page.size
            while self.used > self.size:
                # The oldest first, unless it was asked for since it came to the front.
                oldest = next(iter(self.pages))
                candidate = self.pages.pop(oldest)
                if candidate.was_asked_for and candidate is not page:
                    candidate.was_asked_for = False
                    self.pages[oldest] = candidate
                else:
                    self.used -= candidate.size

    def _bypass(self, environ, start_response):
        def start(status, headers, exc_info=None):
            return start_response(status, [*headers, _BYPASS], exc_info)

        return self.application(environ, start)


def _meaningful(path, query):
    """The parameters that the page looks at, in one order."""
    names = parameters(path)
    # Of two values of one name, a page takes the last.
    values = dict(parse_qsl(query, keep_blank_values=True, errors="replace")) if names else {}
    return urlencode(sorted(each for each in values.items() if each[0] in names))


@dataclass
class Answer:
    """A whole response of the application inside."""

    status: str
    headers: list
    body: bytes = b""

    @classmethod
    def of(cls, application, environ):
        answer = cls("", [])

        def start_response(status, headers, exc_info=None):
            answer.status, answer.headers = status, headers

        chunks = application(environ, start_response)
        try:
            answer.body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return answer

    @property
    def may_be_shared(self):
        names = {name.lower() for name, _value in self.headers}
        return self.status.startswith("200") and not names & {
            "set-cookie",
            "content-encoding",
            "vary",
        }


class Page:
    """A response as it is kept: every encoding with the headers that go with it."""

    def __init__(self, answer, slots, stamps, until):
        self.slots = itemgetter(*slots) if len(slots) > 1 else lambda numbers: numbers[slots[0]]
        self.stamps, self.until = self.slots(stamps), until
        self.was_asked_for = False
        headers = [
            each for each in answer.headers if each[0].lower() not in ("content-length", "etag")
        ]
        headers.append(("Vary", "Accept-Encoding"))
        digest = hashlib.sha256(answer.body).hexdigest()[:32]
        bodies = {"": answer.body, "gzip": gzip.compress(answer.body, 6, mtime=0)}
        bodies["br"] = brotli.compress(answer.body, quality=5)
        self.forms = {name: Form(name, body, headers, digest) for name, body in bodies.items()}
        self.size = sum(map(len, bodies.values())) + 20_000

    def answer(self, environ, start_response, *, is_hit):
        self.was_asked_for |= is_hit
        form = self.forms[_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (form.etag in known or known.strip() == "*"):
            start_response("304 Not Modified", form.not_modified[is_hit])
            return []
        start_response("200 OK", form.headers[is_hit])
        return [form.body] if environ["REQUEST_METHOD"] == "GET" else []


class Form:
    def __init__(self, encoding, body, headers, digest):
        self.body = body
        # Strong: other bytes have another tag, so the encoding is part of it.
        self.etag = f'"{digest}{encoding and "-" + encoding}"'
        headers = [*headers, ("ETag", self.etag)]
        whole = [*headers, ("Content-Length", str(len(body)))]
        if encoding:
            whole.append(("Content-Encoding", encoding))
        short = [each for each in headers if each[0].lower() in _OF_NOT_MODIFIED | {"etag"}]
        self.headers, self.not_modified = _with_status(whole), _with_status(short)


def _with_status(headers):
    """By whether it was in the cache."""
    return {
        True: [*headers, ("Cache-Status", "Evenhand; hit")],
        False: [*headers, ("Cache-Status", "Evenhand; fwd=miss")],
    }


_encodings = {}


def _encoding(accepted):
    """The best one that the client takes; "" for none."""
    found = _encodings.get(accepted)
    if found is None:
        if len(_encodings) > 1000:
            _encodings.clear()
        found = _encodings[accepted] = _best_encoding(accepted)
    return found


def _best_encoding(accepted):
    refused = set()
    taken = set()
    for part in accepted.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        is_refused = any(
            each.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for each in parameters
        )
        (refused if is_refused else taken).add(name)
    return next((name for name in ("br", "gzip") if name in taken and name not in refused), "")
