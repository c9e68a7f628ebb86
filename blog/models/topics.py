from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.models.pages import NamedPage


class CategoryQuerySet(models.QuerySet):
    def with_articles(self, now=None):
        """Those under which readers find any."""
        editions = self.model._meta.get_field("editions").related_model.objects
        return self.filter(Exists(editions.live(now).filter(category=OuterRef("pk"))))


class Category(NamedPage):
    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_(
            "The subject as readers see it in lists and above its page, such as “Sleep”. Published "
            "articles keep the old name until they are published again."
        ),
    )
    description = models.TextField(
        _("description"),
        blank=True,
        help_text=_(
            "One or two sentences at the top of the topic's page: what its articles are about."
        ),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:topic", args=[self.slug])

    @property
    def has_been_public(self):
        return self.editions.filter(live_from__lte=timezone.now()).exists()

    @property
    def is_public(self):
        return self.editions.live().exists()


class Tag(NamedPage):
    name = models.CharField(
        _("name"),
        max_length=100,
        help_text=_(
            "One or two words, such as “screens”. Articles that carry it show the old name until "
            "they are published again."
        ),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self):
        return self.name
