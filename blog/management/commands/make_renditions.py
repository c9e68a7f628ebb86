from django.core.management.base import BaseCommand

from blog import renditions
from blog.models import Image, Person


class Command(BaseCommand):
    help = (
        "Make the renditions of pictures that are missing: of those from before there were any, or "
        "after a restored backup. A second run makes only what is missing still."
    )

    def handle(self, *, verbosity, **options):
        names = [*Image.objects.values_list("file", flat=True)]
        names += Person.objects.exclude(photo="").values_list("photo", flat=True)
        total, failed = 0, 0
        for number, name in enumerate(names, 1):
            try:
                made = renditions.make_renditions.call(name)
            except OSError as error:
                made, failed = 0, failed + 1
                self.stderr.write(f"{name} cannot be read: {error}")
            total += made
            if verbosity and made:
                self.stdout.write(f"{number} of {len(names)}: {name}, {made} made")
        if verbosity:
            self.stdout.write(f"{len(names)} pictures, {total} renditions made, {failed} failed.")
