"""Colours for those who cannot read a style sheet, taken from the tokens so that they agree."""

import re
from functools import cache

from django.contrib.staticfiles import finders

_COLOUR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def page():
    """{"light", "dark"}: the background of a page."""
    return dict(zip(("light", "dark"), _tokens()["paper"], strict=True))


def light(name):
    """The colour of this name, such as "pro-wash", on a light page."""
    return _tokens()[name][0]


@cache
def _tokens():
    with open(finders.find("css/tokens.css"), encoding="utf-8") as tokens:
        return {name: shades for name, *shades in _COLOUR.findall(tokens.read())}
