from django.core.validators import validate_unicode_slug
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

SLUG_HELP = _(
    "The last part of the page's address: small letters, digits and hyphens. "
    "It stays as it is once the page exists, so that links to it keep working."
)


class SlugField(models.CharField):
    """Letters of any script: an Arabic title has an Arabic address."""

    default_validators = [validate_unicode_slug]

    def __init__(self, *args, **kwargs):
        defaults = {"max_length": 200, "unique": True, "help_text": SLUG_HELP}
        super().__init__(*args, **defaults | kwargs)


def unused_slug(rows, text, *, fallback):
    """An address made from the text that none of the rows of a queryset has."""
    base = slugify(text, allow_unicode=True)[:80].strip("-_") or fallback
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class Category(models.Model):
    slug = SlugField(_("address"))
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_("One or two sentences for readers, shown at the top of the topic's page."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:topic", args=[self.slug])


class Tag(models.Model):
    slug = SlugField(_("address"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self):
        return self.name
