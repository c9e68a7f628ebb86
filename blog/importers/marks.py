"""Say what a single line is: a point, the heading of a side, a heading, a name."""

import re

from blog.importers.lines import CLOSERS, HEADING_LIMIT, MARKDOWN_HEADING, bare, ends_sentence


def _words(text: str) -> list[str]:
    return text.split()


SIDE_NAMES = {"pro": "pros", "con": "cons"}
SIDE_WORDS = {"pros": "pro", "pro's": "pro", "cons": "con", "con's": "con"}
# An article may use these in other headings: they count only where the words above are absent.
OTHER_SIDE_WORDS = {
    **dict.fromkeys(_words("advantages benefits upsides strengths positives"), "pro"),
    **dict.fromkeys(_words("disadvantages drawbacks downsides weaknesses negatives risks"), "con"),
}
BARE_SIDE_WORDS = {"pro": "pro", "con": "con", "contra": "con"}
ARGUMENT_WORDS = ("arguments", "case", "reasons")
LEADING_WORDS = set(
    _words(
        "the what are some main key top biggest major possible potential our"
        " one two three four five six seven eight nine ten eleven twelve"
    )
)
WORDS_AFTER_SIDE = set(_words("of to for in about with from at on when if - – — |"))
COMMENTS_LINE = re.compile(
    r"(?:(?:\d+|no|one|two|the|our|all|reader|readers'?|reader's|user|visitor|visitors'?|posted|recent|latest)\s+)*"
    r"(?:comments?|responses?|replies)(?: yet| so far| from (?:our )?readers)?"
    r"(?:\s*\(\d+\))?[.:]?",
    re.IGNORECASE,
)
POINT = re.compile(
    r"(?P<word>(?:pro|con|point|reason|advantage|disadvantage|benefit|drawback)s?\s+)?"
    r"(?P<sign>[(#]?)\s?(?P<number>[0-9]{1,3})(?P<mark>[.):\]]+|\s?[-–—](?=\s))?(?P<heading>.*)",
    re.IGNORECASE,
)
# Words that open short remarks and headings, by which a line shows that it is not a name.
NOT_IN_NAMES = set(
    _words(
        "thanks thank agreed agree great nice brilliant hello hi yes no wow ok okay"
        " lovely true same sorry ditto cool amazing excellent interesting congratulations"
        " seconded well good very i the this it final thoughts conclusion conclusions"
        " verdict summary closing bottom line takeaways further reading sources references"
        " introduction overview background what how why when"
    )
)
NAME_LIMIT = 80
NOT_AT_HEADING_END = tuple(".!…。！,;:，；：?？")
NAME_PARTICLES = set(
    _words("de del della da di du la le van von der den ten al el bin of from in y")
)


def point_of(text: str) -> tuple[int, str] | None:
    """Return the number and the heading of a numbered line."""
    if not re.search("[0-9]", text[:24]):
        return None
    # "#1" is a number, while the signs before "# 1." and "**1." are Markdown.
    text = re.sub(r"^(?:#+\s+|##+|[*_]+)*(?=[#(\w])", "", text)
    found = POINT.fullmatch(text)
    if not found:
        return None
    word, sign, number, mark, heading = found.group("word", "sign", "number", "mark", "heading")
    mark = (mark or "").strip()
    heading = heading.lstrip("*_") if heading[:1] in "*_" else heading
    if sign == "(" and not mark.startswith(")"):
        return None
    if not mark and sign != "#" and not (word and not heading.strip()):
        return None
    is_apart = heading[:1] in ("", " ") or (mark[-1:] in (".", ")") and heading[:1].isalpha())
    is_range = mark in ("-", "–", "—") and heading.strip()[:1].isdigit()
    if not is_apart or is_range:
        return None
    return int(number), heading.strip(" *_")


def side_of(text: str) -> tuple[str, bool] | None:
    """Return the kind of a side's heading, and whether it says "pros" or "cons" itself."""
    plain = bare(text)
    if len(text) > 2 * HEADING_LIMIT or (ends_sentence(plain) and not plain.endswith("?")):
        return None
    words = plain.casefold().replace("’", "'").rstrip(":? ").split()
    if _is_named_last(words):
        return SIDE_WORDS[words[-1]], True
    while len(words) > 1 and (words[0] in LEADING_WORDS or words[0].isdigit()):
        words.pop(0)
    if len(words) == 1 and words[0] in BARE_SIDE_WORDS:
        return BARE_SIDE_WORDS[words[0]], True
    if len(words) > 1 and words[0] in ARGUMENT_WORDS and words[1] in ("for", "against"):
        return ("pro" if words[1] == "for" else "con"), False
    if not words or not _ends_as_side(words):
        return None
    word = words[0].rstrip(":")
    if word in SIDE_WORDS:
        return SIDE_WORDS[word], True
    return (OTHER_SIDE_WORDS[word], False) if word in OTHER_SIDE_WORDS else None


def _is_named_last(words: list[str]) -> bool:
    """As in "Night trains: the pros"."""
    if len(words) < 3 or words[-1] not in SIDE_WORDS or words[-2] == "and":
        return False
    before = words[-3] if words[-2] == "the" else words[-2]
    return before.endswith(":") or before in "-–—|"


def _ends_as_side(words: list[str]) -> bool:
    return len(words) == 1 or words[0].endswith(":") or words[1] in WORDS_AFTER_SIDE


def is_markdown_heading(text: str) -> bool:
    return bool(MARKDOWN_HEADING.match(text)) and not point_of(text)


def reads_as_heading(text: str) -> bool:
    """Short, and written like a heading; whether it is one depends on what follows."""
    if is_markdown_heading(text):
        return True
    plain = bare(text)
    starts_well = plain[0].isalnum() or plain[0] in "\"'“‘«¿¡("
    return (
        starts_well
        and not plain[0].islower()
        and len(plain) <= 120
        and len(plain.split()) <= 16
        and "://" not in plain
        and not point_of(text)
        and (plain[-1] in "?？" or not plain.rstrip(CLOSERS).endswith(NOT_AT_HEADING_END))
    )


def reads_as_name(text: str) -> bool:
    words = bare(text).rstrip(":").replace(",", " ").split()
    if not words or len(words) > 6 or len(text) > NAME_LIMIT or point_of(text):
        return False
    if any(word.strip(".!?'").casefold() in NOT_IN_NAMES for word in words if word != "I."):
        return False
    if len(words) == 1:
        is_sentence = ends_sentence(words[0]) and len(words[0]) > 4
        return len(text) <= 30 and not is_sentence and text[0].isalnum()
    if len(words) <= 3 and bare(text).islower():
        return not ends_sentence(words[-1]) or len(words[-1]) <= 4  # "marta k.", "jane smith"
    return all(map(_reads_as_part_of_name, words)) and not words[0][0].isdigit()


def _reads_as_part_of_name(word: str) -> bool:
    letters = word.strip("()\"'“”’.")
    if word.endswith(".") and len(letters) > 3:
        return False
    is_short_form = len(letters) <= 1 or (word.endswith(".") and len(letters) <= 3)
    return is_short_form or letters in NAME_PARTICLES or not letters[0].islower()


def announces_comments(text: str) -> bool:
    return bool(COMMENTS_LINE.fullmatch(bare(text)))
