"""Read an article with its two sides and its reader comments from a plain-text file.

The form, top to bottom, with a blank line between any two blocks:

    The Pros and Cons of Night Trains         the title
    28 July 2018                              the date, the month best written as a word
    What a night train is                     a heading, then its paragraphs; any number of these
    The Pros of Night Trains                  "Pros", "Advantages of ...", "Benefits" do as well
    1. You wake up where you want to be       a point: number and heading on one line,
    The platform is in the middle of ...      then its paragraphs
    The Cons of Night Trains                  "Cons", "Disadvantages", "Drawbacks"
    1. Sleep comes hard                       the sides may stand in either order
    Taken together ...                        closing paragraphs; leave two blank lines before them
    Comments                                  this line may be left out
    Jane O'Neill                              a comment is a name,
    I slept very well.                        a text of one or more paragraphs,
    3 May 2019                                and a date, which ends it

Numbers may be written 1. 1) (1) 1: 1 - #1 or Pro 1: and need not count correctly: order decides.
A short line without a full stop that is followed by text is a heading; without a number it opens
an ordinary section, wherever it stands. Lines that start with "-", "*" or "•" become a list.
Wrapped lines are joined. Blank lines are optional wherever the rest is clear without them.
A file that cannot be read safely is refused with the line and what was expected there.
"""

import datetime
import hashlib
import json
import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import chain

from blog.importers.blocks import Block, read_blocks, texts, to_html
from blog.importers.dates import UnusableDateError, read_date
from blog.importers.lines import (
    HEADING_LIMIT,
    Line,
    PlainTextError,
    bare,
    breaks_after,
    check_length,
    decode,
    ends_sentence,
    has_room_for_next,
    joined,
    read_lines,
    wrapped_end,
)
from blog.importers.marks import (
    NAME_LIMIT,
    announces_comments,
    is_markdown_heading,
    point_of,
    reads_as_heading,
    reads_as_name,
)
from blog.importers.sides import find_points, find_sides

__all__ = ["Outline", "OutlineComment", "OutlineSection", "PlainTextError", "decode", "parse"]

