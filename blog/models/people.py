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
            "The name that readers see on articles, such as “Helen Strand”. Published articles "
            "keep the one that they were published with; publish them again to show a new one."
        ),
    )
    honorific = models.CharField(
        _("honorific"),
        max_length=50,
        blank=True,
        help_text=_("What stands before the name, such as “Dr” or “Prof.”. Most people have none."),
    )
    job_title = models.CharField(
        _("job title"),
        max_length=200,
        blank=True,
        help_text=_(
            "Readers see it beside the name. For a reviewer, begin with the credentials: "
            "“MD, MPH; public health physician”. A sign-off keeps it as it was on that day."
        ),
    )
    bio = models.TextField(
        _("biography"),
        blank=True,
        help_text=_(
            "A few sentences on this person's own page: what they know their subjects from, and "
            "what might make them partial."
        ),
    )
    photo = ImageField(
        _("photo"),
        upload_to=random_name("people"),
        blank=True,
        help_text=_(
            "A portrait for this person's own page: JPEG, PNG or WebP, best square and 400 pixels "
            "wide or more. Without one, the page shows the name alone."
        ),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        help_text=_(
            "The account this person logs in with, if they work at this desk. New articles from "
            "that account carry this name, and the home page lists what they wrote as theirs."
        ),
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
