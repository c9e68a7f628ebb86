"""Tables as CSV that a spreadsheet opens as they are, and never runs."""

import csv
import re
import unicodedata
from itertools import chain

from django.http import StreamingHttpResponse

BYTE_ORDER_MARK = "\ufeff"
# With one of these first, also behind spaces, quotes and signs that nobody sees, a spreadsheet may
# take a text for a formula.
_FORMULA = re.compile(r"[\s\"'`´‘’“”„«»\u00ad]*[=+\-@|−]")
_FIRST = ("\t", "\r", "\n")


def safe_cell(value):
    """The value as text; what a spreadsheet would run gets an apostrophe in front."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int):
        return text
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text[:200])
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    if text.startswith(_FIRST) or _FORMULA.match(plain):
        return f"'{text}"
    return text


def typed_cell(text):
    """What was in a cell before `safe_cell` made it safe."""
    bare = text.removeprefix("'")
    return bare if safe_cell(bare) == text else text


class _Echo:
    @staticmethod
    def write(line):
        return line


def download(name, header, rows):
    """An answer that the browser saves as `name`. The rows are read while it is sent."""
    writer = csv.writer(_Echo, quoting=csv.QUOTE_ALL)
    lines = (writer.writerow([safe_cell(value) for value in row]) for row in chain([header], rows))
    return StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], lines),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
