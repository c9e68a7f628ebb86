"""From the bytes of a text file to its lines: decoding, cleaning, wrapping."""

import re
from dataclasses import dataclass

RULE = re.compile(r"([-=*_~])(?:\s?\1){2,}")
HEADING_LIMIT = 200
MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
SENTENCE_END = ".!?…。！？"
CLOSERS = "\"'”’»)]*_"


class PlainTextError(ValueError):
    """The file departs from the form: where, and what was expected there."""

    def __init__(self, line: int, expected: str):
        super().__init__(f"Line {line}: {expected}")
        self.line = line
        self.expected = expected


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    gap: int  # blank lines before it
    width: int  # the column at which its block seems to be wrapped


# Bytes to text


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or Windows-1252."""
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if data.startswith((b"%PDF", b"{\\rtf", b"PK\x03\x04")) or (not is_utf16 and b"\0" in data):
        raise _not_plain_text(data, max(data.find(b"\0"), 0))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if is_utf16 or not _is_plausible_windows_text(data):
            raise _not_plain_text(data, error.start) from None
        text = data.decode("cp1252")
    _refuse_control_characters(text)
    return text


def _is_plausible_windows_text(data: bytes) -> bool:
    # Nearly every byte string decodes as Windows-1252, so the result has to look like prose.
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    attempt = data.decode("utf-8", errors="replace")
    broken = attempt.count("\ufffd")
    valid_sequences = sum(not character.isascii() for character in attempt) - broken
    foreign = sum(not character.isascii() for character in text)
    # A capital or a sign inside a lower-case word comes from another code page (Mac, Cyrillic).
    return (
        valid_sequences < broken
        and foreign * 4 <= len(text)
        and not re.search(r"[a-z][À-ÞŠŽŒ¡-©«-´¶-¸»-¿][a-z]", text)
    )


def _not_plain_text(data: bytes, position: int) -> PlainTextError:
    return PlainTextError(
        len(data[:position].splitlines()) or 1,
        "Expected plain text, but this is another kind of file or an unknown encoding. "
        "Save the article as plain text in UTF-8 and try again.",
    )


def _refuse_control_characters(text: str) -> None:
    found = re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text.rstrip("\x1a"))
    if found:
        raise _not_plain_text(text.encode("utf-8", "replace"), found.start())


# Text to lines


def read_lines(text: str) -> list[Line]:
    _refuse_control_characters(text)
    text = re.sub("[\ufeff\u200b\u200e\u200f\x1a]", "", text)
    rows = [" ".join(row.split()) for row in re.split("\r\n|[\r\n\v\x85\u2028\u2029]", text)]
    rows = ["" if RULE.fullmatch(row) else row for row in rows]
    # A longest line of usual length shows the margin; else lines are too long or too few to tell.
    longest = max(map(len, rows))
    page_width = longest if 40 <= longest <= 72 else 72
    lines, gap, block = [], 0, []
    for number, row in enumerate([*rows, ""], 1):
        if row:
            block.append((number, row))
            continue
        width = max([page_width, *(len(row) for _, row in block)])
        for number_in_block, row_in_block in block:
            lines.append(Line(number_in_block, row_in_block, gap, width))
            gap = 0
        block = []
        gap += 1
    return lines


def bare(text: str) -> str:
    """Take the Markdown signs off a heading, a name or a date."""
    if text[:1] not in ("#", "*", "_"):
        return text
    if MARKDOWN_HEADING.match(text):
        text = re.sub(r"\s#+$", "", MARKDOWN_HEADING.sub("", text, count=1))
    for sign in ("***", "**", "__", "*", "_"):
        inner = text[len(sign) : -len(sign)]
        if len(text) > 2 * len(sign) and text == sign + inner + sign and sign not in inner:
            return inner.strip() or text
    return text


def ends_sentence(text: str) -> bool:
    return text.rstrip(CLOSERS).endswith(tuple(SENTENCE_END))


def has_room_for_next(line: Line, following: Line) -> bool:
    # Where the next word would have fitted, the writer broke the line on purpose.
    first_word = following.text.split(" ", 1)[0][:20]
    return len(line.text) + 1 + len(first_word) <= line.width


def breaks_after(line: Line, following: Line) -> bool:
    """Whether a line break without a blank line is meant, and not made by wrapping."""
    return has_room_for_next(line, following) and not following.text[0].islower()


def wrapped_end(lines: list[Line], start: int) -> int:
    """Return the index after a heading, which may have been wrapped onto further lines."""
    end = start + 1
    while (
        end < len(lines)
        and lines[end].gap == 0
        and lines[end].text[0].islower()
        and not has_room_for_next(lines[end - 1], lines[end])
    ):
        end += 1
    return end


def joined(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines)


def check_length(text: str, line: int, limit: int, what: str) -> None:
    if len(text) > limit:
        raise PlainTextError(
            line,
            f"Expected a {what} of at most {limit} characters, but this one has {len(text)}. "
            "Shorten it, or put the text that follows it on a line of its own.",
        )
