"""Colours for those who cannot read a style sheet, taken from the tokens so that they agree."""

import re
from functools import cache

from django.contrib.staticfiles import finders

_PAPER = re.compile(r"--paper: light-dark\((?P<light>#[0-9a-f]{6}), (?P<dark>#[0-9a-f]{6})\)")


@cache
def page():
    """{"light", "dark"}: the background of a page."""
    with open(finders.find("css/tokens.css"), encoding="utf-8") as tokens:
        return _PAPER.search(tokens.read()).groupdict()
