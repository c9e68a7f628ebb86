from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.models.append_only import AppendOnly


class Action(models.TextChoices):
    PUBLISHED = "published", _("published")
    SCHEDULED = "scheduled", _("scheduled")
    UNSCHEDULED = "unscheduled", _("dropped the plan for")
    EXPIRY_SET = "expiry_set", _("limited the time of")
    UNPUBLISHED = "unpublished", _("unpublished")
    TRASHED = "trashed", _("moved to the trash")
    UNTRASHED = "untrashed", _("took out of the trash")
    DELETED = "deleted", _("deleted for good")
    RESTORED = "restored", _("restored an earlier text of")
    SUBMITTED = "submitted", _("asked for a review of")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrew the request for a review of")
    SIGNED_OFF = "signed_off", _("signed off")
    ADDRESS_CHANGED = "address_changed", _("changed the address of")
    REDIRECT_ADDED = "redirect_added", _("added a redirect")
    REDIRECT_CHANGED = "redirect_changed", _("changed a redirect")
    REDIRECT_DELETED = "redirect_deleted", _("deleted a redirect")
    ROLE_CHANGED = "role_changed", _("changed the rights of")
    LINK_MADE = "link_made", _("made a preview link for")
    LINK_REVOKED = "link_revoked", _("revoked a preview link for")


class AuditEntry(AppendOnly):
    """Who did what, when. Rows are only ever added, by the model methods that do the deed."""

    APPEND_ONLY = "The audit trail is never changed or deleted."

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty for a command."),
    )
    action = models.CharField(_("what"), max_length=30, choices=Action.choices)
    # The trail outlives the article.
    article = models.ForeignKey(
        "blog.Article",
        verbose_name=_("article"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="audit_trail",
    )
    subject = models.CharField(_("on"), max_length=300)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.get_action_display()} {self.subject}"

    @classmethod
    def record(cls, action, *, by, article=None, subject="", detail=""):
        """To be called in the transaction of the deed. `by` is None for a command."""
        subject = str(subject or article)[:300]
        return cls.objects.create(
            action=action, by=by, article=article, subject=subject, detail=detail
        )
