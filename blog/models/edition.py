from django.conf import settings
from django.db import models
from django.db.models import F, Max, Min, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from blog.constraints import NoOverlap
from blog.content import Content
from blog.models.listings import enlist
from blog.models.live import is_live
from blog.models.people import Person
from blog.models.topics import Category
from blog.trash import goes_with_its_article


class EditionQuerySet(models.QuerySet):
    def live(self, now=None):
        """What readers see."""
        return self.filter(is_live(now))

    def scheduled(self, now=None):
        return self.filter(live_from__gt=now or timezone.now())

    def current_or_scheduled(self, now=None):
        return self.filter(
            Q(live_until__gt=now or timezone.now()) | Q(live_until__isnull=True),
            live_from__isnull=False,
        )

    def newest_first(self):
        return self.select_related("article").order_by("-published_on", "-pk")

    def by_person(self, person):
        return self.filter(Q(author=person) | Q(reviewer=person))


class Edition(models.Model):
    """An immutable snapshot of an article's content: numbered, with who, when and why.

    Only the interval in which it is live can change; saving anything else raises TypeError.
    """

    INTERVAL = ["live_from", "live_until", "taken_down_at", "end_set_by"]

    article = models.ForeignKey(
        "blog.Article", on_delete=goes_with_its_article, related_name="editions"
    )
    number = models.PositiveIntegerField(_("number"))
    data = models.JSONField(help_text="Content.to_json()")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Null for a command.",
    )
    note = models.CharField(_("why"), max_length=500, blank=True)
    live_from = models.DateTimeField(_("live from"), null=True, blank=True)
    live_until = models.DateTimeField(_("live until"), null=True, blank=True)
    end_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who limited or unpublished it; null for nobody and for a command.",
    )
    taken_down_at = models.DateTimeField(
        null=True, help_text="Null when it was replaced or its time ran out."
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=goes_with_its_article,
        null=True,
        related_name="+",
        help_text="The edition whose interval it ended.",
    )
    # What lists need to find it by, copied from the content at the time of publication.
    published_on = models.DateField(_("published on"))
    updated_on = models.DateField(_("updated on"), null=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="editions"
    )
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="authored_editions"
    )
    reviewer = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="reviewed_editions"
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["article", "-number"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        # In the order of the lists. With the interval in them, a list passes by the editions that
        # were replaced, or are still to come, without a look at their rows.
        indexes = [
            models.Index("published_on", "id", "live_from", "live_until", name="edition_newest"),
            models.Index(
                "category",
                "published_on",
                "id",
                "live_from",
                "live_until",
                name="edition_newest_in_category",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="edition_number"),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_until__gt=F("live_from")),
                name="edition_ends_after_it_starts",
            ),
            NoOverlap(
                group="article",
                start="live_from",
                end="live_until",
                name="edition_one_live_at_a_time",
                violation_error_message=_("Two editions of one article would be live at once."),
            ),
        ]

    def __str__(self):
        return f"{self.article} · {self.number}"

    def save(self, *args, update_fields=None, **kwargs):
        if not self._state.adding and not set(update_fields or ["data"]) <= set(self.INTERVAL):
            raise TypeError("An edition is never changed. Cut another one.")
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    @cached_property
    def content(self):
        return Content.from_json(self.data)

    def is_live(self, now=None):
        now = now or timezone.now()
        return bool(
            self.pk
            and self.live_from
            and self.live_from <= now
            and (self.live_until is None or now < self.live_until)
        )

    def end(self, at):
        """Stop being live at `at`. One that began at that very moment was never live."""
        self.live_until = at
        if self.live_from == at:
            self.live_from = self.live_until = None

    @classmethod
    def draft(cls, article, content, *, live_from, **values):
        """The next edition of an article as `cut` would store it, unsaved: what a preview shows.

        The article may be unsaved too.
        """
        past = {"number": None, "first": None}
        if article.pk:
            past = article.editions.aggregate(
                number=Max("number"), first=Min("live_from", filter=Q(live_from__lt=live_from))
            )
        day = timezone.localdate(live_from)
        first_day = timezone.localdate(past["first"]) if past["first"] else None
        return cls(
            article=article,
            number=(past["number"] or 0) + 1,
            data=content.to_json(),
            digest=content.digest,
            live_from=live_from,
            published_on=content.date or first_day or day,
            updated_on=day if first_day and first_day != day else None,
            category_id=article.category_id,
            author_id=article.author_id,
            **values,
        )

    @classmethod
    def cut(cls, article, content, *, by, note, live_from, **interval):
        edition = cls.draft(
            article, content, live_from=live_from, created_by=by, note=note, **interval
        )
        if content.reviewer:
            edition.reviewer = Person.objects.filter(slug=content.reviewer.slug).first()
        edition.save(force_insert=True)
        enlist([edition])
        return edition
