"""Words as the search knows them: cut out of a text, folded, stemmed.

Everything that search compares has gone through here, on its way into the index and in a query,
so that no database does it by rules of its own.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

LONGEST = 40
# Shorter ones are too near to too many others.
SHORTEST_MISSPELT, LONGEST_MISSPELT = 4, 30

# Marks belong to the letter before them, which Python's \w does not know.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
)
_WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*")
_ASCII_WORD = re.compile("[a-z0-9]+")
# Scripts that put no space between words: Thai to Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_stemmer = snowballstemmer.stemmer("english")
_one_at_a_time = threading.Lock()

# In a question, but not what it is about.
_STOP_WORDS = (
    "a about am an and any are as at be been but by can could did do does for from had has have he "
    "her his how i if in into is it its me my no not of on or our out s she should so such t than "
    "that the their them then there these they this to too up us was we were what when where which "
    "who why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


# A page of results makes thousands of these, and a tuple is made in a third of the time.
class Word(NamedTuple):
    start: int
    end: int
    folded: str

    @property
    def stem(self):
        return stem(self.folded)


def words(text):
    """The words of a text with their places in it. Of unspaced scripts, every two letters."""
    for match in _WORD.finditer(text):
        (start, end), run = match.span(), match[0]
        if run.isascii():
            yield Word(start, end, fold(run))
            continue
        for begin, end in _parts(run) if _UNSPACED.search(run) else [(0, len(run))]:
            if folded := fold(run[begin:end]):
                yield Word(start + begin, start + end, folded)


def folded(text):
    """The words of a text alone."""
    if text.isascii():
        # As `words` finds them, in a tenth of the time.
        return [word[:LONGEST] for word in _ASCII_WORD.findall(text.lower())]
    return [word.folded for word in words(text)]


def _parts(run):
    at = 0
    for match in _UNSPACED.finditer(run):
        if at < match.start():
            yield at, match.start()
        at = match.end()
        for begin in range(match.start(), max(at - 1, match.start() + 1)):
            yield begin, min(begin + 2, at)
    if at < len(run):
        yield at, len(run)


@lru_cache(maxsize=50_000)
def fold(word):
    """Without case, accents and variants of one letter; nothing of ASCII but letters and digits."""
    if word.isascii():
        return word.lower()[:LONGEST]
    letters = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFC", "".join(filter(_is_kept, letters)))[:LONGEST]


def _is_kept(letter):
    # A mark without a combining class is a vowel of its script, and no accent.
    return letter.isalnum() or (letter in _MARKS and not unicodedata.combining(letter))


@lru_cache(maxsize=50_000)
def stem(folded):
    # A stemmer keeps the word that it works on, and threads share it.
    with _one_at_a_time:
        return _stemmer.stemWord(folded) or folded


def may_be_misspelt(folded):
    return folded.isalpha() and SHORTEST_MISSPELT <= len(folded) <= LONGEST_MISSPELT


def with_deletions(folded):
    """The word, and all that one letter less makes of it.

    Two words that are one edit apart have one of these in common, whatever the edit.
    """
    return {folded, *(folded[:at] + folded[at + 1 :] for at in range(len(folded)))}


def is_one_edit_away(a, b):
    """A letter more, less or changed, or two neighbours that changed places."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    at = next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    rest_a, rest_b = a[at:], b[at:]
    return (
        rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or rest_a[1:] == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and len(rest_b) > 1 and rest_a[2:] == rest_b[2:])
    )
