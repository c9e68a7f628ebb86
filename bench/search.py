"""How long a search takes among many articles: python -m bench.search [articles].

Fills an empty database, the one of DATABASE_URL, with made-up editions straight into their tables
and the index, and prints the median and the least of each kind of query, of a publication's work on
the index and of what relates an article.
"""

import os
import random
import statistics
import sys
import time
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from blog import related, search  # noqa: E402
from blog.content import Content, LabelContent, SectionContent  # noqa: E402
from blog.models import Article, Category, Edition, Person, SearchEntry  # noqa: E402

AT_ONCE, ROUNDS, TOPICS = 1000, 15, 20
# Beyond these, texts come again: making them up would take longer than storing them.
DIFFERENT = 10_000
SYLLABLES = ["ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to"]
chance = random.Random(4)  # noqa: S311


def vocabulary(size):
    made = set()
    while len(made) < size:
        made.add("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))))
    return sorted(made)


# A few words are in nearly every text, most in few.
WORDS = vocabulary(30_000)
chance.shuffle(WORDS)
WEIGHTS = list(accumulate(1 / (rank + 5) for rank in range(len(WORDS))))


def text(count):
    return " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=count))


def content(topic):
    sections = tuple(
        SectionContent(str(number), kind, text(6), f"<p>{text(60)}</p>", number=number // 2 + 1)
        for number, kind in enumerate(["pro", "con"] * 4)
    )
    values = dict.fromkeys(("date", "author", "reviewer", "image"))
    values |= dict.fromkeys(("pros_heading", "pros_intro", "cons_heading", "cons_intro"), "")
    label = LabelContent(topic.slug, topic.name)
    return Content(
        title=text(7), summary=text(30), category=label, tags=(), sections=sections, **values
    )


def fill(count):
    topics = [
        Category.objects.get_or_create(slug=f"topic-{n}", defaults={"name": f"Topic {n}"})[0]
        for n in range(TOPICS)
    ]
    team, now = Person.objects.editorial_team(), timezone.now()
    made = []
    for start in range(0, count, AT_ONCE):
        size = min(AT_ONCE, count - start)
        if len(made) < DIFFERENT:
            parts = [make(chance.choice(topics)) for _ in range(size)]
            made += parts
        else:
            parts = chance.choices(made, k=size)
        with transaction.atomic():
            store(parts, start, team, now)
        sys.stderr.write(f"\r{start + size:,} articles")
    sys.stderr.write("\n")


def make(topic):
    """All that is stored of a made-up text."""
    each = content(topic)
    edition = {"data": each.to_json(), "digest": each.digest, "category": topic}
    return each.title, edition, *search.entry(each, topic.pk)


def store(parts, start, team, now):
    articles = Article.objects.bulk_create(
        Article(slug=f"bench-{start + n}", title=title, author=team)
        for n, (title, *_rest) in enumerate(parts)
    )
    editions = Edition.objects.bulk_create(
        Edition(article=article, number=1, live_from=now, published_on=now.date(), **values)
        for article, (_title, values, *_rest) in zip(articles, parts, strict=True)
    )
    SearchEntry.objects.bulk_create(
        SearchEntry(edition=edition, **columns)
        for edition, (*_rest, columns, _written) in zip(editions, parts, strict=True)
    )
    search.learn(set().union(*(written for *_rest, written in parts)))


def durations(do):
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        do()
        times.append(time.perf_counter() - start)
    # Of a machine that others use as well, the least says more.
    return f"{statistics.median(times) * 1000:8.1f} ms  {min(times) * 1000:8.1f} ms"


def main(count):
    call_command("migrate", verbosity=0)
    if not Article.objects.exists():
        fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    common, middle, rare = WORDS[0], WORDS[300], WORDS[20_000]
    queries = {
        "a word in nearly all": common,
        "two of those": f"{common} {WORDS[1]}",
        "a word in some": middle,
        "a rare word": rare,
        "a common and a rare word": f"{common} {rare}",
        "a misspelt word": middle[:-1] + "q" + middle[-1:],
        "a word that is nowhere": "xylophone",
        "eight words": " ".join(WORDS[:8]),
    }
    client = Client(headers={"host": os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]})
    print(f"{connection.vendor}, {Edition.objects.count():,} editions")
    for name, query in queries.items():
        print(f"{name:28}{durations(lambda q=query: client.get('/search/', {'q': q}))}")
    narrow = {"q": common, "topic": "topic-3"}
    print(f"{'a common word in a topic':28}{durations(lambda: client.get('/search/', narrow))}")
    edition = Edition.objects.latest("pk")
    print(f"{'indexing an edition':28}{durations(lambda: search.index(edition))}")
    print(f"{'relating an edition':28}{durations(lambda: related.relate(edition))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
