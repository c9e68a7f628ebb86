from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from blog.content import Content


class VersionQuerySet(models.QuerySet):
    def keep(self, article, content, *, by, reason, note=""):
        """Keep this content of the working copy in the history; the version, or None.

        What the newest version holds already is not kept twice, and a row of autosaves by one
        person within `Version.SITTING` is one version.
        """
        newest = self.filter(article=article).order_by("-saved_at", "-pk").first()
        if newest and newest.digest == content.digest and not note:
            return None
        if newest and newest.is_continued_by(by, reason):
            newest.data, newest.digest = content.to_json(), content.digest
            newest.saved_at, newest.reason = timezone.now(), reason
            newest.save()
            return newest
        return self.create(
            article=article,
            data=content.to_json(),
            digest=content.digest,
            saved_by=by,
            reason=reason,
            note=note,
        )


class Version(models.Model):
    """The working copy as it was saved once: what the history compares and restores."""

    class Reason(models.TextChoices):
        SAVED = "saved", _("Saved")
        AUTOSAVED = "autosaved", _("Saved by itself")
        RESTORED = "restored", _("Restored")
        # The text of a conflict that its writer did not choose.
        NOT_CHOSEN = "not_chosen", _("Not chosen")
        IMPORTED = "imported", _("Imported")

    # Autosaves of one person go into one version for so long.
    SITTING = timedelta(minutes=10)

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="versions")
    data = models.JSONField(help_text="Content.to_json()")
    digest = models.CharField(max_length=64)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("when"), default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty for a command."),
    )
    reason = models.CharField(_("how"), max_length=20, choices=Reason.choices)
    note = models.CharField(_("why"), max_length=500, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-pk"]
        verbose_name = _("saved version")
        verbose_name_plural = _("saved versions")
        default_permissions = []
        indexes = [models.Index(fields=["article", "-saved_at"], name="version_newest")]

    def __str__(self):
        return f"{self.article} · {self.saved_at:%Y-%m-%d %H:%M}"

    @cached_property
    def content(self):
        return Content.from_json(self.data)

    def is_continued_by(self, user, reason):
        automatic = {self.Reason.AUTOSAVED}
        return (
            self.reason in automatic
            and reason in automatic | {self.Reason.SAVED}
            and user is not None
            and self.saved_by_id == user.pk
            and timezone.now() - self.started_at < self.SITTING
        )
