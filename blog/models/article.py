from urllib.parse import unquote

from content_editor.models import Region
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import checks, content
from blog.html import StaffHTMLField
from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.images import Image
from blog.models.pages import Page
from blog.models.people import Person
from blog.models.redirects import Redirect
from blog.models.sections import Section
from blog.models.topics import Category, Tag
from blog.slugs import slug_field


class Status(models.TextChoices):
    """What a reader gets, and whether staff have something newer. Computed, never stored."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    LIVE_WITH_CHANGES = "live_with_changes", _("Live with changes")
    EXPIRED = "expired", _("Expired")


def _points(kind):
    sections = Section.objects.filter(article=OuterRef("pk"), kind=kind).order_by()
    count = sections.values("article").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


class ArticleQuerySet(models.QuerySet):
    def with_points(self):
        """Adds `pros_count` and `cons_count`."""
        return self.annotate(pros_count=_points("pro"), cons_count=_points("con"))

    def overdue(self):
        """Whose next review should have been by now."""
        return self.filter(next_review_on__lt=timezone.localdate())

    def with_status(self, now=None):
        """Adds `status`, and what it follows from: `live_since`, `due_at` (the next publication),
        `ends_at` and `taken_down_at` of the last edition."""
        now = now or timezone.now()
        editions = Edition.objects.filter(article=OuterRef("pk"))
        live = editions.live(now)
        last = editions.filter(live_from__isnull=False).order_by("-live_from")
        return self.annotate(
            live_since=Subquery(live.values("live_from")[:1]),
            due_at=Subquery(editions.scheduled(now).order_by("live_from").values("live_from")[:1]),
            ends_at=Subquery(last.values("live_until")[:1]),
            taken_down_at=Subquery(last.values("taken_down_at")[:1]),
        ).annotate(
            status=Case(
                When(Exists(live.filter(digest=OuterRef("digest"))), then=Value(Status.LIVE)),
                When(Exists(live), then=Value(Status.LIVE_WITH_CHANGES)),
                When(Exists(editions.scheduled(now)), then=Value(Status.SCHEDULED)),
                # Nobody took it down: its time ran out.
                When(ends_at__lte=now, taken_down_at=None, then=Value(Status.EXPIRED)),
                default=Value(Status.DRAFT),
            ),
        )


class Article(Page):
    """One subject at one address. Its rows are the working copy; readers see its editions."""

    slug = slug_field(
        _(
            "The last part of the article's address, such as “is-tea-good-for-you”. Leave it "
            "empty to have it made from the title; it then follows the title until the article is "
            "public. If you change it after that, the old address leads readers to the new one."
        )
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_(
            "Best as the question a reader would ask, in up to 60 characters: “Is tea good for "
            "you?” It is the heading of the page and its name in lists and search results."
        ),
    )
    summary = models.TextField(
        _("short answer"),
        blank=True,
        max_length=1000,
        help_text=_(
            "The answer first, in two or three sentences: which side weighs more, and when. "
            "It stands at the top of the article and in lists."
        ),
    )
    date = models.DateField(
        _("first published elsewhere on"),
        null=True,
        blank=True,
        help_text=_(
            "Only for a text that was public before it came here. "
            "Otherwise readers see the day on which it is first published."
        ),
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        help_text=_(
            "The subject on whose page readers find the article among others, such as “Sleep”. "
            "Without one it is only on the home page and on its author's."
        ),
    )
    tags = models.ManyToManyField(
        Tag,
        verbose_name=_("tags"),
        blank=True,
        related_name="articles",
        help_text=_("Words that join it with articles of other categories, such as “screens”."),
    )
    author = models.ForeignKey(
        Person,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="authored_articles",
        help_text=_(
            "Who wrote it, as readers see it, with a link to all that this person wrote. "
            "The editorial team stands for a text that nobody signs."
        ),
    )
    reviewer = models.ForeignKey(
        Person,
        verbose_name=_("reviewer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reviewed_articles",
        help_text=_(
            "Who is to check it, someone other than the author. Readers see the name once this "
            "person has signed off the text as it stands."
        ),
    )
    image = models.ForeignKey(
        Image,
        verbose_name=_("picture"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        help_text=_(
            "Stands at the top of the article and beside it in lists. An article can do without."
        ),
    )
    image_alt = models.CharField(
        _("picture in words"),
        max_length=300,
        blank=True,
        help_text=_(
            "What the picture shows here, for those who cannot see it, in one sentence: “A woman "
            "reads a letter at a kitchen table.” Do not begin with “Picture of”."
        ),
    )
    image_decorative = models.BooleanField(
        _("only decoration"),
        default=False,
        help_text=_(
            "Tick it when the picture tells nothing that the text does not. It then needs no "
            "words, and those who have the page read aloud do not hear of it."
        ),
    )
    image_caption = models.CharField(
        _("caption"),
        max_length=300,
        blank=True,
        help_text=_(
            "Readers see it under the picture: who made it, or what else there is to know."
        ),
    )
    is_clinical = models.BooleanField(
        _("clinical"),
        default=False,
        help_text=_(
            "It gives health information that somebody may act on. Then every point needs a "
            "source, and a reviewer has to sign it off before it is published."
        ),
    )
    next_review_on = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        help_text=_(
            "The day by which somebody checks again that it is still true. From the day after, it "
            "is listed as overdue on the home page of the desk; readers see no difference."
        ),
    )
    pros_heading = models.CharField(
        _("heading of the pros"),
        max_length=200,
        blank=True,
        help_text=_(
            "The article's own name for this side, such as “Why people like it”. Left empty, it is "
            "“Pros”."
        ),
    )
    pros_intro = StaffHTMLField(
        _("text under the heading of the pros"),
        blank=True,
        help_text=_(
            "A sentence between the heading of this side and its first point. Rarely needed; most "
            "articles leave it empty."
        ),
    )
    cons_heading = models.CharField(
        _("heading of the cons"),
        max_length=200,
        blank=True,
        help_text=_(
            "The article's own name for this side, such as “What speaks against it”. Left empty, "
            "it is “Cons”."
        ),
    )
    cons_intro = StaffHTMLField(
        _("text under the heading of the cons"),
        blank=True,
        help_text=_(
            "A sentence between the heading of this side and its first point. Rarely needed; most "
            "articles leave it empty."
        ),
    )
    # SHA-256 of the working copy's content; differs from the live edition's after a change.
    digest = models.CharField(max_length=64, editable=False, default="")
    # SHA-256 of the outline it was imported from; empty when it was written here.
    import_digest = models.CharField(max_length=64, editable=False, default="")
    is_demo = models.BooleanField(editable=False, default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    # The content editor sorts sections into regions; an article has one.
    regions = [Region(key="main", title=_("Sections"))]

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [("publish_article", "Can publish, schedule and unpublish articles")]
        indexes = [models.Index(fields=["id"], condition=Q(is_demo=True), name="article_demo")]
        constraints = [
            models.UniqueConstraint(
                fields=["import_digest"],
                condition=~Q(import_digest=""),
                name="article_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")),
                name="article_reviewer_is_not_author",
                violation_error_message=_("The reviewer must be someone other than the author."),
            ),
        ]

    def __str__(self):
        return self.title

    # Its address: see Page

    NAMED_BY, HAS_DRAFTS = "title", True

    def get_absolute_url(self):
        return reverse("blog:article", args=[self.slug])

    @property
    def has_been_public(self):
        """Runs a query."""
        return self.editions.filter(live_from__lte=timezone.now()).exists()

    @property
    def is_public(self):
        """Runs a query."""
        return self.editions.live().exists()

    def record_move(self, was, by):
        detail = f"{was.get_absolute_url()} → {self.get_absolute_url()}"
        AuditEntry.record(Action.ADDRESS_CHANGED, by=by, article=self, detail=unquote(detail))

    # The content of the working copy

    def content(self):
        """The working copy as Content, in six queries at most."""
        sources = list(self.sources.all())
        by_pk = {source.pk: source for source in sources}
        sections = list(self.sections.prefetch_related("sources"))
        return content.build(
            self,
            sections=sections,
            sources=sources,
            # A source of another article, which no form offers, is left out.
            cites=lambda section: [
                by_pk[source.pk] for source in section.sources.all() if source.pk in by_pk
            ],
            tags=self.tags.all(),
        ).signed(self.last_sign_off)

    @property
    def last_sign_off(self):
        """Runs a query. It may be for an older text."""
        return self.sign_offs.select_related("person").first() if self.pk else None

    def refresh_digest(self):
        """To be called after any change to the working copy: it decides "live with changes"."""
        self.digest = self.content().digest
        Article.objects.filter(pk=self.pk).update(digest=self.digest)

    # Publishing: what readers see changes here and nowhere else. Each of these takes its turn with
    # the others on the same article, and goes by the stored row: unsaved changes are dropped.

    def publish(self, *, by, note=""):
        """Cut an edition and show it from now on.

        It takes the place of any scheduled edition, which was cut from an older working copy, and
        keeps a time of expiry that was set. Raises ValidationError when the content must not be
        published as it is.
        """
        return self._cut(by=by, at=None, note=note)

    def schedule(self, *, by, at, note=""):
        """Cut an edition now and show it from `at` on; until then readers keep what they have.

        It takes the place of an edition scheduled earlier. Raises ValidationError for a time that
        has passed, and like `publish`.
        """
        return self._cut(by=by, at=at, note=note)

    @transaction.atomic
    def expire(self, *, by, at):
        """Take down the last edition that is live or scheduled at `at`; None: never.

        Raises ValidationError when nothing is public or scheduled, or `at` comes too early.
        """
        self._lock()
        last = self.editions.current_or_scheduled().order_by("live_from").last()
        if last is None:
            raise ValidationError(_("This article is not public, so it cannot expire."))
        if at is not None and at <= max(last.live_from, timezone.now()):
            raise ValidationError(
                _("Choose a time of expiry in the future, and after the planned publication.")
            )
        last.live_until, last.end_set_by = at, by
        last.save(update_fields=["live_until", "end_set_by"])
        detail = timezone.localtime(at).isoformat(timespec="minutes") if at else _("no limit")
        AuditEntry.record(Action.EXPIRY_SET, by=by, article=self, detail=detail)
        return last

    @transaction.atomic
    def unpublish(self, *, by):
        """Take the article from readers at once and drop what is scheduled. True if that did
        anything."""
        self._lock()
        now = timezone.now()
        dropped = self._unschedule(now)
        live = self.editions.live(now).first()
        if live:
            live.end(now)
            live.taken_down_at, live.end_set_by = now, by
            live.save(update_fields=Edition.INTERVAL)
        if dropped or live:
            AuditEntry.record(Action.UNPUBLISHED, by=by, article=self)
        return bool(dropped or live)

    @transaction.atomic
    def _cut(self, *, by, at, note):
        self._lock()
        now = timezone.now()
        if at is not None and at <= now:
            raise ValidationError(_("This time has passed. Choose a time in the future."))
        value = self.content()
        if errors := checks.errors(value):
            raise ValidationError(errors)
        self._unschedule(now)
        start, until = at or now, None
        if replaced := self.editions.live(start).first():
            until = replaced.live_until
            replaced.end(start)
            replaced.save(update_fields=Edition.INTERVAL)
        edition = Edition.cut(
            self,
            value,
            by=by,
            note=note,
            replaces=replaced,
            live_from=start,
            live_until=until,
            end_set_by=replaced and replaced.end_set_by,
        )
        Article.objects.filter(pk=self.pk).update(digest=value.digest)
        self.digest = value.digest
        if at is None:
            Redirect.objects.give_way(self.get_absolute_url(), by=by)
        AuditEntry.record(
            Action.SCHEDULED if at else Action.PUBLISHED,
            by=by,
            article=self,
            detail=_("Edition %(number)d, from %(start)s")
            % {
                "number": edition.number,
                "start": timezone.localtime(start).isoformat(timespec="minutes"),
            },
        )
        return edition

    def _unschedule(self, now):
        """Take every planned edition out of the plan; what it would have replaced stays live."""
        planned = list(self.editions.scheduled(now).order_by("-live_from"))
        for edition in planned:
            until = edition.live_until
            edition.live_from = edition.live_until = None
            edition.save(update_fields=Edition.INTERVAL)
            if replaced := edition.replaces:
                replaced.live_until = until
                replaced.save(update_fields=["live_until"])
        return len(planned)

    def _lock(self):
        self.refresh_from_db(from_queryset=Article.objects.select_for_update())
