"""All formatted texts of an article, read once for all rules."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from blog.checks import markup


@dataclass(frozen=True)
class Text:
    # Where it stands, as people call it.
    where: str
    field: tuple
    markup: markup.Markup


def of(content):
    """In the order of the page."""
    sides = {
        "pro": Text(
            _("the introduction of the pros"),
            ("article", "pros_intro"),
            markup.read(content.pros_intro),
        ),
        "con": Text(
            _("the introduction of the cons"),
            ("article", "cons_intro"),
            markup.read(content.cons_intro),
        ),
    }
    found = []
    for section in content.sections:
        if section.kind in sides:
            found.append(sides.pop(section.kind))
        found.append(
            Text(place(section), ("section", section.key, "body"), markup.read(section.body))
        )
    return [*found, *sides.values()]


def place(section):
    if section.is_point:
        return section.name
    return f"“{section.heading}”" if section.heading.strip() else _("a text without a heading")
