"""An article as Markdown (CommonMark, with tables).

Whatever stands in a text is escaped, so that who renders it reads the words of the page.
"""

import json
import re
from html.parser import HTMLParser
from itertools import product
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt

from blog import html as staff_html
from blog.characters import allowed, one_line

_SPACES = re.compile(r"[^\S\u00a0\u202f\u2007]+")
_ANYWHERE = re.compile(r"([\\`*_\[\]<>&#|~])")
# What would make the beginning of a line a list, a heading, a rule or the head of a table.
_AT_START = re.compile(r"(?m)^(\s*)([-+=:]|\d{1,9}(?=[.)](?:\s|$)))")

_reader = MarkdownIt("commonmark")


def article(edition, page_url):
    """The whole article, with a front matter in YAML."""
    content = edition.content
    blocks = [f"# {inline(content.title)}"]
    blocks += [inline(each) for each in re.split(r"\n\s*\n", content.summary) if each.strip()]
    if content.image:
        blocks.append(_picture(content.image))
    blocks += [_text(section, page_url) for section in content.opening]
    for side in content.sides:
        blocks += [f"## {inline(side.heading)}", from_html(side.intro, page_url)]
        blocks += [_item(content, item, page_url) for item in side.items]
    blocks += [_text(section, page_url) for section in content.closing]
    if content.sources:
        blocks += [f"## {_('Sources')}", "\n".join(_source(each) for each in content.sources)]
    if edition.corrections:
        lines = [f"- {each.date.isoformat()}: {inline(each.text)}" for each in edition.changes]
        blocks += [f"## {_('Changes')}", "\n".join(lines)]
    body = "\n\n".join(block for block in blocks if block)
    return f"{_front_matter(edition, page_url)}\n{body}\n"


def link(text, url):
    return f"[{inline(text)}]({_destination(url)})"


def from_html(html, page_url, level=3):
    """The Markdown of what an editor wrote; its highest heading is of this level."""
    if not html:
        return ""
    return "\n\n".join(_blocks(_Tree(staff_html.portable(html, page_url)).root, level))


def _front_matter(edition, page_url):
    content = edition.content
    values = {
        "title": content.title,
        "url": page_url,
        "author": content.author and content.author.full_name,
        "reviewer": content.reviewer and content.reviewer.full_name,
        "published": edition.published_on,
        "updated": edition.updated_on,
        "reviewed": content.reviewed_on,
        "next_review": content.next_review_on,
        "topic": content.category and content.category.name,
        "tags": [one_line(tag.name) for tag in content.tags],
    }
    # A JSON string is a YAML string.
    lines = [
        f"{name}: {json.dumps(_plain(value), ensure_ascii=False)}"
        for name, value in values.items()
        if value
    ]
    return "\n".join(["---", *lines, "---", ""])


def _plain(value):
    return value if isinstance(value, list) else one_line(str(value))


def _text(section, page_url):
    heading = f"## {inline(section.heading)}\n\n" if section.heading else ""
    return f"{heading}{from_html(section.body, page_url)}".strip()


def _item(content, item, page_url):
    if not item.is_point:
        return _text(item, page_url)
    blocks = [f"### {inline(f'{item.name}: {item.heading}')}"]
    if item.evidence:
        blocks.append(inline(f"{_('Evidence:')} {item.evidence_label.lower()}"))
    blocks.append(from_html(item.body, page_url, level=4))
    if item.cites:
        cited = [source for source in content.sources if source.number in item.cites]
        names = [f"{source.number} {source.type_label.lower()}" for source in cited]
        label = ngettext("Source", "Sources", len(names))
        blocks.append(inline(f"{label} {', '.join(names)}"))
    return "\n\n".join(blocks)


def _source(source):
    parts = [f"{source.title}."]
    parts += [f"{source.publisher}."] if source.publisher else []
    parts.append(f"{source.type_label}.")
    line = inline(" ".join(parts))
    if source.url:
        line += f" {link(source.url, source.url)}"
    if source.accessed:
        line += f" {inline(_('Accessed'))} {source.accessed.isoformat()}."
    return f"{source.number}. {line}"


def _picture(image):
    picture = f"![{inline(image.alt or '')}]({_destination(settings.SITE_URL + image.url)})"
    return f"{picture}\n\n{inline(image.caption)}".strip()


def inline(text):
    """A text on one line that means nothing but itself."""
    return _at_start(_escaped(one_line(text)))


def _escaped(text):
    return _ANYWHERE.sub(r"\\\1", text)


def _at_start(text):
    return _AT_START.sub(lambda found: _escape_start(*found.groups()), text)


def _escape_start(spaces, mark):
    return f"{spaces}{mark}\\" if mark.isdigit() else f"{spaces}\\{mark}"


def _destination(url):
    # Entities are read in addresses as well.
    return quote(allowed(url), safe="/:?#@!$'*+,;=%~-._&").replace("&", "\\&")


class _Node:
    def __init__(self, tag, attributes=()):
        self.tag, self.attributes, self.children = tag, dict(attributes), []

    def number(self, name, default):
        value = self.attributes.get(name) or ""
        return int(value) if re.fullmatch("[0-9]{1,9}", value) else default

    def words(self):
        """What it says, with a space wherever a block or a line ends."""
        texts = (each if isinstance(each, str) else each.words() for each in self.children)
        space = " " if self.tag in _BLOCKS or self.tag == "br" else ""
        return f"{space}{''.join(texts)}{space}"


