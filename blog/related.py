"""Which articles are like which: by topic, tags and the words that each keeps coming back to.

Worked out when an edition is cut and stored for both, so that an older article learns of a newer
one, and a page only looks it up.
"""

from math import sqrt

from django.db import connection, transaction
from django.db.models import Q

from blog import search, words
from blog.models.edition import Edition
from blog.models.search import Related, SearchEntry
from blog.prepared import MOMENT, Prepared
from blog.stamps import article_tag, changed

# How many are stored of an article, and shown: some of the stored ones may not be live.
KEPT, SHOWN = 6, 3
# A likeness of all words is 100; what has less than LEAST in common is not related.
SAME_TOPIC, SAME_TAG, LEAST = 15, 20, 12
# How many of the newest are looked at for one topic, tag or word: enough to choose from, whatever
# the size of the site.
LOOKED_AT = 40
MOST_TAGS, MOST_WORDS = 5, 10

_SAYS_NOTHING = {words.stem(word) for word in words.STOP_WORDS}


def likenesses(content, *, category_id, article_id):
    """Pairs of a score and the key of an edition that is or will be public, the most alike first.

    In two queries.
    """
    columns, _written = search.entry(content, category_id)
    labels, themes = _labels_and_themes(columns["labels"], columns["themes"])
    others = Edition.objects.current_or_scheduled().exclude(article=article_id)
    ways = [SearchEntry.objects.filter(labels__has=[[each]]) for each in _telling_labels(labels)]
    ways += [SearchEntry.objects.filter(themes__has=[[each]]) for each in _telling_words(columns)]
    if not ways:
        return []
    rows = search.all_of([search.newest(way, others, LOOKED_AT) for way in ways])
    entries = SearchEntry.objects.filter(pk__in={pk for pk, *_topic in rows})
    scores = [
        (_score(labels, themes, *_labels_and_themes(*texts)), other)
        for other, *texts in entries.values_list("edition_id", "labels", "themes")
    ]
    return sorted((pair for pair in scores if pair[0] >= LEAST), reverse=True)


def _labels_and_themes(labels, themes):
    return set(labels.split()), set(themes.split()) - _SAYS_NOTHING


def _telling_labels(labels):
    # The topic is a number and comes before any "#tag".
    return sorted(labels, key=lambda label: (label.startswith("#"), label))[: MOST_TAGS + 1]


def _telling_words(columns):
    """Those of the title, then those that come often without standing in a heading."""
    headings = set(columns["headings"].split())
    often = [word for word in columns["themes"].split() if word not in headings]
    telling = [w for w in [*columns["title"].split(), *often] if w not in _SAYS_NOTHING]
    return telling[:MOST_WORDS]


def _score(labels, themes, other_labels, other_themes):
    """The same in both directions."""
    shared = labels & other_labels
    tags = sum(label.startswith("#") for label in shared)
    alike = len(themes & other_themes) / sqrt(len(themes) * len(other_themes) or 1)
    return round(100 * alike) + SAME_TAG * tags + SAME_TOPIC * (len(shared) - tags)


@transaction.atomic
def relate(edition):
    """Store what this edition is like, and let those know of it that are like it.

    By editions and not by articles, so that what is planned changes nothing before its time.
    """
    alike = likenesses(
        edition.content, category_id=edition.category_id, article_id=edition.article_id
    )
    _one_at_a_time()
    _forget(edition)
    rows = [Related(edition=edition, other_id=other, score=score) for score, other in alike]
    back = [Related(edition_id=other, other=edition, score=score) for score, other in alike]
    kept = {row.edition_id: [row] for row in back}
    for row in Related.objects.filter(edition__in=kept):
        kept[row.edition_id].append(row)
    best = {other: sorted(each, key=_rank)[:KEPT] for other, each in kept.items()}
    over = [row.pk for other in kept for row in kept[other] if row not in best[other]]
    Related.objects.filter(pk__in=filter(None, over)).delete()
    new = rows[:KEPT] + [row for row in back if row in best[row.edition_id]]
    Related.objects.bulk_create(new)
    _tell_pages([edition.pk, *kept])


def _forget(edition):
    """What is stored of it, and of the editions of its article that are over."""
    siblings = Edition.objects.filter(article=edition.article_id).exclude(pk=edition.pk)
    going_on = siblings.current_or_scheduled().values("pk")
    gone = [edition.pk, *siblings.exclude(pk__in=going_on).values_list("pk", flat=True)]
    Related.objects.filter(Q(edition__in=gone) | Q(other__in=gone)).delete()


def _tell_pages(editions):
    """They may name another article now."""
    articles = Edition.objects.filter(pk__in=editions).order_by().values_list("article", flat=True)
    changed(*map(article_tag, articles))


def _rank(row):
    return -row.score, -row.other_id


def _one_at_a_time():
    # Two publications at once may want rows of the same third article, in any order.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE blog_related IN SHARE ROW EXCLUSIVE MODE")


_SHOWN_WITH = Prepared(
    lambda edition, now: (
        Edition.objects.live(now)
        .for_readers()
        .filter(related_to__edition=edition)
        .order_by("-related_to__score", "-pk")[:SHOWN]
    ),
    edition=-1,
    now=MOMENT,
)


def shown_with(edition_pk, now):
    """The live editions of what is most like this one: Found, in one query."""
    return _SHOWN_WITH.find(edition=edition_pk, now=now)


def would_be_shown_with(edition):
    """What publishing this unsaved edition would give."""
    alike = likenesses(
        edition.content, category_id=edition.category_id, article_id=edition.article_id
    )
    order = {other: place for place, (_score, other) in enumerate(alike[:KEPT])}
    live = Edition.objects.live().for_readers().filter(pk__in=order)
    return sorted(live, key=lambda each: order[each.pk])[:SHOWN]
