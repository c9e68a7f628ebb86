"""Warnings: what search engines would cut short or not show."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.checks.finding import warning

# About as many characters as they show.
TITLE_MAX, DESCRIPTION_MAX = 70, 160
# A review of a product with fewer is not shown as one.
POINTS_MIN = 2


def title_length(content, texts):
    length = len(content.search_title.strip())
    if length > TITLE_MAX:
        sentence = _(
            "The title in search results has %(length)d characters; they show about %(most)d. "
            "Shorten it, or put what matters first."
        )
        values = {"length": length, "most": TITLE_MAX}
        yield warning("search_title_too_long", sentence % values, "article", "search_title")


def description_length(content, texts):
    length = len(content.search_description.strip())
    if length > DESCRIPTION_MAX:
        sentence = _(
            "The description in search results has %(length)d characters; they show about the "
            "first %(most)d. Shorten it, or see that the answer is in those."
        )
        values = {"length": length, "most": DESCRIPTION_MAX}
        yield warning(
            "search_description_too_long", sentence % values, "article", "search_description"
        )


def product_with_too_few_points(content, texts):
    count = len(content.points)
    if content.product and count < POINTS_MIN:
        sentence = ngettext(
            "A product is named, but there is only %(count)d point. Search engines show a review "
            "with %(least)d or more: add points, or take the product out.",
            "A product is named, but there are %(count)d points. Search engines show a review "
            "with %(least)d or more: add points, or take the product out.",
            count,
        )
        values = {"count": count, "least": POINTS_MIN}
        yield warning("product_with_too_few_points", sentence % values, "article", "product")
