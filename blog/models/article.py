import uuid
from urllib.parse import unquote

from content_editor.models import Region
from django.conf import settings
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

from blog import content, trash
from blog.html import StaffHTMLField
from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.images import Image
from blog.models.pages import Page
from blog.models.people import Person
from blog.models.publishing import Publishing
from blog.models.restoring import Restoring
from blog.models.reviewing import Reviewing
from blog.models.reviews import Review, SignOff
from blog.models.sections import Section
from blog.models.topics import Category, Tag
from blog.models.trashing import Trashing
from blog.models.versions import Version
from blog.sharing import whole_https_address
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
    def kept(self):
        """What is not in the trash."""
        return self.filter(trashed_at=None)

    def in_trash(self, now=None):
        """What can still be taken out of it."""
        return self.filter(trashed_at__gt=(now or timezone.now()) - trash.KEPT_FOR)

    def purge(self, now=None):
        """Delete for good, with everything it had, what is in the trash for too long: how many."""
        until = (now or timezone.now()) - trash.KEPT_FOR
        due = self.filter(trashed_at__lte=until).order_by("pk")
        return sum(article.purge(until) for article in due)

    def delete(self):
        raise TypeError(Article.TO_THE_TRASH)

    delete.queryset_only = delete.alters_data = True

    def with_points(self):
        """Adds `pros_count` and `cons_count`."""
        return self.annotate(pros_count=_points("pro"), cons_count=_points("con"))

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

    def with_review(self):
        """Adds `signed_digest` of the newest sign-off, `sign_off_is_stale`, and
        `waits_for_review`."""
        newest = SignOff.objects.filter(article=OuterRef("pk")).order_by("-signed_at", "-pk")
        waiting = Review.objects.waiting()
        return self.annotate(
            signed_digest=Subquery(newest.values("digest")[:1]),
            waits_for_review=Exists(waiting.filter(article=OuterRef("pk"))),
        ).annotate(
            sign_off_is_stale=Case(
                When(signed_digest=None, then=Value(False)),
                When(signed_digest=F("substance"), then=Value(False)),
                default=Value(True),
            )
        )

    def sign_off_out_of_date(self):
        """Those whose text has changed since somebody signed it off."""
        return self.with_review().filter(sign_off_is_stale=True)

    def overdue(self, today=None):
        """Whose next review should have been by now, the longest overdue first."""
        today = today or timezone.localdate()
        return self.filter(next_review_on__lt=today).order_by("next_review_on", "pk")


class Article(Publishing, Reviewing, Trashing, Page):
    """One subject at one address. Its rows are the working copy; readers see its editions."""

    # Known before it is stored, so that the same new article sent twice is one.
    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
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
    search_title = models.CharField(
        _("title in search results"),
        max_length=120,
        blank=True,
        help_text=_(
            "Only when the title is too long for search results or needs other words there, in up "
            "to 70 characters. The page itself keeps its title."
        ),
    )
    search_description = models.CharField(
        _("description in search results"),
        max_length=300,
        blank=True,
        help_text=_(
            "Stands under the title in search results and beside shared links, in up to 160 "
            "characters. Left empty, it is the short answer."
        ),
    )
    share_image = models.ForeignKey(
        Image,
        verbose_name=_("picture for sharing"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shared_articles",
        help_text=_(
            "What goes with a link that is shared, best 1200 × 630 pixels. Without one, it is "
            "drawn from the title and the first pros and cons."
        ),
    )
    canonical_url = models.CharField(
        _("address of the original"),
        max_length=500,
        blank=True,
        validators=[whole_https_address],
        help_text=_(
            "Only when this text was published at another address first. Search engines then show "
            "that page instead of this one. It begins with https://."
        ),
    )
    noindex = models.BooleanField(
        _("keep out of search engines"),
        default=False,
        help_text=_(
            "Search engines are asked not to list it. Readers find it on this site as before."
        ),
    )
    product = models.CharField(
        _("reviewed product"),
        max_length=200,
        blank=True,
        help_text=_(
            "Only when the article reviews one product that can be named, such as “Example Kettle "
            "2”. Search engines are then told its pros and cons as a review of that product."
        ),
    )
    # SHA-256 of the working copy's content; differs from the live edition's after a change.
    digest = models.CharField(max_length=64, editable=False, default="")
    # Content.substance of the working copy: what a sign-off is for.
    substance = models.CharField(max_length=64, editable=False, default="")
    # SHA-256 of the outline it was imported from; empty when it was written here.
    import_digest = models.CharField(max_length=64, editable=False, default="")
    is_demo = models.BooleanField(editable=False, default=False)
    trashed_at = models.DateTimeField(_("in the trash since"), null=True, editable=False)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("trashed by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    # The content editor sorts sections into regions; an article has one.
    regions = [Region(key="main", title=_("Sections"))]

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [
            ("publish_article", "Can publish, schedule and unpublish articles"),
            ("review_article", "Can approve, return and sign off articles"),
        ]
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

    def clean(self):
        super().clean()
        self.refuse_an_address_in_the_trash()

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
        """The working copy as Content, in seven queries at most."""
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
        """To be called after any change to the working copy: it decides "live with changes".

        Returns the content.
        """
        content = self.content()
        self.digest, self.substance = content.digest, content.substance
        Article.objects.filter(pk=self.pk).update(digest=self.digest, substance=self.substance)
        return content

    # Restoring an earlier content

    @transaction.atomic
    def restore(self, content, *, by, of, seen=None):
        """Write an earlier content back to the working copy: sentences about what stays as it is.

        `of` names it in the history ("Edition 3"). `seen` is the digest of the working copy that
        it is to take the place of; raises ValidationError when somebody saved another one since.
        The address and what readers see stay as they are. What was there before is kept as a
        version, and so is the outcome.
        """
        self.lock()
        before = self.content()
        if seen is not None and seen != before.digest:
            raise ValidationError(
                _("The working copy was saved after you opened this page. Look at it again.")
            )
        keep = Version.objects.keep
        if before.digest not in self.versions.values_list("digest", flat=True)[:1]:
            note = _("As it was before an earlier text came back")
            keep(self, before, by=by, reason=Version.Reason.SAVED, note=note)
        kept = Restoring(self, content).write()
        self.refresh_digest()
        keep(self, self.content(), by=by, reason=Version.Reason.RESTORED, note=str(of))
        AuditEntry.record(Action.RESTORED, by=by, article=self, detail=str(of))
        return kept
