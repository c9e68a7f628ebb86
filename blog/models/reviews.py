from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import mail
from blog.models.append_only import AppendOnly
from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.people import Person

# What those need who approve, return and sign off.
REVIEW = "blog.review_article"


class SignOff(AppendOnly):
    """That a person checked exactly this text. Readers see it as long as the text is the same."""

    APPEND_ONLY = "A sign-off is never changed or deleted. Sign off again."

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="sign_offs")
    person = models.ForeignKey(
        Person, verbose_name=_("reviewer"), on_delete=models.PROTECT, related_name="sign_offs"
    )
    credentials = models.CharField(
        _("credentials"),
        max_length=300,
        blank=True,
        help_text=_("The reviewer's job title as it was on that day."),
    )
    digest = models.CharField(max_length=64, help_text="Content.substance of what was signed.")
    signed_at = models.DateTimeField(_("when"), default=timezone.now)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty for a command."),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["-signed_at", "-pk"]
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.person}, {self.signed_on}"

    @property
    def signed_on(self):
        return timezone.localdate(self.signed_at)


class ReviewQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Review.State.WAITING)

    def awaiting(self, user):
        """What waits for this account: reviews that it may decide, and its own that came back and
        that it has not answered yet, neither by asking again nor by a new edition."""
        later = Review.objects.filter(article=OuterRef("article"), pk__gt=OuterRef("pk"))
        cut = Edition.objects.filter(
            article=OuterRef("article"), created_at__gt=OuterRef("decided_at")
        )
        wanted = Q(state=Review.State.RETURNED, requested_by=user) & ~Exists(later) & ~Exists(cut)
        if user.has_perm(REVIEW):
            mine = Q(asked=user) | Q(asked=None)
            wanted |= Q(state=Review.State.WAITING) & mine & ~Q(requested_by=user)
        people = ("article", "requested_by", "asked", "decided_by")
        rows = self.filter(wanted, article__trashed_at=None)
        return rows.select_related(*people).order_by("requested_at", "pk")


class Review(models.Model):
    """That somebody asked for a look at an article, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="reviews")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Null for anybody who may review.",
    )
    note = models.TextField(blank=True)
    digest = models.CharField(
        max_length=64,
        help_text="Content.substance of what was submitted, and later of what was decided on.",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="waiting"), name="review_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | Q(~Q(state="waiting"), decided_at__isnull=False),
                name="review_is_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "returned"])
                | Q(requested_by=None)
                | Q(decided_by=None)
                | ~Q(decided_by=F("requested_by")),
                name="review_decided_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.article}, {self.get_state_display()}"

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    # `seen` is the Content.substance of the text that was on the screen. Each of these raises
    # ValidationError, and changes nothing, when the review is decided already or the text has
    # changed since.

    def approve(self, *, by, note="", seen=None):
        self._decide(self.State.APPROVED, Action.APPROVED, by, note, seen)

    def return_(self, *, by, note, seen=None):
        if not note.strip():
            raise ValidationError(_("Say what should change, so that the author can act on it."))
        self._decide(self.State.RETURNED, Action.RETURNED, by, note, seen)

    @transaction.atomic
    def withdraw(self, *, by):
        self._lock()
        self._end(self.State.WITHDRAWN, by)
        AuditEntry.record(Action.WITHDRAWN, by=by, article=self.article)

    @transaction.atomic
    def _decide(self, state, action, by, note, seen):
        self._lock()
        if by is not None and by.pk == self.requested_by_id:
            raise ValidationError(_("You asked for this review yourself; somebody else decides."))
        self.digest = self.article.unchanged_since(seen)
        self._end(state, by, note.strip())
        AuditEntry.record(action, by=by, article=self.article, detail=self.answer)
        mail.tell_asker.enqueue(self.pk)

    def _lock(self):
        self.article.lock()
        self.refresh_from_db(from_queryset=Review.objects.select_for_update())

    def _end(self, state, by, answer=""):
        if not self.is_waiting:
            raise ValidationError(
                _("This review is closed already: %(state)s.") % {"state": self.get_state_display()}
            )
        self.state, self.decided_by, self.decided_at = state, by, timezone.now()
        self.answer = answer
        self.save()
