from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blog.images import ImageField, random_name
from blog.slugs import NamedPage


class PersonQuerySet(models.QuerySet):
    def editorial_team(self):
        """The author of what nobody signs. It comes with a migration and cannot be deleted."""
        return self.get(slug=Person.EDITORIAL_TEAM)


class Person(NamedPage):
    """An author or a reviewer, as readers see them; not an account."""

    EDITORIAL_TEAM = "editorial-team"

    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_(
            "Published articles keep the name that they were published with; "
            "publish them again to show a new one."
        ),
    )
    honorific = models.CharField(
        _("honorific"), max_length=50, blank=True, help_text=_("Such as Dr or Prof.")
    )
    job_title = models.CharField(
        _("job title"),
        max_length=200,
        blank=True,
        help_text=_(
            "Shown beside the name. For a reviewer, begin with the credentials: "
            "“MD, MPH; public health physician”."
        ),
    )
    bio = models.TextField(
        _("biography"),
        blank=True,
        help_text=_("A few sentences for readers: what this person knows the subject from."),
    )
    photo = ImageField(_("photo"), upload_to=random_name("people"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text=_("The account this person logs in with, if they work at this desk."),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.full_name

    def get_absolute_url(self):
        return reverse("blog:person", args=[self.slug])

    @property
    def full_name(self):
        return f"{self.honorific} {self.name}".strip()
