"""Two texts merged into one, with <ins> and <del> around the words that differ.

HTML is taken apart into blocks (a paragraph, an item of a list) of words, each with the marks it
stands in (bold, a link). A block or a word that only changed its mark-up counts as changed, and
the merged HTML is built from these parts anew, so that no tag of either text is left open.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from html.parser import HTMLParser
from itertools import count, groupby
from typing import NamedTuple

from django.utils.safestring import SafeString

from blog.html import sanitize, trusted_with_marks

_BLOCKS = re.compile(
    "p|li|ul|ol|blockquote|pre|h[1-6]|table|caption|thead|tbody|tfoot|tr|t[dh]|fig\\w+|d[ldt]"
)
_ALONE = frozenset({"br", "img"})
# A number with its parts, one sign of a script without spaces, a word, a sign.
_PUNCTUATION = r".,;:!?…()\[\]{}\"“”„«»–—/|"
_WITHOUT_SPACES = r"\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_WORD = re.compile(
    rf"\d+(?:[.,:/]\d+)+|[{_WITHOUT_SPACES}]|[^\s{_PUNCTUATION}{_WITHOUT_SPACES}]+"
    rf"|[{_PUNCTUATION}]"
)
_WORD_OR_SPACE = re.compile(rf"\s+|{_WORD.pattern}")
_HREF = re.compile(r'<a\b[^>]* href="([^"]*)"')


class Token(NamedTuple):
    """A word or a sign, as HTML, in the tags around it; `space`: whether one follows."""

    html: str
    marks: tuple[str, ...]
    space: bool = False

    @property
    def key(self):
        return self.html, self.marks


class Container(NamedTuple):
    tag: str
    start: str
    number: int


@dataclass(frozen=True)
class Block:
    path: tuple[Container, ...]
    tokens: tuple[Token, ...]
    tags: tuple[str, ...] = field(init=False)
    key: tuple = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "tags", tuple(part.start for part in self.path))
        object.__setattr__(self, "key", (self.tags, tuple(token.key for token in self.tokens)))


@dataclass(frozen=True)
class Marked:
    """The merged text, and how many words were added and removed."""

    html: SafeString
    added: int = 0
    removed: int = 0

    @property
    def is_same(self):
        return not (self.added or self.removed)


@dataclass
class Effort:
    """How much comparing is left to do, in steps. What would take more is given as replaced."""

    left: int = 20_000_000
    # What one stretch of text may take before it is cut at words that occur once in each.
    MOST_AT_ONCE = 300_000

    def allows(self, steps):
        if steps > min(self.left, self.MOST_AT_ONCE):
            return False
        self.left -= steps
        return True


def texts(old, new, effort=None):
    """Plain text; the words that differ are marked."""
    return _merge([_text_block(old)], [_text_block(new)], effort or Effort())


def bodies(old, new, effort=None):
    """HTML that staff wrote, however it was stored."""
    return _merge(_blocks(old), _blocks(new), effort or Effort())


def values(old, new):
    """What has no words to compare: a date, a name. Either may be empty."""
    old_token, new_token = ((Token(escape(value), ()),) if value else () for value in (old, new))
    return _merge([Block((), old_token)], [Block((), new_token)], Effort())


def lists(old, new):
    """Names of several things: each is kept, added or removed as a whole."""
    return _merge(_items(old), _items(new), Effort())


def longest_increasing(numbers):
    """The positions of a longest increasing run of numbers that are all different."""
    ends, positions, before = [], [], [None] * len(numbers)
    for position, number in enumerate(numbers):
        place = bisect_left(ends, number)
        before[position] = positions[place - 1] if place else None
        ends[place : place + 1] = [number]
        positions[place : place + 1] = [position]
    found, position = [], positions[-1] if positions else None
    while position is not None:
        found.append(position)
        position = before[position]
    return found[::-1]


# Taking apart


class _Parser(HTMLParser):
    def __init__(self, numbers):
        super().__init__()
        self.numbers, self.blocks = numbers, []
        self.path, self.marks, self.tokens = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in _ALONE:
            self.tokens.append(Token(self.get_starttag_text(), tuple(self.marks)))
        elif tag == "hr":
            self.flush()
            self.tokens.append(Token("<hr>", ()))
            self.flush()
        elif _BLOCKS.fullmatch(tag):
            self.flush()
            self.path.append(Container(tag, self.get_starttag_text(), next(self.numbers)))
        else:
            self.marks.append(self.get_starttag_text())

    def handle_endtag(self, tag):
        if _BLOCKS.fullmatch(tag):
            self.flush()
            if self.path:
                self.path.pop()
        elif self.marks and tag not in {"hr", *_ALONE}:
            self.marks.pop()

    def handle_data(self, data):
        for part in _WORD_OR_SPACE.findall(data):
            if not part.isspace():
                self.tokens.append(Token(escape(part), tuple(self.marks)))
            elif self.tokens:
                self.tokens[-1] = self.tokens[-1]._replace(space=True)

    def flush(self):
        if self.tokens:
            self.blocks.append(Block(tuple(self.path), tuple(self.tokens)))
        self.tokens = []


def _blocks(html):
    # What sanitize() gives is well formed, so that each end tag belongs to the last start tag.
    parser = _Parser(count())
    parser.feed(sanitize(html))
    parser.close()
    parser.flush()
    return parser.blocks


def _text_block(text):
    tokens = []
    for part in _WORD_OR_SPACE.findall(text):
        if "\n" in part:
            tokens.append(Token("<br>", ()))
        elif not part.isspace():
            tokens.append(Token(escape(part), ()))
        elif tokens:
            tokens[-1] = tokens[-1]._replace(space=True)
    return Block((), tuple(tokens))


def _items(names):
    numbers = count()
    whole = Container("ul", "<ul>", next(numbers))
    return [
        Block((whole, Container("li", "<li>", next(numbers))), (Token(escape(name), ()),))
        for name in names
    ]


# Comparing


def matches(a, b, effort, depth=0):
    """Stretches (start in a, start in b, length) that are the same in both, in order."""
    shorter = min(len(a), len(b))
    head = next((n for n in range(shorter) if a[n] != b[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if a[-1 - n] != b[-1 - n]), rest)
    if head:
        yield 0, 0, head
    a_end, b_end = len(a) - tail, len(b) - tail
    if head < a_end and head < b_end:
        for i, j, length in _inner(a[head:a_end], b[head:b_end], effort, depth):
            yield head + i, head + j, length
    if tail:
        yield a_end, b_end, tail


def _inner(a, b, effort, depth):
    in_a, in_b = Counter(a), Counter(b)
    pairs = sum(number * in_b[item] for item, number in in_a.items() if item in in_b)
    # The most that difflib can take: each of its steps looks at all pairs once.
    if effort.allows((len(a) + pairs) * min(len(a), len(b))):
        yield from SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()[:-1]
    elif depth < 6:
        once = {item for item, number in in_a.items() if number == 1 == in_b.get(item)}
        yield from _between_anchors(a, b, once, effort, depth + 1)


def _between_anchors(a, b, once, effort, depth):
    where = {item: j for j, item in enumerate(b) if item in once}
    anchors = [(i, where[item]) for i, item in enumerate(a) if item in once]
    anchors = [anchors[n] for n in longest_increasing([j for _i, j in anchors])]
    if not anchors:
        yield from _step_by_step(a, b, effort)
        return
    last_i = last_j = 0
    for i, j in [*anchors, (len(a), len(b))]:
        if i > last_i and j > last_j:
            for start, other, length in matches(a[last_i:i], b[last_j:j], effort, depth):
                yield last_i + start, last_j + other, length
        if i < len(a):
            yield i, j, 1
        last_i, last_j = i + 1, j + 1


# How far one looks for the place where two texts are the same again, and for how many words.
_REACH = 40
_ROW = 3


def _step_by_step(a, b, effort):
    """For long texts that repeat themselves: finds changes that are shorter than _REACH words."""
    i = j = start = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            i, j = i + 1, j + 1
            continue
        if i > start:
            yield start, j - (i - start), i - start
        shift = _same_again(a, b, i, j, effort)
        if shift is None:
            return
        i, j = i + shift[0], j + shift[1]
        start = i
    if i > start:
        yield start, j - (i - start), i - start


def _same_again(a, b, i, j, effort):
    for distance in range(1, _REACH):
        if effort.left < distance:
            return None
        effort.left -= distance
        for x in range(distance + 1):
            here, there = i + x, j + distance - x
            row = a[here : here + _ROW]
            if len(row) == _ROW and row == b[there : there + _ROW]:
                return x, distance - x
    return None


def _pairs(old, new, effort):
    """The blocks in one order: (block, block) or with None for one that only one text has."""
    i = j = 0
    same = matches([block.key for block in old], [block.key for block in new], effort)
    for start, other, length in [*same, (len(old), len(new), 0)]:
        yield from _alike(old[i:start], new[j:other])
        i, j = start + length, other + length
        yield from zip(old[start:i], new[other:j], strict=True)


# How many blocks further on a changed block is looked for, and how much of it must be the same.
_WINDOW = 12
_ALIKE = 0.35


def _alike(old, new):
    if len(old) == len(new) == 1 and old[0].tags == new[0].tags:
        yield old[0], new[0]
        return
    words = [Counter(token.key for token in block.tokens) for block in new]
    j = 0
    for block in old:
        mine = Counter(token.key for token in block.tokens)
        window = [n for n in range(j, min(j + _WINDOW, len(new))) if new[n].tags == block.tags]
        best = max(window, key=lambda n, mine=mine: _likeness(mine, words[n]), default=None)
        if best is None or _likeness(mine, words[best]) < _ALIKE:
            yield block, None
            continue
        for inserted in new[j:best]:
            yield None, inserted
        yield block, new[best]
        j = best + 1
    for inserted in new[j:]:
        yield None, inserted


def _likeness(one, other):
    few, many = sorted((one, other), key=len)
    common = sum(min(number, many[item]) for item, number in few.items() if item in many)
    return 2 * common / (one.total() + other.total())


def _gaps(old, new, effort):
    """(start, end, other start, other end, length) of each change and of what stays behind it."""
    same = list(matches([t.key for t in old], [t.key for t in new], effort))
    i = j = 0
    for start, other, length in [*_worth_showing(same, old, new), (len(old), len(new), 0)]:
        yield i, start, j, other, length
        i, j = start + length, other + length


def _worth_showing(same, old, new):
    """Without a lone short word or sign that happened to survive between two rewritten parts."""
    edges = [(0, 0, 0), *same, (len(old), len(new), 0)]
    for before, this, after in zip(edges, edges[1:], edges[2:], strict=False):
        text = "".join(token.html for token in new[this[1] : this[1] + this[2]])
        if len(text) > 3 or min(_changed(before, this), _changed(this, after)) < 3:
            yield this


def _changed(one, other):
    return (other[0] - one[0] - one[2]) + (other[1] - one[1] - one[2])


# Putting together


def _merge(old, new, effort):
    pairs = list(_pairs(old, new, effort))
    html, opened, added, removed = [], (), 0, 0
    for path, (one, other) in zip(_paths(pairs), pairs, strict=True):
        html += _steps(opened, path)
        opened = path
        old_tokens, new_tokens = (block.tokens if block else () for block in (one, other))
        line = ""
        for i, start, j, end, length in _gaps(old_tokens, new_tokens, effort):
            removed, added = removed + start - i, added + end - j
            line += _change(old_tokens, i, start, new_tokens, j, end)
            line += _words(new_tokens[end : end + length])
        html.append(line.strip())
    html += _steps(opened, ())
    return Marked(trusted_with_marks("".join(html)), added, removed)


def _paths(pairs):
    """Of each block in the merged text. What holds nothing of the other text is marked so."""
    both = [(one, other) for one, other in pairs if one and other]
    kept = {part.number for _one, other in both for part in other.path}
    # A container of the old text is the one of the new text that holds the same block.
    same = {
        mine.number: its
        for one, other in both
        if one.tags == other.tags
        for mine, its in zip(one.path, other.path, strict=True)
    }
    for one, other in pairs:
        if other:
            yield tuple(p if p.number in kept else _signed(p, "came") for p in other.path)
        else:
            yield tuple(same.get(p.number) or _signed(p, "went") for p in one.path)


def _signed(part, sign):
    # The tag tells it from a container of the other text that has the same number.
    start = part.start.replace(f"<{part.tag}", f'<{part.tag} data-mark="{sign}"', 1)
    return part._replace(start=start)


def _steps(opened, path):
    """The tags that lead from one block to the next."""
    common = 0
    while common < min(len(opened), len(path)) and opened[common] == path[common]:
        common += 1
    if opened and opened == path:
        # Two blocks cannot share all containers; the second has its own.
        common -= 1
    yield from (f"</{part.tag}>" for part in reversed(opened[common:]))
    yield from (part.start for part in path[common:])


def _change(old, i, old_end, new, j, end):
    """What went and what came between two stretches that stayed.

    A space that only one text has stands inside its mark, so that each text alone has its own.
    """
    before = (bool(i and old[i - 1].space), bool(j and new[j - 1].space))
    after = (
        old[old_end - 1].space if old_end > i else before[0],
        new[end - 1].space if end > j else before[1],
    )
    went = _mark("del", old[i:old_end], before[0] > before[1], after[0] > after[1])
    came = _mark("ins", new[j:end], before[1] > before[0], after[1] > after[0])
    if not (went or came):
        return " " if before[1] else ""
    between = " " if went and came and all(before) and all(after) else ""
    # A text that has nothing here but a space cannot have it inside a mark.
    alone = (before[0] and not went) or (before[1] and not came)
    start = " " if all(before) or (alone and not all(after)) else ""
    return f"{start}{went}{between}{came}{' ' * all(after)}"


def _mark(tag, tokens, space_before, space_after):
    if not tokens:
        return ""
    words = _words(tokens, named=True)
    return f"<{tag}>{' ' * space_before}{words}{' ' * space_after}</{tag}>"


def _words(tokens, *, named=False):
    """The HTML of these tokens, without a space behind the last one."""
    groups = groupby(tokens, key=lambda token: token.marks)
    return "".join(_group(marks, list(group), named=named) for marks, group in groups).rstrip()


def _group(marks, tokens, *, named):
    text = "".join(token.html + " " * token.space for token in tokens)
    space = " " if tokens[-1].space else ""
    ends = "".join(f"</{_name(mark)}>" for mark in reversed(marks))
    # The address of a link is not seen by itself, and may be all that changed.
    address = next((found[1] for mark in marks if (found := _HREF.match(mark))), "")
    note = f" ({address})" if named and address else ""
    return "".join(marks) + text.rstrip() + ends + note + space


def _name(mark):
    return re.match(r"<([\w-]+)", mark)[1]
