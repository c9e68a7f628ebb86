"""Join lines to paragraphs and lists, and turn these into HTML."""

import html
import re
from dataclasses import dataclass

from blog.importers.lines import Line, breaks_after, ends_sentence, joined
from blog.importers.marks import point_of

BULLET = re.compile(r"(?:[-*]\s+|[•‣◦●▪]\s*)(?=\S)")


@dataclass(frozen=True)
class Block:
    """A paragraph on one line, a list of lines that start with "- ", or numbered lines."""

    text: str
    gap: int  # blank lines before it
    line: int
    is_list: bool


def read_blocks(lines: list[Line]) -> list[Block]:
    groups: list[list[Line]] = []
    is_in_list = False
    for line in lines:
        if groups and not _starts_group(groups[-1][-1], line, is_in_list):
            groups[-1].append(line)
        else:
            groups.append([line])
            is_in_list = bool(BULLET.match(line.text) or point_of(line.text))
    blocks: list[Block] = []
    items: list[str] = []  # joined only when the list is over, to stay linear
    read = [(group[0], *_list_item(joined(group))) for group in groups]
    for index, (line, kind, text) in enumerate(read):
        if not items:
            first = line
        items.append(text)
        if not kind or index + 1 == len(read) or read[index + 1][1] != kind:
            blocks.append(Block("\n".join(items), first.gap, first.number, bool(kind)))
            items = []
    return blocks


def _starts_group(previous: Line, line: Line, is_in_list: bool) -> bool:
    if line.gap or BULLET.match(line.text):
        return True
    is_broken_off = breaks_after(previous, line)
    if point_of(line.text):
        return is_in_list or is_broken_off
    # Long lines are not wrapped by hand, so each is a paragraph; so is what follows a list.
    return is_broken_off and (is_in_list or (line.width > 100 and ends_sentence(previous.text)))


def _list_item(text: str) -> tuple[str, str]:
    bullet = BULLET.match(text)
    if bullet:
        return "bullet", "- " + text[bullet.end() :]
    return ("number" if point_of(text) else ""), text


def texts(blocks: list[Block]) -> tuple[str, ...]:
    return tuple(block.text for block in blocks)


def to_html(blocks: tuple[str, ...]) -> str:
    parts = []
    for block in blocks:
        rows = [html.escape(row, quote=False) for row in block.split("\n")]
        if block.startswith("- "):
            parts.append("<ul>" + "".join(f"<li>{row[2:]}</li>" for row in rows) + "</ul>")
        else:
            # Numbered lines keep their numbers as typed: the text may refer to them.
            parts += [f"<p>{row}</p>" for row in rows]
    return "\n".join(parts)
