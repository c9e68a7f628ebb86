"""Read the dates that people write on a line by itself."""

import datetime
import re

from blog.importers.lines import bare

MONTHS = "january february march april may june july august september october november december"
MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS.split(), 1)}
MONTH_NUMBERS |= {name[:3]: number for name, number in MONTH_NUMBERS.items()} | {"sept": 9}
WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+")
DATE_LABEL = re.compile(
    r"(?:(?:first |last |originally )?(?:published|posted|updated|written|edited|reviewed|added"
    r"|submitted|date))?(?: on\b|^on\b)?\s*[:–—-]?\s*"
)
TIME = re.compile(
    r"(?:(?<=\d)t|[\s,@|·–—-]+(?:at\s+)?)"
    r"(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?)"
    r"(?:\s*(?:z|[a-z]{3,4}|(?:utc|gmt)?[+-]\d{1,2}:?(?:\d{2})?))?$"
)
JOINED_DATE = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2}|[a-z]+)\2([0-9]{1,4})")
RELATIVE_DATE = re.compile(r"(?:yesterday|(?:an?|\d+) (?:minute|hour|day|week|month|year)s? ago)")


class UnusableDateError(ValueError):
    """A line is written as a date, but names no certain day."""


def read_date(text: str) -> datetime.date | None:
    """Return the date of a line that is nothing but a date, else None."""
    if len(text) > 80 or not re.search("[0-9]|ago|yesterday", text.casefold()):
        return None
    words = _date_words(text)
    if RELATIVE_DATE.fullmatch(" ".join(words)):
        raise UnusableDateError("Expected the date itself here, such as 28 July 2018.")
    if len(words) == 1 and (parts := JOINED_DATE.fullmatch(words[0])):
        words = [parts[1], parts[3], parts[4]]
        if words[1].isdigit():
            return _numeric_date(*words)
    return _date_with_month_name(words) if len(words) == 3 else None


def _date_words(text: str) -> list[str]:
    line = bare(text).casefold().strip("()[]., ")
    line = DATE_LABEL.sub("", line, count=1).lstrip()
    line = TIME.sub("", WEEKDAY.sub("", line, count=1)).replace(",", " ")
    return [word for word in line.split() if word not in ("of", "the", "on")]


def _date_with_month_name(words: list[str]) -> datetime.date | None:
    words = [re.sub(r"^([0-9]{1,2})(?:st|nd|rd|th)$", r"\1", word.rstrip(".")) for word in words]
    months = [word for word in words if word in MONTH_NUMBERS]
    numbers = [word for word in words if re.fullmatch(r"[0-9]{1,4}", word)]
    if len(months) != 1 or len(numbers) != 2 or words[2] in MONTH_NUMBERS:
        return None
    day, year = sorted(numbers, key=len)
    return _checked_date(year, MONTH_NUMBERS[months[0]], day)


def _numeric_date(first: str, middle: str, last: str) -> datetime.date | None:
    if len(first) == 4:
        return _checked_date(first, int(middle), last)
    if len(first) > 2 or len(last) not in (2, 4):
        return None
    if int(first) <= 12 and int(middle) <= 12 and int(first) != int(middle):
        raise UnusableDateError(
            f"Expected a date that can be read in one way only: {first} and {middle} could each "
            "be the month. Write the month as a word, such as 28 July 2018."
        )
    day, month = (first, middle) if int(middle) <= 12 else (middle, first)
    return _checked_date(last, int(month), day)


def _checked_date(year: str, month: int, day: str) -> datetime.date:
    if len(year) != 4:
        raise UnusableDateError("Expected a year of four digits, such as 28 July 2018.")
    try:
        return datetime.date(int(year), month, int(day))
    except ValueError:
        raise UnusableDateError(
            "Expected a day that exists, but the calendar has no such date. Correct the date."
        ) from None
