import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.content import Evidence, Kind, SourceType
from blog.html import StaffHTMLField


class OrderedQuerySet(models.QuerySet):
    def untie(self):
        """Number rows anew when two of them have the same place; otherwise one query."""
        rows = list(self.only("article", "ordering"))
        if len({row.ordering for row in rows}) < len(rows):
            for place, row in enumerate(rows, 1):
                row.ordering = 10 * place
            self.bulk_update(rows, ["ordering"])


class Source(models.Model):
    Type = SourceType

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="sources")
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    title = models.CharField(
        _("title"),
        max_length=300,
        help_text=_("The name of the study, report or page, as it stands on it."),
    )
    publisher = models.CharField(
        _("who and when"),
        max_length=300,
        blank=True,
        help_text=_(
            "Authors, journal or publisher, year: “Example A. et al., Journal of Examples, 2024”."
        ),
    )
    url = models.URLField(
        _("web address"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Where readers can look at it; best a lasting one, such as https://doi.org/10.1000/1."
        ),
    )
    type = models.CharField(
        _("type"),
        max_length=20,
        choices=Type.choices,
        default=Type.STUDY,
        help_text=_("What kind of source it is. Readers see it in the list of sources."),
    )
    accessed = models.DateField(
        _("last looked at"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which somebody last read it at this address. Pages change, and readers see "
            "how old your look at it is."
        ),
    )
    ordering = models.PositiveIntegerField(_("order"), default=0)

    objects = OrderedQuerySet.as_manager()

    class Meta:
        ordering = ["ordering", "pk"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(
                condition=Q(url="")
                | Q(url__istartswith="http://")
                | Q(url__istartswith="https://"),
                name="source_url_is_of_the_web",
                violation_error_message=_("The address must begin with https:// or http://."),
            )
        ]

    def __str__(self):
        return self.title


class Section(models.Model):
    Kind = Kind
    Evidence = Evidence

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="sections")
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    heading = models.CharField(
        _("heading"),
        max_length=200,
        blank=True,
        help_text=_("The point in a few words, such as “You sleep longer”. A text may go without."),
    )
    body = StaffHTMLField(
        _("text"),
        blank=True,
        help_text=_("What speaks for it, in short paragraphs. Say whom it concerns, and how much."),
    )
    evidence = models.CharField(
        _("strength of the evidence"),
        max_length=10,
        choices=Evidence.choices,
        blank=True,
        help_text=_(
            "How far one can rely on this point. Readers see the grade beside it, and what each "
            "grade means. Leave it empty where there is nothing to grade."
        ),
    )
    sources = models.ManyToManyField(
        Source,
        verbose_name=_("sources"),
        blank=True,
        related_name="sections",
        help_text=_("Readers find their numbers at the end of the section."),
    )
    ordering = models.IntegerField(_("order"), default=0)

    objects = OrderedQuerySet.as_manager()

    class Meta:
        ordering = ["ordering", "pk"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["text", "pro", "con"]), name="section_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(evidence="") | ~Q(kind="text"),
                name="section_evidence_only_on_points",
                violation_error_message=_("Only a pro or a con has a strength of evidence."),
            ),
        ]

    def __str__(self):
        return self.heading or str(self.get_kind_display())

    @transaction.atomic
    def duplicate(self):
        """A new section with the same words, grade and sources, at the place after this one."""
        copy = Section.objects.create(
            article_id=self.article_id,
            kind=self.kind,
            heading=self.heading,
            body=self.body,
            evidence=self.evidence,
            # Equal places go by age.
            ordering=self.ordering,
        )
        copy.sources.set(self.sources.all())
        return copy
