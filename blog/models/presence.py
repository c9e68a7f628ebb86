from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class PresenceQuerySet(models.QuerySet):
    def see(self, article, user):
        """That this person has the article open now."""
        self.update_or_create(article=article, user=user, defaults={"seen_at": timezone.now()})

    def others(self, article, user):
        since = timezone.now() - Presence.LASTS
        rows = self.filter(article=article, seen_at__gte=since).exclude(user=user)
        return rows.select_related("user").order_by("user__username")


class Presence(models.Model):
    """Who has the form of an article open. Their page says so every few seconds."""

    # Two calls of the page may go missing.
    LASTS = timedelta(seconds=25)

    article = models.ForeignKey("blog.Article", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["article", "user"], name="presence_once_a_person")
        ]

    def __str__(self):
        return f"{self.user} · {self.article}"

    @property
    def name(self):
        return self.user.get_full_name() or self.user.get_username()
