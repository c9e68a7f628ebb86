from django.core.management.base import BaseCommand

from blog import share_image
from blog.models import Edition


class Command(BaseCommand):
    help = (
        "Draw the share images that are missing: those of articles from before there were any, or "
        "after a restored backup. A second run draws only what is missing still."
    )

    def handle(self, *, verbosity, **options):
        editions = Edition.objects.current_or_scheduled().order_by("pk")
        total = drawn = 0
        for edition in editions.iterator(100):
            total += 1
            drawn += share_image.make(edition.content)
        if verbosity:
            self.stdout.write(f"{total} editions, {drawn} share images drawn.")
