import sys
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from blog.importers.redirects import MAX_BYTES, import_redirects, summary


class Command(BaseCommand):
    help = "Add redirects from a CSV file: from, to and perhaps a note in each row."

    def add_arguments(self, parser):
        parser.add_argument("file", help="The file, in UTF-8; - reads from standard input.")

    def handle(self, *, file, **options):
        try:
            if file == "-":
                table = sys.stdin.buffer.read(MAX_BYTES + 1)
            else:
                with Path(file).open("rb") as opened:
                    table = opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        try:
            outcome = import_redirects(table, by=None)
        except ValidationError as error:
            lines = "\n".join(error.messages)
            raise CommandError(f"Nothing was imported.\n{lines}") from error
        self.stdout.write(f"Redirects: {summary(outcome)}.")
