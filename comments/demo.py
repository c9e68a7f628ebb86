"""The readers' part of the demo: comments in every status, on articles and on single points."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from blog.demo import read
from comments.models import Comment, Status


def load(articles):
    """Add the comments of these articles; how many. To be called in a transaction."""
    by_slug = {article.slug: article for article in articles}
    rows = read(Path(__file__).with_suffix(".toml"))["comment"]
    rows = [row for row in rows if row["article"] in by_slug]
    for row in rows:
        _add(row, by_slug[row["article"]])
    return len(rows)


def _add(row, article):
    edition = article.editions.live().get()
    kind, _dash, number = row["about"].partition("-")
    points = {"pro": edition.content.pros.points, "con": edition.content.cons.points}
    comment, is_new = Comment.objects.submit(
        Comment(
            article=article,
            edition=edition,
            section_key=points[kind][int(number) - 1].key if kind else None,
            name=row["name"],
            email=row["email"],
            text=row["text"],
            created_at=timezone.now() - timedelta(days=row["days_ago"], minutes=7),
        ),
        announce=False,
    )
    if not is_new or row["status"] == Status.PENDING:
        return
    if row["status"] == Status.WITHDRAWN:
        comment.withdraw()
        return
    Comment.objects.decide(
        to=row["status"],
        by=None,
        seen={comment.pk: comment.version},
        reason=row["reason"],
        announce=False,
    )
