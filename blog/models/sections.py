import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from blog.content import Evidence, Kind, SourceType
from blog.html import StaffHTMLField


class Source(models.Model):
    Type = SourceType

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(
        _("who and when"),
        max_length=300,
        blank=True,
        help_text=_("Authors, journal or publisher, year."),
    )
    url = models.URLField(_("web address"), max_length=2000, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, default=Type.STUDY)
    accessed = models.DateField(
        _("last looked at"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody last read it at this address."),
    )
    ordering = models.PositiveIntegerField(_("order"), default=0)

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
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    body = StaffHTMLField(_("text"), blank=True)
    evidence = models.CharField(
        _("strength of the evidence"),
        max_length=10,
        choices=Evidence.choices,
        blank=True,
        help_text=_("Readers see the grade beside the point, and what each grade means."),
    )
    sources = models.ManyToManyField(
        Source, verbose_name=_("sources"), blank=True, related_name="sections"
    )
    ordering = models.IntegerField(_("order"), default=0)

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
