import argparse

from django.core.management.base import BaseCommand, CommandError

from blog import bench_data
from blog.models import Article, Category, Tag
from blog.stamps import EVERYTHING, changed
from comments import bench_data as comments_bench_data
from comments.models import Comment

ON_ONE = 10_000


def number(text):
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Fill an empty database with articles and comments to measure with. "
        "The same numbers give the same rows."
    )

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=number, default=1_000)
        parser.add_argument("--comments", type=number, default=10_000, help="Approved ones.")
        parser.add_argument("--pending", type=number, default=100, help="Comments that wait.")
        parser.add_argument(
            "--on-one",
            type=number,
            help=f"How many of the approved ones are on the first article ({ON_ONE}).",
        )

    def handle(self, *, articles, comments, pending, on_one, **options):
        self.refuse(articles, comments, pending, on_one)
        on_one = min(ON_ONE, comments) if on_one is None else on_one
        self.is_shown = options["verbosity"] > 1 or (options["verbosity"] and self.stderr.isatty())
        self.show("articles", bench_data.make(articles), articles)
        made = comments_bench_data.make(approved=comments, pending=pending, on_one=on_one)
        self.show("comments", made, comments + pending)
        changed(EVERYTHING)
        if options["verbosity"]:
            self.stdout.write(f"{articles} articles and {comments + pending} comments made.")

    def refuse(self, articles, comments, pending, on_one):
        if not articles:
            raise CommandError("--articles is 0. Ask for one at least.")
        if on_one is not None and on_one > comments:
            raise CommandError(f"--on-one is {on_one}, but --comments only {comments}.")
        if any(model.objects.exists() for model in (Article, Category, Tag, Comment)):
            raise CommandError(
                "This database is not empty, so nothing was made. Name an empty one in "
                "DATABASE_URL; it needs its tables: manage.py migrate."
            )

    def show(self, what, steps, total):
        """Go through the steps, with a bar of what is done."""
        for done in steps:
            if self.is_shown:
                bar = "#" * (30 * done // total)
                self.stderr.write(f"\r{what} [{bar:.<30}] {done:,} of {total:,}", ending="")
                self.stderr.flush()
        if self.is_shown:
            self.stderr.write("")
