from django.apps import apps
from django.db import models, transaction
from django.db.models import Count

from blog.models import Article
from blog.stamps import article_tag, changed
from blog.trash import goes_with_its_article


class TallyQuerySet(models.QuerySet):
    @transaction.atomic
    def recount(self, articles):
        """Count the approved comments of the articles with these primary keys.

        To be called in the transaction that moved, added or deleted them. Who recounts the same
        article at the same time waits for the end of that transaction, and so counts what it did.
        """
        articles = sorted(set(articles))
        if not articles:
            return
        self.bulk_create([self.model(article_id=pk) for pk in articles], ignore_conflicts=True)
        locked = self.select_for_update().filter(article__in=articles).order_by("article")
        tallies = {tally.article_id: tally for tally in locked}
        for tally in tallies.values():
            tally.total, tally.by_section = 0, {}
        for article, key, number in self._counts(articles):
            tallies[article].total += number
            if key:
                tallies[article].by_section[str(key)] = number
        self.bulk_update(tallies.values(), ["total", "by_section"])
        changed(*map(article_tag, articles))

    @staticmethod
    def _counts(articles):
        approved = apps.get_model("comments", "Comment").objects.approved()
        rows = approved.filter(article__in=articles).order_by()
        return rows.values_list("article", "section_key").annotate(Count("pk"))


class Tally(models.Model):
    """How many approved comments an article has, and how many each of its points.

    It is kept so that no page counts; Comment.objects and Comment keep it true, and
    `manage.py recount_comments` makes it true again.
    """

    article = models.OneToOneField(
        Article,
        on_delete=goes_with_its_article,
        primary_key=True,
        related_name="comment_tally",
    )
    total = models.PositiveIntegerField(default=0)
    by_section = models.JSONField(default=dict, help_text="The number for each key of a point.")

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"
        default_permissions = []

    def __str__(self):
        return f"{self.article_id}: {self.total}"
