import hashlib
import secrets

from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Min, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.models import Article, Edition
from blog.stamps import article_tag, changed
from blog.trash import goes_with_its_article
from comments import mail, markup
from comments.models.decision import Decision, Outcome, Stale
from comments.models.status import STAFF_MAY_MOVE, WRITER_MAY_WITHDRAW, Status
from comments.models.tally import Tally


class CommentQuerySet(models.QuerySet):
    def approved(self):
        """What readers see. The only definition of it."""
        return self.filter(status=Status.APPROVED)

    def pending(self):
        return self.filter(status=Status.PENDING)

    def counts(self):
        """How many there are of each status, in one query."""
        found = self.order_by().values_list("status").annotate(Count("pk"))
        return dict.fromkeys(Status.values, 0) | dict(found)

    def waiting(self):
        """How many wait for a decision, and since when: {"count", "oldest"}, in one query."""
        return self.pending().aggregate(count=Count("pk"), oldest=Min("created_at"))

    def same_as(self, comment):
        """The row that the same form made before, or None."""
        return self.exclude(status=Status.WITHDRAWN).filter(digest=comment.make_digest()).first()

    def after(self, at, pk):
        """Those that were sent after the one of this moment and primary key."""
        # In this form the index finds the first of them.
        return self.filter(Q(created_at__gt=at) | Q(pk__gt=pk), created_at__gte=at)

    def before(self, comment):
        """Those that were sent before this one, the last of them first."""
        at = comment.created_at
        earlier = self.filter(Q(created_at__lt=at) | Q(pk__lt=comment.pk), created_at__lte=at)
        return earlier.order_by("-created_at", "-pk")

    def with_tally(self):
        """With the Tally of their article, as tally_total and tally_by_section; None for none."""
        return self.annotate(
            tally_total=F("article__comment_tally__total"),
            tally_by_section=F("article__comment_tally__by_section"),
        )

    def submit(self, comment, *, announce=True):
        """Store what a reader sent and tell the moderators: (the stored row, whether it is new).

        The same form sent twice makes one comment, also at the same moment. `announce=False`
        tells nobody: for an import.
        """
        if earlier := self.same_as(comment):
            return earlier, False
        try:
            with transaction.atomic():
                comment.save(force_insert=True)
                # The job is a row of the same transaction: no comment without it, nor the reverse.
                if announce:
                    mail.tell_moderators.enqueue(comment.pk)
        except IntegrityError:
            if earlier := self.same_as(comment):
                return earlier, False
            raise
        return comment, True

    @transaction.atomic
    def decide(self, *, to, by, seen, reason="", announce=True):
        """Move comments to the status `to`, each only if it is still as it was seen.

        `seen` maps primary keys to the versions that the moderator saw, `by` is the account or
        None for a command, `reason` one of Reason or some words for the writer;
        `announce=False` mails no writer. Returns an Outcome. A comment that has changed since,
        that already has this status, or that was withdrawn stays as it is.
        """
        to = Status(to)
        if to not in STAFF_MAY_MOVE:
            raise ValueError(f"Nobody decides that a comment is {to}.")
        rows = self.in_bulk(list(seen))
        decided, decisions = [], []
        # In one order everywhere, so that two moderators never wait for each other in a ring.
        for pk, comment in sorted(rows.items()):
            was = comment.status
            if comment._move(to, version=seen[pk], allowed=STAFF_MAY_MOVE[to]):
                decided.append(comment)
                decisions.append(Decision.of(comment, was, by=by, reason=reason))
        Decision.objects.bulk_create(decisions)
        Tally.objects.recount(
            decision.comment.article_id
            for decision in decisions
            if Status.APPROVED in {decision.from_status, decision.to_status}
        )
        for decision in decisions:
            # The writer is told once, and a sender of spam never.
            first = decision.from_status == Status.PENDING
            if announce and first and to != Status.SPAM and decision.comment.email:
                mail.tell_writer.enqueue(decision.comment_id)
        left = Comment.objects.filter(pk__in=set(rows) - {row.pk for row in decided})
        return Outcome(decided, [Stale(comment) for comment in left.with_decisions()])

    def with_decisions(self):
        return self.prefetch_related(Prefetch("decisions", Decision.objects.select_related("by")))

    @transaction.atomic
    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for comment in objs:
            comment.prepare()
        rows = super().bulk_create(objs, *args, **kwargs)
        Tally.objects.recount(row.article_id for row in rows if row.status == Status.APPROVED)
        return rows

    @transaction.atomic
    def delete(self):
        articles = set(self.approved().order_by().values_list("article", flat=True))
        deleted = super().delete()
        Tally.objects.recount(articles)
        return deleted

    delete.queryset_only = delete.alters_data = True


# What the Tally of its article depends on.
COUNTED = {"section_key", "status"}