class _Tree(HTMLParser):
    """Reads sanitised HTML, in which every tag is closed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open = [_Node("body")]
        self.feed(html)
        self.close()

    @property
    def root(self):
        return self.open[0]

    def handle_starttag(self, tag, attrs):
        node = _Node(tag, attrs)
        self.open[-1].children.append(node)
        if tag not in {"br", "img", "col"}:
            self.open.append(node)

    def handle_endtag(self, tag):
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(_SPACES.sub(" ", allowed(data)))


_BLOCKS = {"p", "h3", "h4", "ul", "ol", "li", "blockquote", "table", "tr", "th", "td"}
_BLOCKS |= {"figure", "figcaption", "thead", "tbody"}
_MARKS = {"strong": "**", "em": "*"}
# Stands for the end of a line; no text holds it any more.
_BREAK = "\v"


def _blocks(node, level):
    """The blocks of what stands in a node; bare text between blocks is a paragraph."""
    found, bare = [], []
    for child in [*node.children, None]:
        if isinstance(child, _Node) and child.tag in _BLOCKS or child is None:
            found.append(_prose(bare))
            bare = []
            if child is not None:
                found += _block(child, level)
        else:
            bare.append(child)
    return [block for block in found if block]


def _block(node, level):
    if node.tag in {"h3", "h4"}:
        line = _prose(node.children, breaks=False)
        return [f"{'#' * (level + int(node.tag[1]) - 3)} {line}"] if line else []
    if node.tag in {"ul", "ol"}:
        return [_list(node, level)]
    if node.tag == "table":
        return [_table(node)]
    blocks = _blocks(node, level)
    if node.tag == "blockquote":
        return [_indented("\n\n".join(blocks), first="> ", rest="> ")]
    return blocks


def _list(node, level):
    items = [child for child in node.children if isinstance(child, _Node)]
    number = node.number("start", 1)
    lines = []
    for place, item in enumerate(items):
        mark = f"{number + place}. " if node.tag == "ol" else "- "
        text = "\n\n".join(_blocks(item, level))
        lines.append(_indented(text, first=mark, rest=" " * len(mark)))
    return "\n".join(lines)


def _indented(text, *, first, rest):
    lines = text.split("\n")
    return "\n".join(
        f"{rest if place else first}{line}".rstrip() for place, line in enumerate(lines)
    )


def _table(node):
    """A cell over several rows or columns stands in the first of them."""
    taken, width = {}, 0
    rows = list(_rows(node))
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            columns, height = cell.number("colspan", 1), cell.number("rowspan", 1)
            spanned = product(range(x, x + columns), range(y, min(y + height, len(rows))))
            taken.update(dict.fromkeys(spanned, ""))
            taken[x, y] = _prose(_flat(cell), breaks=False)
            width = max(width, x + columns)
    lines = [
        " | ".join(taken.get((x, y), "") for x in range(width)).join(["| ", " |"])
        for y in range(len(rows))
    ]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]]) if lines else ""


def _rows(node):
    for child in node.children:
        if isinstance(child, _Node) and child.tag == "tr":
            yield [cell for cell in child.children if isinstance(cell, _Node)]
        elif isinstance(child, _Node):
            yield from _rows(child)


def _flat(node):
    """What stands in a node without its blocks, with spaces in their place."""
    for child in node.children:
        if isinstance(child, _Node) and child.tag in _BLOCKS:
            yield " "
            yield from _flat(child)
            yield " "
        else:
            yield child


def _prose(children, *, breaks=True):
    """A paragraph. Marks that would be read as something else are left out: "**(so)**what" says
    the words with asterisks."""
    whole = _Node("p")
    whole.children = list(children)
    for with_marks in (True, False):
        text = re.sub(rf" *{_BREAK} *", _BREAK, _marked(whole.children, with_marks))
        text = re.sub(" +", " ", text).strip()
        text = text.replace(_BREAK, "\\\n" if breaks else " ")
        text = _at_start(text)
        if staff_html.plain(_reader.render(text)).split() == whole.words().split():
            break
    return text


def _marked(children, with_marks):
    return "".join(_piece(child, with_marks) for child in children)


def _piece(child, with_marks):
    if isinstance(child, str):
        # A link after it would be a picture.
        return re.sub("!$", r"\\!", _escaped(child))
    if child.tag == "br":
        return _BREAK
    if child.tag == "img":
        alt = _escaped(one_line(child.attributes.get("alt") or ""))
        return f"![{alt}]({_destination(child.attributes.get('src') or '')})"
    inner = _marked(child.children, with_marks)
    bare = inner.strip()
    if not bare:
        return inner
    before, _bare, after = inner.partition(bare)
    if child.tag == "a" and child.attributes.get("href"):
        return f"{before}[{bare}]({_destination(child.attributes['href'])}){after}"
    mark = _MARKS.get(child.tag, "") if with_marks else ""
    return f"{before}{mark}{bare}{mark}{after}"
