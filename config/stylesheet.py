"""The reader's style sheets as one: a page waits for a single request, and their files stay apart.

A finder of static files, so that the server of development and `collectstatic` both have it.
"""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "css/site.css"
PARTS = ("tokens", "base", "article", "comments")


def minified(css):
    """Without what only people need. For our own sheets: no string in them holds a comment, or a
    space beside one of the signs."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    # Not before a colon: "a :is(b)" is another selector than "a:is(b)".
    css = re.sub(r": ", ":", css)
    return css.replace(";}", "}").strip()


def build():
    folder = settings.BASE_DIR / "static" / "css"
    return minified("".join((folder / f"{part}.css").read_text() for part in PARTS))


class Stylesheet(BaseFinder):
    def __init__(self, app_names=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.BASE_DIR / "var" / "built")

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        found = self._write() if path == NAME else None
        return ([found] if found else []) if find_all else found

    def list(self, ignore_patterns):
        self._write()
        yield NAME, self.storage

    def _write(self):
        path = Path(self.storage.path(NAME))
        css = build()
        if not path.exists() or path.read_text() != css:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(css)
        return str(path)
