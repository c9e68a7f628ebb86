"""Which characters other machines can take."""

import re

# What XML 1.0 forbids, and the control characters that YAML forbids beside it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def allowed(text):
    """Without the characters that no feed may hold."""
    return _FORBIDDEN.sub("", text)


def one_line(text):
    """The same on one line, with single spaces."""
    return " ".join(allowed(text).split())
