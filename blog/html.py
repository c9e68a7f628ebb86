"""The one gate for HTML that staff write: the editor's own allow-list, and the only mark_safe
of this app.

What the editor can make is what the sanitiser lets through: both come from EXTENSIONS.
"""

import json
import re
from collections import Counter
from functools import partial
from html import unescape

import nh3
from django.conf import settings
from django.db import models
from django.utils.html import conditional_escape, format_html, linebreaks, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django_prose_editor.config import allowlist_from_extensions, expand_extensions
from django_prose_editor.fields import ProseEditorField

from blog.renditions import with_renditions
from blog.tidy import tidy

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    # Below the heading of the section itself; see `trusted` for the level that is printed.
    "Heading": {"levels": [3, 4]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": {"resizable": False},
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "Figure": True,
    "Image": True,
    "Caption": True,
    "History": True,
}

# Deeper nesting than a person writes costs time that grows with its square.
MAX_NESTING = 20
MAX_DEPTH = 200
MAX_LENGTH = 100_000

_LISTS = r"ul|ol|blockquote|table"
# What makes a parser walk up through all that is open, and what stops it on its way.
_NESTING = re.compile(
    rf"<(/?)({_LISTS}|address|applet|article|aside|button|center|details|dialog|dir|div|dl|"
    r"fieldset|figcaption|figure|footer|form|header|hgroup|listing|main|marquee|math|menu|nav|"
    r"object|pre|search|section|select|summary|svg|template)\b[^<>]*>",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"</?(?:li|caption|colgroup|col|tbody|thead|tfoot|tr|th|td)\b[^<>]*>", re.IGNORECASE
)
_BLOCK = re.compile(
    r"<(p|ul|ol|blockquote|h[1-6]|table|figure|div|section|article|li)\b", re.IGNORECASE
)
# Where one word ends though nothing stands between it and the next.
_WORD_END = re.compile(
    r"<(?=/?(?:p|h[1-6]|li|ul|ol|blockquote|br|table|tr|th|td|figure|figcaption)\b)"
)
_HREF = re.compile(r"https?:|mailto:|/(?!/)|#", re.IGNORECASE)
_SIZE = re.compile(r"[1-9][0-9]{0,4}")
_SPAN = re.compile(r"[1-9]|[1-4][0-9]|50")


def _own_picture(address):
    """Pictures come from our own library, and from nowhere else."""
    name = address.removeprefix(settings.MEDIA_URL)
    return name != address and bool(re.fullmatch(r"[\w-]+(?:[./][\w-]+)*", name, re.ASCII))


_RULES = {
    "href": _HREF.match,
    "src": _own_picture,
    "width": _SIZE.fullmatch,
    "height": _SIZE.fullmatch,
    "colspan": _SPAN.fullmatch,
    "rowspan": _SPAN.fullmatch,
}


def _checked(_tag, name, value):
    rule = _RULES.get(name)
    return value if rule is None or rule(value) else None


def _cleaners():
    """What the editor makes; and beside it what other programs make in its stead, to be tidied."""
    rules = allowlist_from_extensions(expand_extensions(EXTENSIONS))
    attributes = rules["attributes"] | {
        # No class or data of the editor's own making.
        "img": {"src", "alt", "width", "height"},
        "figure": set(),
        "ol": {"start"},
    }
    rules |= {"attributes": attributes, "attribute_filter": _checked, "link_rel": None}
    rules["clean_content_tags"] = {"script", "style", "title", "template", "select", "textarea"}
    strict = nh3.Cleaner(**rules)
    looser = {name: set(allowed) for name, allowed in attributes.items()}
    for name in ("b", "i", "span", "p"):
        looser[name] = {"style"}
    tags = {"b", "i", "span", "div", "section", "article", "h1", "h2", "h5", "h6", "caption"}
    loose = nh3.Cleaner(**rules | {"tags": rules["tags"] | tags, "attributes": looser})
    marks = {
        "tags": {*rules["tags"], "ins", "del"},
        "attributes": attributes | {"*": {"data-mark"}},
    }
    return strict, loose, nh3.Cleaner(**rules | marks)


_STRICT, _LOOSE, _MARKED = _cleaners()


