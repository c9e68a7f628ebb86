from django.core.management.base import BaseCommand

from comments.models import Comment, Tally

AT_ONCE = 500


class Command(BaseCommand):
    help = "Count anew how many comments each article shows. Needed after changes by hand in SQL."

    def handle(self, *args, **options):
        with_comments = Comment.objects.order_by().values_list("article", flat=True).distinct()
        articles = sorted({*with_comments, *Tally.objects.values_list("article", flat=True)})
        for start in range(0, len(articles), AT_ONCE):
            Tally.objects.recount(articles[start : start + AT_ONCE])
        self.stdout.write(f"Counted the comments of {len(articles)} articles.")
