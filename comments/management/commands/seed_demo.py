from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import blog.demo
from blog.models import Article
from comments import demo as comments_demo


class Command(BaseCommand):
    help = (
        "Load the demo: six articles in every state, people, topics and comments. "
        "A second run adds only what is missing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="Also beside articles that are not of the demo."
        )

    @transaction.atomic
    def handle(self, *, force, **options):
        if not force and Article.objects.filter(is_demo=False).exists():
            raise CommandError(
                "This database holds articles of its own, so the demo was not loaded. "
                "Add --force to load it beside them."
            )
        articles = blog.demo.load()
        comments = comments_demo.load(articles)
        if options["verbosity"]:
            self.stdout.write(f"{len(articles)} articles and {comments} comments added.")
