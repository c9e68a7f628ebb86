"""What is still to be told to search engines and hubs; blog/pings.py tells them."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from blog.trash import goes_with_its_article


class Service(models.TextChoices):
    INDEXNOW = "indexnow", "IndexNow"
    WEBSUB = "websub", "WebSub"


class PingQuerySet(models.QuerySet):
    @transaction.atomic
    def claim(self, service):
        """Those that are due, for one attempt: no other worker gets them meanwhile."""
        now = timezone.now()
        due = self.filter(service=service, due_at__lte=now).order_by("due_at", "pk")
        rows = list(due.select_for_update(skip_locked=True, of=("self",))[: Ping.AT_ONCE])
        claimed = self.filter(pk__in=[row.pk for row in rows])
        claimed.update(attempts=models.F("attempts") + 1, due_at=now + Ping.ATTEMPT_TAKES)
        return rows


class Ping(models.Model):
    """A page that changes for readers at `due_at`, and a service that wants to know it."""

    # What IndexNow takes in one request.
    AT_ONCE = 10_000
    ATTEMPT_TAKES = timedelta(minutes=15)

    service = models.CharField(max_length=10, choices=Service.choices)
    path = models.CharField(max_length=500, blank=True)
    article = models.ForeignKey(
        "blog.Article",
        on_delete=goes_with_its_article,
        null=True,
        related_name="+",
        help_text="Told with the address that it has by then, if readers have seen it.",
    )
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PingQuerySet.as_manager()

    class Meta:
        default_permissions = []
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path="", article__isnull=False)
                | models.Q(~models.Q(path=""), article=None),
                name="ping_of_an_article_or_a_path",
            )
        ]
        indexes = [models.Index("service", "due_at", name="ping_due")]

    def __str__(self):
        return f"{self.service}: {self.path or self.article}"
