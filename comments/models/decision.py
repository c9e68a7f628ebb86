import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blog.models.append_only import AppendOnly
from blog.trash import goes_with_its_article
from comments.models.status import Reason, Status


class Decision(AppendOnly):
    """Who moved which comment from where to where, when and why. Rows are only ever added."""

    APPEND_ONLY = "A decision is never changed or deleted. Add another one."

    comment = models.ForeignKey(
        "comments.Comment",
        verbose_name=_("comment"),
        on_delete=goes_with_its_article,
        related_name="decisions",
    )
    from_status = models.CharField(_("from"), max_length=10, choices=Status.choices)
    to_status = models.CharField(_("to"), max_length=10, choices=Status.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty for the writer of the comment, and for a command."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    text_hash = models.CharField(
        max_length=64, help_text=_("SHA-256 of the text that was decided on.")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=Status.values, to_status__in=Status.values)
                & ~Q(from_status=F("to_status")),
                name="decision_changes_the_status",
            )
        ]

    def __str__(self):
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    @classmethod
    def of(cls, comment, was, *, by, reason=""):
        """About a comment that has just been moved from `was`."""
        return cls(
            comment=comment,
            from_status=was,
            to_status=comment.status,
            by=by,
            reason=reason,
            text_hash=hashlib.sha256(comment.text.encode()).hexdigest(),
        )

    @property
    def decider(self):
        if self.by:
            return self.by.get_full_name() or self.by.get_username()
        return gettext("its writer") if self.to_status == Status.WITHDRAWN else gettext("a command")

    @property
    def explanation(self):
        """The reason as a sentence for the writer; empty when none was given."""
        known = self.reason in Reason.values
        return str(Reason(self.reason).sentence) if known else self.reason


@dataclass(frozen=True)
class Outcome:
    """What `decide` did: comments that it moved, and those that it left as they were."""

    decided: list
    stale: list


@dataclass(frozen=True)
class Stale:
    """A comment that was no longer as it had been seen."""

    comment: Any

    @property
    def last(self):
        return self.comment.last_decision

    def __str__(self):
        if not self.last:
            return gettext("It is not as it was when you opened it; nothing was changed.")
        return gettext("Already %(status)s by %(name)s on %(when)s; nothing was changed.") % {
            "status": self.last.get_to_status_display().lower(),
            "name": self.last.decider,
            "when": date_format(timezone.localtime(self.last.created_at), "j F Y, H:i"),
        }
