"""The last part of an address: which characters, and how it is made."""

from django.db import models
from django.urls import register_converter
from django.utils.text import slugify
from django.utils.translation import gettext_lazy


class SlugConverter:
    """Letters and digits of any script, hyphens and underscores, as a SlugField takes them."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(SlugConverter, "any_slug")


def slug_field(help_text=None):
    return models.SlugField(
        gettext_lazy("address"),
        max_length=200,
        unique=True,
        blank=True,
        allow_unicode=True,
        help_text=help_text
        or gettext_lazy(
            "The last part of the page's address: letters, digits and hyphens, such as "
            "“digital-health”. Leave it empty to have it made from the name. If you change it "
            "after readers could find the page, the old address leads them to the new one."
        ),
    )


def slug_base(text, *, fallback):
    """What the address of something with this name begins with."""
    return slugify(text, allow_unicode=True)[:80].strip("-_") or fallback


def unused_slug(rows, text, *, fallback, is_free=lambda slug: True):
    """An address made from the text that none of the rows of a queryset has."""
    base = slug_base(text, fallback=fallback)
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken or not is_free(slug):
        number += 1
        slug = f"{base}-{number}"
    return slug
