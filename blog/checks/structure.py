"""Errors: what an article cannot do without, and what readers who cannot see it would miss."""

from django.utils.translation import gettext as _

from blog.checks.finding import error
from blog.checks.markup import says_something

# A body stands under a heading of level 2 at least: that of its section or of its side.
ABOVE_A_BODY = 2


def both_sides(content, texts):
    if not content.pros.points:
        yield error(
            "no_pro",
            _("There is no pro. Add at least one point that speaks for it."),
            "article",
            "sections",
        )
    if not content.cons.points:
        yield error(
            "no_con",
            _("There is no con. Add at least one point that speaks against it."),
            "article",
            "sections",
        )


def whole_points(content, texts):
    bodies = {text.field[1]: text.markup for text in texts if text.field[0] == "section"}
    for point in content.points:
        if not says_something(point.heading):
            yield error(
                "point_without_heading",
                _("%(point)s has no heading. Say in a few words what the point is.")
                % {"point": point.name},
                *("section", point.key, "heading"),
            )
        if not bodies[point.key].says_something:
            yield error(
                "point_without_body",
                _("%(point)s has no text. Say in a few sentences why it counts, or delete it.")
                % {"point": point.name},
                *("section", point.key, "body"),
            )


def author(content, texts):
    if content.author is None:
        yield error("no_author", _("There is no author. Choose who wrote it."), "article", "author")


def described_pictures(content, texts):
    if content.image and not _is_described(content.image.alt):
        yield error(
            "image_without_alt",
            _("The picture is not described. Put it into words, or mark it as only decoration."),
            *("article", "image_alt"),
        )
    for text in texts:
        if not all(map(_is_described, text.markup.alts)):
            yield error(
                "image_without_alt",
                _(
                    "In %(where)s, a picture is not described. Put it into words, or mark it as "
                    "only decoration."
                )
                % {"where": text.where},
                *text.field,
            )


def _is_described(alt):
    """Empty is said on purpose: decoration. Spaces are neither."""
    return alt is not None and (alt == "" or bool(alt.strip()))


def heading_levels(content, texts):
    for text in texts:
        level = ABOVE_A_BODY
        # One without words is no heading to those who go by them.
        for heading in filter(lambda each: says_something(each.text), text.markup.headings):
            if heading.level > level + 1:
                yield error(
                    "heading_level_skipped",
                    _(
                        "In %(where)s, the heading “%(heading)s” is of level %(level)d but "
                        "follows one of level %(above)d. Make it level %(right)d."
                    )
                    % {
                        "where": text.where,
                        "heading": heading.text.strip(),
                        "level": heading.level,
                        "above": level,
                        "right": level + 1,
                    },
                    *text.field,
                )
            level = heading.level


def links_with_text(content, texts):
    for text in texts:
        for link in text.markup.links:
            if not says_something(link.text):
                yield error(
                    "link_without_text",
                    _("In %(where)s, the link to %(href)s has no text. Say where it leads.")
                    % {"where": text.where, "href": link.href[:100]},
                    *text.field,
                )
    for source in content.sources:
        if not says_something(source.title):
            yield error(
                "link_without_text",
                _("Source %(number)d has no title. Give it the one that it was published with.")
                % {"number": source.number},
                *("source", source.number, "title"),
            )
