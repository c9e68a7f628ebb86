"""The trash: what is in it can be taken out for 30 days, then it is deleted for good."""

from datetime import timedelta

from django.apps import apps
from django.db.models import CASCADE, PROTECT
from django.db.models.deletion import Collector
from django.utils import timezone
from django_tasks import task

KEPT_FOR = timedelta(days=30)


class Purge(Collector):
    """Deletes an article with everything that hangs on it, also what nothing else may delete."""


def goes_with_its_article(collector, field, sub_objs, using):
    """For `on_delete`: protected from everybody but the purge of the trash."""
    on_delete = CASCADE if isinstance(collector, Purge) else PROTECT
    on_delete(collector, field, sub_objs, using)


@task()
def empty():
    """Enqueued whenever an article is trashed, for the day on which its time runs out."""
    apps.get_model("blog", "Article").objects.purge()


def empty_later():
    # A little later than needed, so that this very article is due when the job runs.
    empty.using(run_after=timezone.now() + KEPT_FOR + timedelta(minutes=1)).enqueue()
