from content_editor.models import Region
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import checks, content, mail
from blog.html import StaffHTMLField
from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.images import Image
from blog.models.people import Person
from blog.models.reviews import REVIEW, Review, SignOff
from blog.models.topics import Category, Tag
from blog.slugs import keep_slug, slug_field, unused_slug


class Status(models.TextChoices):
    """What a reader gets, and whether staff have something newer. Computed, never stored."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    LIVE_WITH_CHANGES = "live_with_changes", _("Live with changes")
    EXPIRED = "expired", _("Expired")


class ArticleQuerySet(models.QuerySet):
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

    def overdue_for_review(self, today=None):
        today = today or timezone.localdate()
        return self.filter(next_review_on__lt=today).order_by("next_review_on", "pk")


class Article(models.Model):
    """One subject at one address. Its rows are the working copy; readers see its editions."""

    slug = slug_field(
        _(
            "The last part of the article's address. Leave it empty to have it made from the "
            "title. Once the article has been public it is fixed, so that links keep working."
        )
    )
    title = models.CharField(
        _("title"),
        max_length=200,
        help_text=_("Best as the question a reader would ask, in up to 60 characters."),
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
        help_text=_("The topic page on which the article is listed."),
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="articles")
    author = models.ForeignKey(
        Person,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="authored_articles",
        help_text=_("Who wrote it, as readers see it."),
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
        help_text=_("Stands at the top of the article and in lists."),
    )
    image_alt = models.CharField(
        _("picture in words"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows here, for those who cannot see it."),
    )
    image_decorative = models.BooleanField(
        _("only decoration"),
        default=False,
        help_text=_("It tells nothing that the text does not; then it needs no words."),
    )
    image_caption = models.CharField(_("caption"), max_length=300, blank=True)
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
        help_text=_("The day by which somebody checks again that it is still true."),
    )
    pros_heading = models.CharField(
        _("heading of the pros"),
        max_length=200,
        blank=True,
        help_text=_("The article's own name for this side. Empty means “Pros”."),
    )
    pros_intro = StaffHTMLField(
        _("text under the heading of the pros"),
        blank=True,
        help_text=_("Rarely needed: a sentence that leads to the first pro."),
    )
    cons_heading = models.CharField(
        _("heading of the cons"),
        max_length=200,
        blank=True,
        help_text=_("The article's own name for this side. Empty means “Cons”."),
    )
    cons_intro = StaffHTMLField(
        _("text under the heading of the cons"),
        blank=True,
        help_text=_("Rarely needed: a sentence that leads to the first con."),
    )
    # SHA-256 of the working copy's content; differs from the live edition's after a change.
    digest = models.CharField(max_length=64, editable=False, default="")
    # Content.substance of the working copy: what a sign-off is for.
    substance = models.CharField(max_length=64, editable=False, default="")
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

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = unused_slug(Article.objects, self.title, fallback="article")
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("blog:article", args=[self.slug])

    def clean(self):
        if self.pk and self.has_been_public:
            keep_slug(self)

    @property
    def has_been_public(self):
        """Runs a query."""
        return self.editions.filter(live_from__lte=timezone.now()).exists()

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
        now = self.content()
        self.digest, self.substance = now.digest, now.substance
        Article.objects.filter(pk=self.pk).update(digest=self.digest, substance=self.substance)

    # Review: who looked at the text, and who stands up for it

    @transaction.atomic
    def submit_for_review(self, *, by, asked=None, note=""):
        """Ask `asked`, or anybody who may review, for a look; they get a mail. The review.

        Raises ValidationError when one is waiting already, or that account cannot review it.
        """
        self.lock()
        if self.reviews.waiting().exists():
            raise ValidationError(_("Somebody has asked for a review already, and it waits."))
        if asked is not None and asked == by:
            raise ValidationError(_("Ask somebody else; nobody reviews at their own request."))
        if asked is not None and not (asked.is_staff and asked.has_perm(REVIEW)):
            raise ValidationError(_("%s cannot review articles. Ask somebody else.") % asked)
        review = self.reviews.create(
            requested_by=by, asked=asked, note=note.strip(), digest=self.content().substance
        )
        AuditEntry.record(Action.SUBMITTED, by=by, article=self, detail=review.note)
        mail.tell_reviewers.enqueue(review.pk)
        return review

    @transaction.atomic
    def sign_off(self, *, by, next_review_on=None, note="", seen=None):
        """The person of the account stands up for exactly this text; the sign-off.

        `seen` is the Content.substance of the text that was on the screen, `next_review_on` the
        day by which it is to be checked again. A review that waits is approved with it. Raises
        ValidationError with what is missing.
        """
        self.lock()
        person = self._signer(by)
        digest = self.unchanged_since(seen)
        self.next_review_on = self._next_review(next_review_on)
        self.reviewer = self.reviewer or person
        self.save(update_fields=["next_review_on", "reviewer", "changed_at"])
        sign_off = SignOff.objects.create(
            article=self,
            person=person,
            credentials=person.job_title,
            digest=digest,
            signed_by=by,
            note=note.strip(),
        )
        AuditEntry.record(Action.SIGNED_OFF, by=by, article=self, detail=str(person))
        self.refresh_digest()
        waiting = self.reviews.waiting().first()
        if waiting and waiting.requested_by_id != by.pk:
            waiting.approve(by=by, note=note)
        return sign_off

    def _signer(self, account):
        person = account and Person.objects.filter(user=account).first()
        if not person:
            raise ValidationError(
                _(
                    "Readers see who signed off, and your account belongs to no person they know. "
                    "Ask an editor to choose your account on your page under “People”."
                )
            )
        if person.pk == self.author_id:
            raise ValidationError(
                _("You are the author of this article. Ask somebody else to sign it off.")
            )
        return person

    def _next_review(self, day):
        day = day or self.next_review_on
        if day is None and self.is_clinical:
            raise ValidationError(_("Choose the day of the next review."))
        if day is not None and day <= timezone.localdate():
            raise ValidationError(_("Choose a day in the future for the next review."))
        return day

    def unchanged_since(self, seen):
        """The Content.substance of the stored text. Raises ValidationError when it is not `seen`;
        None is taken for any."""
        now = self.content().substance
        if seen is not None and seen != now:
            raise ValidationError(
                _(
                    "The text has changed since you opened this page, so nothing was decided. "
                    "Read it as it is now, and decide again."
                )
            )
        return now

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
        self.lock()
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
        self.lock()
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
        self.lock()
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

    def lock(self):
        """Others who lock it wait for the end of this transaction. Unsaved changes are dropped."""
        self.refresh_from_db(from_queryset=Article.objects.select_for_update())
