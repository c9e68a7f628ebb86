from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog.models.append_only import AppendOnly
from blog.models.people import Person


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