def sanitize(html):
    """Only the markup that the editor offers. Plain text, typed without the editor, gets <p>."""
    html = html or ""
    if html and not _BLOCK.search(html):
        html = linebreaks(html.strip())
    html = _flat_enough(html)
    for _attempt in range(5):
        before, html = html, _STRICT.clean(tidy(_LOOSE.clean(html)))
        if html == before:
            return html
    # Markup that is something else each time it is read is somebody's attempt.
    return linebreaks(conditional_escape(strip_tags(html).strip()))


def _flat_enough(html):
    """Without its lists, quotes and tables, when they stand too deep in each other."""
    opened = Counter()
    for tag in _NESTING.finditer(html):
        name = tag[2].lower()
        if not tag[1]:
            opened[name] += 1
        elif opened[name]:
            opened[name] -= 1
        if sum(opened[name] for name in ("ul", "ol", "blockquote", "table")) > MAX_NESTING or (
            opened.total() > MAX_DEPTH
        ):
            return _PARTS.sub(" ", _NESTING.sub(" ", html))
    return html


def plain(html):
    """Its words alone, with a space wherever a block ends. Not to be marked as safe."""
    return unescape(strip_tags(_WORD_END.sub(" <", html)))


_HEADING = re.compile(r"<(/?)h([34])>")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def shown_words(html):
    """The words that a page shows of it, as `plain` has them."""
    return plain(_clean_at(3, html))


def trusted(html, level=3):
    """Sanitise and mark as safe to print: what reaches a page is clean, however it was stored.

    `level` is that of its highest sub-heading: one below the heading that it stands under.
    """
    html = _clean_at(level, html)
    return mark_safe(with_renditions(_TABLE.sub(_scrolling, html)))  # noqa: S308


# A whole tag, whatever stands between the quotes of its attributes.
_TAG = re.compile(r"""<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>""")
_OWN_ADDRESS = re.compile(r' (href|src)="([/#][^"]*)"')


def portable(html, page_url, level=3):
    """As `trusted`, to be read elsewhere: addresses of this site are whole, and pictures are one
    file. `page_url` is the whole address of the page that it stands on."""
    html = _clean_at(level, html)
    return mark_safe(  # noqa: S308
        _TAG.sub(lambda tag: _OWN_ADDRESS.sub(partial(_whole, page_url), tag[0]), html)
    )


def _whole(page_url, attribute):
    name, address = attribute.groups()
    start = page_url if address.startswith("#") else settings.SITE_URL
    return f' {name}="{conditional_escape(start)}{address}"'


def trusted_with_marks(html):
    """As `trusted`, for what blog.marked makes: <ins>, <del> and data-mark may stand in it."""
    return mark_safe(_MARKED.clean(html))  # noqa: S308


# What could end the element or begin a comment in it, what some scripts take for the end of a
# line, and what no page may hold. In a JSON string each has an escape.
_NOT_IN_DATA = re.compile("[<>&\u2028\u2029\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def data_block(mime_type, value):
    """A <script> that holds data as JSON. Browsers never run it, whatever the policy."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = _NOT_IN_DATA.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return format_html('<script type="{}">{}</script>', mime_type, mark_safe(text))  # noqa: S308


def _clean_at(level, html):
    html = html if _is_clean(html) else sanitize(html)
    if level == 3:
        return html
    return _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + level - 3}>", html)


def _is_clean(html):
    """Safe as it is: spares pages the work of bringing every body into shape once more."""
    return (
        bool(html)
        and _flat_enough(html) is html
        and bool(_BLOCK.search(html))
        and (_STRICT.clean(html) == html)
    )


def _scrolling(table):
    """A table in a box of its own, which scrolls by touch and by key where it is too wide."""
    html = table[0]
    first = _ROW.search(html)
    if first:
        rest = _ROW.sub(lambda row: row[0].replace("<th", '<th scope="row"'), html[first.end() :])
        head = first[0].replace("<th", '<th scope="col"')
        html = html[: first.start()] + head + rest
    names = " ".join(plain(first[0] if first else "").split())
    label = _("Table: %s") % Truncator(names).chars(80) if names else _("Table")
    box = format_html('<div class="table" role="region" tabindex="0" aria-label="{}">', label)
    return f"{box}{html}</div>"


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
