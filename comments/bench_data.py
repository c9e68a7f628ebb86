"""Comments by the thousand, to measure with: the same ones whenever as many are asked for."""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.models import QuerySet

from blog.bench_data import FIRST_SLUG, words
from blog.models import Edition
from comments import markup
from comments.models import Comment, Decision, Status

BATCH = 2000
FIRST_AT = datetime(2026, 1, 2, tzinfo=UTC)
NAMES = words("Ann|Bo|Carla|Dev|Elif|Femi|Greta|Hugo|Iris|Jan|Kim|Lou|Maya|Nils|Olga|Per")
OPENINGS = words(
    "I have done this for two years.|My sister swears by it.|We tried it at work.|I began late."
    "|As a nurse I see both sides.|Our school did this once."
)
MIDDLES = words(
    "It helped more than I had thought.|The cost was never the trouble; the time was."
    "|The third point says it best.|Nobody told us about the waiting.|*Most* of it holds for us."
    "|I would not do it again.|What the study found is what I saw."
)
ENDINGS = words(
    "Ask somebody who knows you.|It depends on the room.|Thank you for both sides."
    "|I would like to read more on this.|Try it for a month first."
)


@dataclass(frozen=True)
class Text:
    """Prepared once for all the comments that say it."""

    plain: str
    html: str

    @classmethod
    @cache
    def of(cls, number):
        number, opening = divmod(number, len(OPENINGS))
        number, middle = divmod(number, len(MIDDLES))
        ending = number % len(ENDINGS)
        text = f"{OPENINGS[opening]} {MIDDLES[middle]}\n\n{ENDINGS[ending]}"
        return cls(text, markup.render(text))


def make(*, approved, pending, on_one):
    """A generator of how many comments are stored so far.

    `on_one` of those that are approved are on the first article and its points; the others are
    spread over the live articles.
    """
    editions = list(Edition.objects.live().order_by("pk").values_list("pk", "article"))
    first = Edition.objects.live().get(article__slug=FIRST_SLUG)
    keys = [None, None, *(point.key for point in first.content.points)]
    others = [pair for pair in editions if pair[0] != first.pk] or editions
    chance = random.Random(20260102)  # noqa: S311

    def comment(number):
        edition, article = (first.pk, first.article_id)
        if number >= on_one:
            edition, article = others[number % len(others)]
        text = Text.of(chance.randrange(len(OPENINGS) * len(MIDDLES) * len(ENDINGS)))
        return Comment(
            article_id=article,
            edition_id=edition,
            section_key=chance.choice(keys) if number < on_one else None,
            name=chance.choice(NAMES),
            text=text.plain,
            html=text.html,
            status=Status.APPROVED if number < approved else Status.PENDING,
            version=2 if number < approved else 1,
            created_at=FIRST_AT + timedelta(seconds=10 * number),
            key=f"bench-{number}",
            digest=hashlib.sha256(str(number).encode()).hexdigest(),
        )

    total = approved + pending
    for start in range(0, total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        _store([comment(number) for number in numbers])
        yield numbers[-1] + 1


@transaction.atomic
def _store(comments):
    # Not by Comment.objects, which would prepare each text anew.
    comments = QuerySet(Comment).bulk_create(comments)
    decided = [comment for comment in comments if comment.status == Status.APPROVED]
    Decision.objects.bulk_create(
        Decision(
            comment=comment,
            from_status=Status.PENDING,
            to_status=Status.APPROVED,
            text_hash=hashlib.sha256(comment.text.encode()).hexdigest(),
            created_at=comment.created_at + timedelta(hours=1),
        )
        for comment in decided
    )
