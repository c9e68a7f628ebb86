"""The last part of an address: which characters, how it is made, and that it stays."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import register_converter
from django.utils.text import slugify
from django.utils.translation import gettext as _
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
            "The last part of the page's address: letters, digits and hyphens. Leave it empty to "
            "have it made from the name. It stays as it is from then on, so that links to it "
            "keep working."
        ),
    )


def unused_slug(rows, text, *, fallback):
    """An address made from the text that none of the rows of a queryset has."""
    base = slugify(text, allow_unicode=True)[:80].strip("-_") or fallback
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class NamedPage(models.Model):
    """Something with a name and a page of its own, whose address never changes."""

    slug = slug_field()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self.slug:
            rows = type(self)._default_manager
            self.slug = unused_slug(rows, self.name, fallback=self._meta.model_name)
        super().save(*args, **kwargs)

    def clean(self):
        keep_slug(self)


def keep_slug(row):
    """Raises ValidationError when the address of a stored row was changed."""
    if row.pk and type(row)._default_manager.filter(pk=row.pk).exclude(slug=row.slug).exists():
        raise ValidationError({"slug": _("This address is fixed: links to it must keep working.")})
