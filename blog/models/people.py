from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.images import ImageField, random_name
from blog.models.pages import NamedPage


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

    def clean(self):
        if self.pk and self.slug != self.EDITORIAL_TEAM and self.is_editorial_team:
            raise ValidationError(
                {"slug": _("The address of the editorial team stays as it is: imports use it.")}
            )

    def get_absolute_url(self):
        return reverse("blog:person", args=[self.slug])

    @property
    def is_editorial_team(self):
        """By the stored row. Runs a query."""
        return type(self).objects.filter(pk=self.pk, slug=self.EDITORIAL_TEAM).exists()

    @property
    def editions(self):
        """Those that name this person as author or reviewer."""
        return self.authored_editions.model.objects.by_person(self)

    @property
    def has_been_public(self):
        return self.editions.filter(live_from__lte=timezone.now()).exists()

    @property
    def is_public(self):
        return self.editions.live().exists()

    @property
    def full_name(self):
        return f"{self.honorific} {self.name}".strip()
