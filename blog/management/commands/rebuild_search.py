from django.core.management.base import BaseCommand
from django.db import transaction

from blog import related, search
from blog.models import Edition, Related, SearchEntry, Spelling
from blog.stamps import EVERYTHING, changed

AT_ONCE = 100


class Command(BaseCommand):
    help = (
        "Make the search index and the related articles anew from the editions: after rows came "
        "by another door than publication, such as a restored backup. It can run while the site "
        "does, as often as you like, and the result is the same."
    )

    def handle(self, *, verbosity, **options):
        editions = Edition.objects.current_or_scheduled().order_by("pk")
        SearchEntry.objects.exclude(edition__in=editions.order_by()).delete()
        # Words that no text has any more go with this.
        Spelling.objects.all().delete()
        count = self.each(editions, search.index)
        Related.objects.all().delete()
        changed(EVERYTHING)
        self.each(editions, related.relate)
        if verbosity:
            self.stdout.write(f"{count} editions indexed and related.")

    def each(self, editions, do):
        """In short transactions, so that nobody who publishes meanwhile waits for long."""
        last = count = 0
        while batch := list(editions.filter(pk__gt=last)[:AT_ONCE]):
            with transaction.atomic():
                for edition in batch:
                    do(edition)
            last, count = batch[-1].pk, count + len(batch)
        return count