TITLE_LIMIT = 200
SECTION_LIMIT = 200
CLOSING_CUES = re.compile(
    r"(in (conclusion|summary|short|closing|sum|the final analysis)|overall|ultimately|all in all"
    r"|to (sum up|conclude|summari[sz]e)|summing up|on balance|on the whole|taken together"
    r"|all things considered)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OutlineSection:
    kind: str  # "text", "pro" or "con"
    heading: str
    # A block is a paragraph on one line, a list of lines that start with "- ", or numbered lines.
    blocks: tuple[str, ...]
    line: int

    @property
    def body_html(self) -> str:
        return to_html(self.blocks)


@dataclass(frozen=True)
class OutlineComment:
    name: str
    text: str
    date: datetime.date
    line: int


@dataclass(frozen=True)
class Outline:
    title: str
    date: datetime.date
    sections: tuple[OutlineSection, ...]
    pros_heading: str
    cons_heading: str
    pros_intro: str
    cons_intro: str
    comments: tuple[OutlineComment, ...]

    @property
    def digest(self) -> str:
        """Two files with the same words in the same places have the same digest."""
        values = [
            [self.title, self.date.isoformat()],
            [self.pros_heading, self.pros_intro, self.cons_heading, self.cons_intro],
            [[part.kind, part.heading, part.blocks] for part in self.sections],
            [[part.name, part.text, part.date.isoformat()] for part in self.comments],
        ]
        return hashlib.sha256(json.dumps(values).encode("ascii")).hexdigest()


@dataclass
class _Part:
    """A section while it is collected; kind is "text", "pro", "con", "pros" or "cons"."""

    kind: str
    heading: str
    line: int
    lines: list[Line]


def parse(text: str) -> Outline:
    """Read the text of a file; raise PlainTextError where it departs from the form."""
    lines = read_lines(text)
    if not lines:
        raise PlainTextError(1, "Expected an article, but the file is empty. Choose another file.")
    title, date, start = _title_and_date(lines)
    sides = find_sides(lines, start)
    comments_start, comments = _find_comments(lines, sides)
    lines = lines[:comments_start]
    parts = _collect_parts(lines, start, sides, find_points(lines, sides))
    headed = {part.kind: part for part in parts if part.kind in ("pros", "cons")}
    intros = {kind: to_html(texts(read_blocks(part.lines))) for kind, part in headed.items()}
    sections = _build_sections([part for part in parts if part.kind not in headed])
    for part in (*headed.values(), *sections):
        check_length(part.heading, part.line, HEADING_LIMIT, "heading")
    _check_count(sections)
    return Outline(
        title=title,
        date=date,
        sections=tuple(sections),
        pros_heading=headed["pros"].heading,
        cons_heading=headed["cons"].heading,
        pros_intro=intros["pros"],
        cons_intro=intros["cons"],
        comments=tuple(comments),
    )


# The title and the date


def _title_and_date(lines: list[Line]) -> tuple[str, datetime.date, int]:
    first = lines[0]
    if _may_be_date(first) or not re.search(r"\w", first.text):
        raise PlainTextError(
            first.number,
            "Expected the title of the article here. Put it on the first line, above the date.",
        )
    end = 1
    while end < len(lines) and not (
        lines[end].gap or has_room_for_next(lines[end - 1], lines[end]) or _may_be_date(lines[end])
    ):
        end += 1
    title = bare(joined(lines[:end]))
    check_length(title, first.number, TITLE_LIMIT, "title")
    found = lines[min(end, len(lines) - 1)]
    if end == len(lines) or not _is_date(found):
        raise PlainTextError(
            found.number,
            "Expected the date of the article, such as 28 July 2018. "
            "Put it on a line by itself, directly below the title.",
        )
    return title, read_date(found.text), end + 1


def _is_date(line: Line) -> bool:
    """Say whether a line is a date; one that looks like a date but is unusable is refused."""
    try:
        return read_date(line.text) is not None
    except UnusableDateError as error:
        raise PlainTextError(line.number, str(error)) from None


def _may_be_date(line: Line) -> bool:
    try:
        return read_date(line.text) is not None
    except UnusableDateError:
        return True


# The parts of the article


def _collect_parts(
    lines: list[Line], start: int, sides: dict[int, str], points: dict[int, str]
) -> list[_Part]:
    parts: list[_Part] = []
    marked = sides.keys() | points.keys()
    index = start
    while index < len(lines):
        line = lines[index]
        end = wrapped_end(lines, index) if index in marked else index + 1
        heading = joined(lines[index:end])
        if index in sides:
            parts.append(_Part(sides[index] + "s", bare(heading).rstrip(": "), line.number, []))
        elif index in points:
            parts.append(_Part(points[index], point_of(heading)[1], line.number, []))
        elif _opens_section(lines, index, parts, marked):
            parts.append(_Part("text", bare(heading), line.number, []))
        else:
            if not parts:
                parts.append(_Part("text", "", line.number, []))
            parts[-1].lines.append(line)
        index = end
    return parts


def _opens_section(
    lines: list[Line], index: int, parts: list[_Part], marked: Container[int]
) -> bool:
    line = lines[index]
    is_marked = is_markdown_heading(line.text)
    if parts and parts[-1].kind in ("pros", "cons"):
        return False  # what stands above the first point introduces the side
    if is_marked:
        return True
    if parts and parts[-1].kind in ("pro", "con") and not parts[-1].lines:
        return False  # what stands below the heading of a point is its text
    if (parts and not line.gap) or not _is_heading_like(lines, index) or index + 1 in marked:
        return False
    # Of several short lines in a row only the last two are headings.
    return not lines[index + 1].gap or not (
        _is_heading_like(lines, index + 1)
        and lines[index + 2].gap
        and _is_heading_like(lines, index + 2)
    )


def _is_heading_like(lines: list[Line], index: int) -> bool:
    if index + 1 >= len(lines) or not reads_as_heading(lines[index].text):
        return False
    following = lines[index + 1]
    return bool(following.gap) or breaks_after(lines[index], following)


def _build_sections(parts: list[_Part]) -> list[OutlineSection]:
    blocks = [read_blocks(part.lines) for part in parts]
    point_indexes = [index for index, part in enumerate(parts) if part.kind != "text"]
    last = point_indexes.pop()
    # A heading below the last point shows where the point ends, so its length says nothing.
    limit = _usual_length(blocks[i] for i in point_indexes) if last == len(parts) - 1 else None
    sections = []
    for index, part in enumerate(parts):
        own, closing = blocks[index], []
        if index == last:
            own, closing = _split_closing(own, limit, _usual_gap(parts))
        sections.append(OutlineSection(part.kind, part.heading, texts(own), part.line))
        if closing:
            sections.append(OutlineSection("text", "", texts(closing), closing[0].line))
    return sections


def _usual_length(points: Iterable[list[Block]]) -> int:
    """The number of paragraphs that most points have; of two equally frequent ones the larger."""
    lengths = Counter(sum(not block.is_list for block in blocks) for blocks in points)
    return max(1, max(lengths, key=lambda length: (lengths[length], length)))


def _usual_gap(parts: list[_Part]) -> int:
    gaps = Counter(line.gap for part in parts for line in part.lines if line.gap)
    return gaps.most_common(1)[0][0] if gaps else 1


def _split_closing(
    blocks: list[Block], limit: int | None, usual_gap: int
) -> tuple[list[Block], list[Block]]:
    """Split the blocks of the last point from the closing paragraphs that follow it."""
    paragraphs = 0
    for index, block in enumerate(blocks):
        paragraphs += not block.is_list
        # In a file with two blank lines everywhere, only a wider gap says something.
        is_set_off = block.gap > max(1, usual_gap)
        is_cue = bool(CLOSING_CUES.match(block.text))
        is_too_many = limit is not None and paragraphs > limit
        if index and (is_set_off or is_cue or is_too_many):
            return blocks[:index], blocks[index:]
    return blocks, []


def _check_count(sections: list[OutlineSection]) -> None:
    if len(sections) > SECTION_LIMIT:
        raise PlainTextError(
            sections[SECTION_LIMIT].line,
            f"Expected at most {SECTION_LIMIT} sections, but here another one begins. "
            "Divide the article, or join some of its sections.",
        )


# The comments


def _find_comments(lines: list[Line], sides: dict[int, str]) -> tuple[int, list[OutlineComment]]:
    """Return the comments, and the index where they or the line that announces them begin."""
    floor = next(i for i in range(max(sides) + 1, len(lines)) if point_of(lines[i].text)) + 1
    dates = [index for index in range(floor, len(lines)) if _is_date(lines[index])]
    for index in dates:
        # A date below which the points go on is a line of the article.
        if index + 1 < len(lines) and lines[index + 1].gap and point_of(lines[index + 1].text):
            floor = index + 2
    dates = [index for index in dates if index >= floor]
    until = dates[0] if dates else len(lines)
    announced = [i for i in range(floor, until) if announces_comments(lines[i].text)]
    if announced:
        return announced[-1], _read_comments(lines, announced[-1] + 1, dates)
    if not dates:
        return len(lines), []
    floor = max(find_points(lines[: dates[0]], sides)) + 1
    start = _first_name(lines, floor, dates[0])
    return start, _read_comments(lines, start, dates)


def _first_name(lines: list[Line], floor: int, date: int) -> int:
    """Return the index of the line with which the first comment begins."""
    block = date
    while block > floor and not lines[block].gap:
        block -= 1
    if date - block >= 2 and block >= floor and _may_be_name(lines, block):
        return block
    indexes = range(date - 2, floor - 1, -1)
    candidates = chain(
        (index for index in indexes if lines[index].gap and reads_as_name(lines[index].text)),
        (index for index in indexes if _is_short_block(lines, index)),
        (index for index in indexes if reads_as_name(lines[index].text)),
    )
    found = next(candidates, None)
    if found is not None:
        return found
    raise PlainTextError(
        lines[date].number,
        "Expected a name and a text above this date, as a date on its own line ends a comment. "
        "Add them, or move the date into a sentence.",
    )


def _is_short_block(lines: list[Line], index: int) -> bool:
    return bool(lines[index].gap and lines[index + 1].gap) and _may_be_name(lines, index)


def _may_be_name(lines: list[Line], index: int) -> bool:
    text = lines[index].text
    return reads_as_name(text) or (
        len(text) <= 60
        and not ends_sentence(text)
        and not point_of(text)
        and has_room_for_next(lines[index], lines[index + 1])
    )


def _read_comments(lines: list[Line], start: int, dates: list[int]) -> list[OutlineComment]:
    comments = []
    for index in dates:
        if index - start < 2:
            missing = "a name and a text" if index == start else "both a name and a text"
            raise PlainTextError(
                lines[start].number,
                f"Expected {missing} above the date of a comment. Add what is missing.",
            )
        comments.append(_comment(lines[start:index], read_date(lines[index].text)))
        start = index + 1
    if start < len(lines):
        raise PlainTextError(
            lines[-1].number,
            "Expected the date of this comment below it, such as 28 July 2018. "
            "A comment is a name, a text and a date, in this order.",
        )
    return comments


def _comment(lines: list[Line], date: datetime.date) -> OutlineComment:
    name = bare(lines[0].text).rstrip(":")
    if len(name) > NAME_LIMIT:
        raise PlainTextError(
            lines[0].number,
            f"Expected the name of the person who comments, of at most {NAME_LIMIT} characters. "
            "Put it on a line by itself, above the text of the comment.",
        )
    return OutlineComment(name, "\n\n".join(texts(read_blocks(lines[1:]))), date, lines[0].number)
