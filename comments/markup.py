"""What readers type becomes HTML here, and nowhere else: Markdown, then bleach.

The only module that imports bleach, and the only one of this app that marks HTML as safe.
"""

import re
import unicodedata
from functools import partial

from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from django.db import models
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

TAGS = frozenset({"a", "blockquote", "br", "em", "li", "ol", "p", "strong", "ul"})
REL = "ugc nofollow noopener"

# Quotes and lists inside each other, and all that the parser keeps of a hostile text.
MAX_NESTING = 20

# C0 and C1 control characters but tab and newline, and the marks that turn the direction of
# whatever text follows them. Marks that only belong to a letter or a word stay.
_UNWANTED = re.compile("[\ue000\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_AMPERSAND = "\ue000"
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Letters and symbols that print as nothing.
_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
_LINK = re.compile(r"(?:https?://|mailto:)\S+\Z", re.IGNORECASE)
# What becomes a link without being marked as one. Nothing shorter: "the tablets.It helped" is no
# address. No part of the pattern can match in two ways, so it takes linear time.
_URL = re.compile(
    r"""(?<![\w@./])(?:https?://|www\.)[\w.-]+(?::\d+)?(?:[/?#][^\s<>"'`{|}\\^]*)?""", re.IGNORECASE
)

_OPTIONS = {"breaks": True, "html": False, "maxNesting": MAX_NESTING}
_RULES = ["blockquote", "emphasis", "escape", "list", "newline"]
_without_links = MarkdownIt("zero", _OPTIONS).enable(_RULES)
_with_links = MarkdownIt("zero", _OPTIONS).enable([*_RULES, "link"])
for _parser in (_without_links, _with_links):
    # What is no link stays as it was typed: "[p<0.05](table)".
    _parser.validateLink = lambda url: bool(_LINK.match(url))
# The parser looks from every bracket to the end of the text. So many of them are no links.
MAX_BRACKETS = 100


def plain(text):
    """The text as typed, without characters that no database or page should hold."""
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def plain_line(text):
    """The same for a text of one line, such as a name."""
    return " ".join(plain(text).split())


def is_blank(text):
    """Whether nobody could see anything of it: spaces, joiners, bare marks and the like."""
    return not any(
        unicodedata.category(character)[0] not in "CMZ" and character not in _INVISIBLE
        for character in text
    )


def says_nothing(text):
    """Whether its HTML would show nothing, as with a quotation mark and no words after it."""
    return is_blank(strip_tags(_parse(plain(text))))


def render(text):
    """The HTML of a comment."""
    return clean(_parse(plain(text)))


class _Cleaned(str):
    """What `clean` gave: a comment that was rendered is not cleaned again when it is stored."""


def clean(html):
    """Only what a comment may hold. Cleaning twice changes nothing."""
    if isinstance(html, _Cleaned):
        return html
    # bleach would read "&amp;lt;", a reader's own "&lt;", as "&lt;". A character of nobody's
    # script takes the place of the ampersand meanwhile.
    cleaned = _cleaner().clean(html.replace("&amp;", _AMPERSAND))
    return _Cleaned(cleaned.replace(_AMPERSAND, "&amp;"))


def stored(html):
    """Marks as safe what CommentHTMLField has let into the database."""
    return mark_safe(html)  # noqa: S308


class CommentHTMLField(models.TextField):
    """Cleaned on the way into the database, by whatever door: save, bulk, update, fixture."""

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str):
            value = clean(value)
        return super().get_db_prep_save(value, connection)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def _parse(text):
    return (_with_links if text.count("[") <= MAX_BRACKETS else _without_links).render(text)


def _cleaner():
    # A new one each time: bleach keeps the state of its parser in it, and threads share modules.
    return Cleaner(
        tags=TAGS,
        attributes={"a": _is_allowed},
        protocols={"http", "https", "mailto"},
        strip=True,
        filters=[partial(LinkifyFilter, callbacks=[_link], url_re=_URL)],
    )


def _is_allowed(tag, name, value):
    # A link without a scheme would lead into this site, where a reader has nothing to place.
    return name == "rel" or (name == "href" and bool(_LINK.match(value)))


def _link(attrs, new=False):
    """Keep a link, with its rel; None leaves the words without a link."""
    return attrs | {(None, "rel"): REL} if (None, "href") in attrs else None
