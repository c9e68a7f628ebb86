import json
from dataclasses import dataclass
from datetime import date

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
from blog.stamps import LISTS, article_tag, changed, teaser_tag
from blog.trash import goes_with_its_article

# What the pages of an edition show.
OF_A_PAGE = [
    "number",
    "data",
    "digest",
    "published_on",
    "updated_on",
    "changed_at",
    "corrections",
    "live_from",
    "live_until",
]


class EditionQuerySet(models.QuerySet):
    def live(self, now=None):
        """What readers see."""
        return self.filter(is_live(now))

    def at(self, slug, now=None):
        """What readers see at the address of an article: one edition or none."""
        return self.live(now).filter(article__slug=slug).for_readers()

    def for_readers(self):
        """With what pages show, and of the working copy, which is not theirs, only its names."""
        return self.select_related("article").only(*OF_A_PAGE, "article__slug", "article__key")

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


@dataclass(frozen=True)
class Correction:
    """What an editor told readers about a change: since when, in which edition."""

    date: date
    text: str
    number: int


class Edition(models.Model):
    """An immutable snapshot of an article's content: numbered, with who, when and why.

    Only the interval in which it is live can change; saving anything else raises TypeError.
    """

    MAX_CORRECTION = 300
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
    corrections = models.JSONField(
        default=list,
        help_text="Those of the editions that readers saw before, and its own: date, text, number.",
    )
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
    changed_at = models.DateTimeField(
        default=timezone.now,
        help_text="Since when readers get this content; the same content cut again keeps it.",
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="editions"
    )
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="authored_editions"
    )
    reviewer = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="reviewed_editions"
    )
    noindex = models.BooleanField(default=False, help_text="Kept out of what search engines read.")

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
            # When the next one begins or ends: every cached page asks for it.
            models.Index("live_from", name="edition_begins"),
            models.Index("live_until", name="edition_ends"),
            # All that the sitemap's index asks; it never reads a row.
            models.Index(
                *("article", "live_from", "live_until", "changed_at", "noindex"),
                name="edition_changes",
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
        changed(article_tag(self.article_id), teaser_tag(self.article_id), LISTS)

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    @cached_property
    def content(self):
        return Content.from_json(self.data)

    @property
    def changes(self):
        """The public corrections up to this edition, the newest first."""
        return [
            Correction(date.fromisoformat(row["date"]), row["text"], row["number"])
            for row in reversed(self.corrections)
        ]

    @property
    def correction(self):
        """Its own, or nothing."""
        last = self.corrections[-1] if self.corrections else {"number": None}
        return last["text"] if last["number"] == self.number else ""

    @property
    def made_of(self):
        """Names all that its page shows of it, comments aside. Equal: the same text in each part.

        Of an unsaved edition too, as previews have.
        """
        return json.dumps(
            [
                self.article.slug,
                self.article_id,
                self.number,
                self.digest,
                self.published_on.isoformat(),
                self.updated_on and self.updated_on.isoformat(),
                self.corrections,
            ]
        )

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
    def draft(cls, article, content, *, live_from, correction="", **values):
        """The next edition of an article as `cut` would store it, unsaved: what a preview shows.

        The article may be unsaved too. `correction` is what readers are told about it.
        """
        past, corrections = {"number": None, "first": None}, []
        if article.pk:
            earlier = article.editions.filter(live_from__lt=live_from)
            past = article.editions.aggregate(
                number=Max("number"), first=Min("live_from", filter=Q(live_from__lt=live_from))
            )
            shown = earlier.order_by("live_from").values_list("corrections", flat=True)
            corrections = shown.last() or []
        number = (past["number"] or 0) + 1
        day = timezone.localdate(live_from)
        first_day = timezone.localdate(past["first"]) if past["first"] else None
        if correction:
            corrections = [
                *corrections,
                {"date": day.isoformat(), "text": correction, "number": number},
            ]
        return cls(
            article=article,
            number=number,
            corrections=corrections,
            data=content.to_json(),
            digest=content.digest,
            live_from=live_from,
            published_on=content.date or first_day or day,
            updated_on=day if first_day and first_day != day else None,
            category_id=article.category_id,
            author_id=article.author_id,
            noindex=content.noindex,
            **values,
        )

    @classmethod
    def cut(cls, article, content, *, by, note, live_from, **values):
        edition = cls.draft(
            article, content, live_from=live_from, created_by=by, note=note, **values
        )
        before = article.editions.filter(live_from__lt=live_from).order_by("-live_from").first()
        same = before and before.digest == edition.digest
        edition.changed_at = before.changed_at if same else live_from
        if content.reviewer:
            edition.reviewer = Person.objects.filter(slug=content.reviewer.slug).first()
        edition.save(force_insert=True)
        enlist([edition])
        return edition
