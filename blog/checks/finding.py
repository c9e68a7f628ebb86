from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps an article from its readers; a warning informs those who write it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    level: Level
    # The name of the rule: stable, for code and tests.
    code: str
    # What is so, and what to do about it.
    sentence: str
    # What to mend: ("article", name), ("section", key, name) or ("source", number, name).
    field: tuple

    @property
    def is_error(self):
        return self.level == Level.ERROR


def error(code, sentence, *field):
    return Finding(Level.ERROR, code, sentence, field)


def warning(code, sentence, *field):
    return Finding(Level.WARNING, code, sentence, field)