class Comment(models.Model):
    """What a reader wrote about an article or one of its points. Nothing of it is public before
    a person approves it."""

    MAX_LENGTH = 3000

    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=goes_with_its_article,
        related_name="comments",
    )
    edition = models.ForeignKey(
        Edition,
        verbose_name=_("edition"),
        on_delete=goes_with_its_article,
        null=True,
        blank=True,
        related_name="comments",
        help_text=_("What the writer had in front of them. Imported comments have none."),
    )
    section_key = models.UUIDField(
        _("point"), null=True, blank=True, help_text=_("Empty: the whole article.")
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Private, never shown."))
    text = models.TextField(_("text as typed"), max_length=MAX_LENGTH)
    html = markup.CommentHTMLField(_("text as shown"), editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PENDING
    )
    version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text=_("One more with every change of status or text. A decision names the one seen."),
    )
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    key = models.CharField(
        max_length=43,
        unique=True,
        editable=False,
        default=secrets.token_urlsafe,
        help_text=_("The unguessable part of the address of the writer's private page."),
    )
    digest = models.CharField(
        max_length=64, editable=False, help_text=_("Equal for the same form sent twice.")
    )

    # Not stored: client.sender() of who sends it. Two people may write the same words, and must
    # not share a private page.
    sender = ""

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index("article", "status", "created_at", name="comment_of_article"),
            models.Index("status", "created_at", name="comment_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="comment_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["digest"],
                condition=~Q(status=Status.WITHDRAWN),
                name="comment_sent_once",
            ),
        ]

    def __str__(self):
        return gettext("Comment %(number)s by %(name)s") % {"number": self.pk, "name": self.name}

    def save(self, *args, update_fields=None, **kwargs):
        self.prepare()
        if update_fields is not None and "text" in update_fields:
            update_fields = {*update_fields, "html"}
        may_count = self.status == Status.APPROVED or not self._state.adding
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if may_count and (update_fields is None or COUNTED & set(update_fields)):
                Tally.objects.recount([self.article_id])
        if self.status == Status.APPROVED:
            changed(article_tag(self.article_id))

    def get_absolute_url(self):
        """Where readers find it once it is approved, on whatever page it stands then."""
        return reverse("comments:one", args=[self.article.slug, self.pk])

    @transaction.atomic
    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        Tally.objects.recount([self.article_id])
        return deleted

    def prepare(self):
        """Compute what follows from the text and the name."""
        self.text = markup.plain(self.text)
        self.name = markup.plain_line(self.name)
        self.html = markup.render(self.text)
        self.digest = self.digest or self.make_digest()

    def get_status_url(self):
        return reverse("comments:status", args=[self.key])

    @property
    def anchor(self):
        return f"comment-{self.pk}"

    @property
    def body(self):
        """The HTML, safe to print."""
        return markup.stored(self.html)

    @property
    def initials(self):
        words = self.name.split() or ["?"]
        ends = words if len(words) == 1 else [words[0], words[-1]]
        return "".join(word[0] for word in ends).upper()

    @cached_property
    def point(self):
        """The point it is about, as its writer saw it; None for the whole article."""
        if not self.section_key or not self.edition_id:
            return None
        return self.edition.content.point(self.section_key)

    @property
    def article_title(self):
        """As the writer saw it."""
        return self.edition.content.title if self.edition_id else self.article.title

    @property
    def is_public(self):
        """On a public page right now: approved, under an article that is live."""
        return self.status == Status.APPROVED and self.article.editions.live().exists()

    @property
    def staff_may_move_to(self):
        return [to for to, allowed in STAFF_MAY_MOVE.items() if self.status in allowed]

    @property
    def may_be_withdrawn(self):
        return self.status in WRITER_MAY_WITHDRAW

    @property
    def last_decision(self):
        # Not .last(): what with_decisions() has loaded costs no further query.
        return next(reversed(self.decisions.all()), None)

    @property
    def was_ever_public(self):
        return (
            self.status == Status.APPROVED
            or self.decisions.filter(to_status=Status.APPROVED).exists()
        )

    @transaction.atomic
    def withdraw(self):
        """The writer takes it back, for good. False if there was nothing to take back."""
        row = Comment.objects.select_for_update().get(pk=self.pk)
        was = row.status
        if not row._move(Status.WITHDRAWN, version=row.version, allowed=WRITER_MAY_WITHDRAW):
            return False
        Decision.of(row, was, by=None).save()
        if was == Status.APPROVED:
            Tally.objects.recount([row.article_id])
        self.status, self.version = row.status, row.version
        return True

    def make_digest(self):
        parts = [
            str(self.article_id),
            str(self.section_key or ""),
            markup.plain_line(self.name),
            self.email,
            markup.plain_line(self.text),
            self.sender,
        ]
        if not self.edition_id:
            # Imported: what was said twice elsewhere was said on different days.
            parts.append(self.created_at.isoformat())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _move(self, to, *, version, allowed):
        """One UPDATE that only matches the row as it was seen. True if it did."""
        if self.version != version or self.status not in allowed:
            return False
        moved = Comment.objects.filter(pk=self.pk, version=version, status=self.status).update(
            status=to, version=F("version") + 1
        )
        if moved:
            self.status, self.version = to, version + 1
        return bool(moved)
