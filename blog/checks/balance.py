"""Warnings: whether both sides get a fair hearing."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.checks.finding import warning

# One side is heavier when it has over half as much again as the other, and not by a trifle.
RATIO = 1.5
TRIFLE_WORDS = 25
TRIFLE_SOURCES = 1


def lopsided(content, texts):
    if not (content.pros.points and content.cons.points):
        return
    (words, sources), (other_words, other_sources) = (
        _weight(side, texts) for side in content.sides
    )
    if _words_differ(words, other_words) or _sources_differ(sources, other_sources):
        yield warning(
            "lopsided",
            _(
                "The two sides are not in balance: the pros have %(pros)s, the cons have "
                "%(cons)s. See whether the lighter side says all there is to say."
            )
            % {"pros": _said(words, sources), "cons": _said(other_words, other_sources)},
            *("article", "sections"),
        )


def _weight(side, texts):
    """The words of a side, and how many sources its points cite."""
    words = {text.field: text.markup.words for text in texts}
    count = words["article", f"{side.kind}s_intro"] + sum(
        len(item.heading.split()) + words["section", item.key, "body"] for item in side.items
    )
    return count, len({number for point in side.points for number in point.cites})


def _words_differ(one, other):
    less, more = sorted((one, other))
    return more > RATIO * less and more - less > TRIFLE_WORDS


def _sources_differ(one, other):
    less, more = sorted((one, other))
    # One against none is no trifle.
    return more > RATIO * less and (less == 0 or more - less > TRIFLE_SOURCES)


def _said(words, sources):
    words = ngettext("%d word", "%d words", words) % words
    sources = ngettext("%d source", "%d sources", sources) % sources
    return _("%(words)s and %(sources)s") % {"words": words, "sources": sources}
