"""The one gate for HTML that staff write: the editor's own allow-list, and the only mark_safe
of this app.

What the editor can make is what the sanitiser lets through: both come from EXTENSIONS.
"""

import re

import nh3
from django.db import models
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField, create_sanitizer

from blog.renditions import with_renditions

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "History": True,
}

_sanitize = create_sanitizer(EXTENSIONS)
_allowed = allowlist_from_extensions(expand_extensions(EXTENSIONS))
_sanitize_with_marks = nh3.Cleaner(
    **_allowed
    | {
        "tags": {*_allowed["tags"], "ins", "del"},
        "attributes": {**_allowed["attributes"], "*": {"data-mark"}},
    }
).clean
_NESTING = re.compile(r"<(/?)(?:ul|ol|blockquote)\b[^>]*>", re.IGNORECASE)
# Deeper nesting than a person writes costs time that grows with its square.
MAX_NESTING = 20
MAX_LENGTH = 100_000
_FOREIGN_LINK = re.compile(r' href="(?!https?:|mailto:|/(?!/)|#)[^"]*"')
_BLOCK = re.compile(r"<(p|ul|ol|blockquote)\b", re.IGNORECASE)


def sanitize(html):
    """Only the markup that the editor offers. Plain text, typed without the editor, gets <p>."""
    if html and not _BLOCK.search(html):
        html = linebreaks(html.strip())
    return _FOREIGN_LINK.sub("", _sanitize(_flat_enough(html or "")))


def _flat_enough(html):
    """Without its lists and quotes, when they stand too deep in each other."""
    depth = 0
    for tag in _NESTING.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > MAX_NESTING:
            return re.sub(r"</?li\b[^>]*>", " ", _NESTING.sub(" ", html), flags=re.IGNORECASE)
    return html


def trusted(html):
    """Sanitise and mark as safe to print: what reaches a page is clean, however it was stored."""
    return mark_safe(with_renditions(sanitize(html)))  # noqa: S308


def trusted_with_marks(html):
    """As `trusted`, for what blog.marked makes: <ins>, <del> and data-mark may stand in it."""
    return mark_safe(_FOREIGN_LINK.sub("", _sanitize_with_marks(html)))  # noqa: S308


class StaffHTMLField(ProseEditorField):
    """Sanitised on the way into the database, by whatever door: form, save, bulk, fixture."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", MAX_LENGTH)
        super().__init__(*args, extensions=EXTENSIONS, sanitize=sanitize, **kwargs)

    def get_db_prep_save(self, value, connection):
        return super().get_db_prep_save(sanitize(value), connection)

    def deconstruct(self):
        name, _path, args, kwargs = models.TextField.deconstruct(self)
        del kwargs["max_length"]  # checked by forms; the column has no limit
        return name, "django.db.models.TextField", args, kwargs
