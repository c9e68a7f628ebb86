"""What the checks see in HTML: its headings, links, pictures and blocks of words."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Where a sentence ends though no full stop stands there.
_BLOCK = re.compile(
    "p|li|ul|ol|blockquote|br|hr|h[1-6]|table|caption|thead|tbody|tfoot|tr|td|th|figure|figcaption"
    "|div|section|dl|dt|dd|pre"
)
_HEADING = re.compile("h[1-6]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# The parser takes time with the square of a text full of tags that nobody closed.
_NO_TAG = re.compile(r"""<(?!/?[a-zA-Z](?:"[^"]*"|'[^']*'|[^"'<>])*>)""")


def says_something(text):
    """Whether there is a letter or a digit in it: spaces, dashes and the like say nothing."""
    return any(character.isalnum() for character in text)


def one_line(text):
    return " ".join(text.split())


@dataclass
class Heading:
    level: int
    text: str = ""


@dataclass
class Link:
    href: str
    text: str = ""


@dataclass
class Markup:
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    # The alt of each picture; None where it has none.
    alts: list[str | None] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    blocks: list[str] = field(default_factory=list)

    @property
    def words(self):
        return sum(len(block.split()) for block in self.blocks)

    @property
    def says_something(self):
        return any(map(says_something, self.blocks))


def read(html):
    """Any string will do, and takes time with its length."""
    reader = _Reader()
    reader.feed(_NO_TAG.sub("&lt;", _COMMENT.sub("", html)))
    reader.close()
    reader.end_block()
    return reader.markup


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.markup = Markup()
        self.parts, self.heading, self.link = [], None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if attrs.get("id"):
            self.markup.ids.add(attrs["id"])
        if _BLOCK.fullmatch(tag):
            self.end_block()
        if _HEADING.fullmatch(tag):
            self.heading = Heading(int(tag[1]))
            self.markup.headings.append(self.heading)
        elif tag == "a":
            self._start_link(attrs)
        elif tag == "img":
            self._add_picture(attrs)

    def _start_link(self, attrs):
        self.link = None
        # Without an address it is no link.
        if attrs.get("href"):
            self.link = Link(attrs["href"], attrs.get("aria-label") or "")
            self.markup.links.append(self.link)

    def _add_picture(self, attrs):
        alt = (attrs["alt"] or "") if "alt" in attrs else None
        self.markup.alts.append(alt)
        if self.link and alt:
            self.link.text += alt

    def handle_endtag(self, tag):
        if _BLOCK.fullmatch(tag):
            self.end_block()
        if _HEADING.fullmatch(tag):
            self.heading = None
        elif tag == "a":
            self.link = None

    def handle_data(self, data):
        self.parts.append(data)
        for place in (self.heading, self.link):
            if place:
                place.text += data

    def end_block(self):
        block = one_line("".join(self.parts))
        self.parts = []
        if block:
            self.markup.blocks.append(block)
