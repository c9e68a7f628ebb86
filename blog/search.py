"""Search for readers: what is in the index, and what is found in it.

The order is the same on every database: first the articles that have all words in the title, then
in headings or the summary, then among what the text keeps coming back to, then anywhere; of these,
what was published last comes first. No score of a database's own is in it. A word that was misspelt
by one letter is looked for in its place when the words as they stand lead nowhere.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce

from blog import words
from blog.html import plain
from blog.models.edition import Edition
from blog.models.search import SearchEntry, Spelling
from blog.models.topics import Category

# Beyond these, a question is no clearer.
LONGEST_QUERY, MOST_WORDS = 200, 8
# How many articles a search finds at most: the best of them.
AT_MOST = 100
# What a tsvector can hold, whatever the letters.
MOST_STEMS = 6000
# So often a text says what it is about.
OFTEN = 3


# The index


def entry(content, category_id):
    """The columns of an edition's entry by their names, and the words in it as they are written."""
    title = [content.title]
    headings = [content.summary, content.pros_heading, content.cons_heading]
    headings += [section.heading for section in content.sections]
    bodies = [content.pros_intro, content.cons_intro]
    bodies += [section.body for section in content.sections]
    rest = [plain(body) for body in bodies]
    rest += [f"{source.title} {source.publisher}" for source in content.sources]
    rest += [tag.name for tag in content.tags]
    rest += [each.name for each in (content.category, content.author, content.reviewer) if each]
    texts = {"title": title, "headings": headings, "words": rest}
    found = {name: [w for text in part for w in words.folded(text)] for name, part in texts.items()}

    seen = Counter(words.stem(word) for part in found.values() for word in part)
    columns, kept = {}, {}
    for name in SearchEntry.COLUMNS:
        if name == "themes":
            kept |= {stem: 1 for stem, times in seen.items() if times >= OFTEN}
        else:
            kept |= {words.stem(word): 1 for word in found[name]}
        columns[name] = " ".join(list(kept)[:MOST_STEMS])
    labels = [str(category_id)] if category_id else []
    columns["labels"] = " ".join(labels + [f"#{tag.slug}" for tag in content.tags])
    return columns, {word for part in found.values() for word in part}


def spellings(written):
    """The rows of Spelling for words, in one order for all, so that no two writers wait for each
    other."""
    return [
        {"form": form, "word": word, "stem": words.stem(word)}
        for word in sorted(written)
        if word.isalpha() and words.SHORTEST_MISSPELT - 1 <= len(word) <= words.LONGEST_MISSPELT
        for form in sorted(words.with_deletions(word) | {words.stem(word)})
    ]


@transaction.atomic
def index(edition):
    """Put an edition into the index, and take those of its article out that are over."""
    kept = Edition.objects.filter(article=edition.article_id).current_or_scheduled()
    siblings = SearchEntry.objects.filter(edition__article=edition.article_id)
    over = siblings.exclude(edition__in=kept.exclude(pk=edition.pk)).values_list("pk", flat=True)
    SearchEntry.objects.filter(pk__in=[*over, edition.pk]).delete()
    columns, written = entry(edition.content, edition.category_id)
    SearchEntry.objects.bulk_create([SearchEntry(edition=edition, **columns)])
    learn(written)


def index_many(editions):
    """Put editions of articles that have none in the index yet into it."""
    entries, written = [], set()
    for edition in editions:
        columns, words_in_it = entry(edition.content, edition.category_id)
        entries.append(SearchEntry(edition=edition, **columns))
        written |= words_in_it
    SearchEntry.objects.bulk_create(entries)
    learn(written)


def learn(written):
    written, known = sorted(written), set()
    for start in range(0, len(written), 500):
        chunk = written[start : start + 500]
        rows = Spelling.objects.filter(form__in=chunk, word=F("form"))
        known.update(rows.values_list("word", flat=True))
    rows = [Spelling(**row) for row in spellings(set(written) - known)]
    Spelling.objects.bulk_create(rows, ignore_conflicts=True)


# Looking things up


@dataclass
class Found:
    """What a search led to: the best first, and one more than AT_MOST when there are more."""

    candidates: list = field(default_factory=list)
    # The words that were looked for: those typed, or the nearest ones in their place.
    groups: list = field(default_factory=list)
    # Pairs of a word of the query and the words that may have been meant.
    corrections: list = field(default_factory=list)

    @property
    def has_more(self):
        return len(self.candidates) > AT_MOST


@dataclass(frozen=True)
class Candidate:
    tier: int
    pk: int
    topic_slug: str | None
    topic_name: str | None


def query_words(query):
    """The words of a query that are looked for, each once."""
    found = {}
    for word in words.words(query[:LONGEST_QUERY]):
        found.setdefault(word.folded, word)
    telling = [word for folded, word in found.items() if folded not in words.STOP_WORDS]
    return (telling or list(found.values()))[:MOST_WORDS]


def search(query, *, topic=""):
    """What is live and has the words; `topic` is the address of a topic.

    In one query, and in another when nothing has the words as they stand.
    """
    typed = query_words(query)
    if not typed:
        return Found()
    groups = [[word.stem] for word in typed]
    if query.rstrip().endswith(query[typed[-1].start : typed[-1].end]):
        # Perhaps it is not finished.
        groups[-1] = [typed[-1].stem, f"{typed[-1].folded}*"]
    candidates, live = _look_up(groups, topic, otherwise=_near(typed))
    if candidates:
        return Found(candidates, groups)
    corrections = _corrections(typed, live)
    nearest = [
        [words.stem(word) for word in corrections[at]] if at in corrections else group
        for at, group in enumerate(groups)
    ]
    if corrections:
        candidates, _live = _look_up(nearest, topic)
    if not candidates:
        return Found([], groups)
    return Found(candidates, nearest, [(typed[at], near) for at, near in corrections.items()])


def _doubtful(typed):
    return {at: word for at, word in enumerate(typed) if words.may_be_misspelt(word.folded)}


def _near(typed):
    """SQL and its parameters: the words that may be next to those typed, and the stems of those
    that a live edition has."""
    forms = set()
    for word in _doubtful(typed).values():
        forms |= words.with_deletions(word.folded) | {word.stem}
    if not forms:
        return None
    has_it = Edition.objects.live().filter(search_entry__words__has=OuterRef("stem"))
    near = Spelling.objects.filter(form__in=sorted(forms))
    # Not as a filter: PostgreSQL would start other processes for it, before it knows that no row
    # is asked for.
    stem = Case(When(Exists(has_it), then="stem"))
    return near.values("pk", "word").annotate(live=stem).query.sql_with_params()


def _corrections(typed, live):
    """For each place of a word that no live edition has: the words of live ones next to it.

    `live` has the stems of the words that _near() found.
    """
    corrections = {}
    for at, word in _doubtful(typed).items():
        if word.stem in live.values():
            continue
        nearest = [each for each in sorted(live) if words.is_one_edit_away(word.folded, each)]
        if nearest:
            corrections[at] = nearest
    return corrections


def _look_up(groups, topic, otherwise=None):
    """Those that have all the words, the best first; if there are none, the words of _near()."""
    entries = SearchEntry.objects.all()
    if topic:
        number = Category.objects.filter(slug=topic).values("pk")
        label = Coalesce(Cast(Subquery(number), TextField()), Value("none"))
        entries = entries.filter(labels__has=label)
    tiers = [
        newest(entries.filter(**{f"{column}__has": groups}), Edition.objects.live(), AT_MOST + 1)
        for column in SearchEntry.COLUMNS
    ]
    rows = until_one_is_full(tiers, AT_MOST + 1, otherwise)
    best = {}
    for tier, pk, *topic_of_it in sorted(row for row in rows if row[0] < len(tiers)):
        best.setdefault(pk, Candidate(tier, pk, *topic_of_it))
    candidates = sorted(best.values(), key=lambda each: (each.tier, -each.pk))
    live = {word: stem for tier, _pk, word, stem in rows if tier == len(tiers) and stem}
    return candidates[: AT_MOST + 1], live


def newest(entries, editions, limit):
    """SQL and its parameters: of the editions that have such an entry, the newest."""
    found, found_params = entries.order_by("-pk").values("pk").query.sql_with_params()
    if connection.vendor == "postgresql":
        # Nothing is pulled out of a part that says this. Without it, PostgreSQL expects to meet
        # enough matches soon and reads the words of entry after entry instead of the index.
        found += " OFFSET 0"
    columns = editions.order_by().values("pk", "category__slug", "category__name")
    seen, seen_params = columns.query.sql_with_params()
    # By the key of the entry and not of the edition, though they are equal: SQLite then reads FTS5
    # from its end and stops at the limit.
    sql = (
        f"SELECT seen.* FROM ({found}) AS found JOIN ({seen}) AS seen ON seen.pk = found.pk "  # noqa: S608
        f"ORDER BY found.pk DESC LIMIT {limit:d}"
    )
    return sql, [*found_params, *seen_params]


def until_one_is_full(parts, limit, otherwise=None):
    """The number of each part and its rows, in one query that stops after one with `limit` rows.

    What is in a part is in all that follow. So those that follow a full one have nothing to add,
    and they are the ones with the most to look through. `otherwise` is one more part, which is
    looked at when no other has any row.
    """
    tables = []
    for number, (sql, _params) in enumerate(parts):
        wanted = [f"(SELECT count(*) FROM part{n}) < {limit:d}" for n in range(number)]  # noqa: S608
        tables.append((sql, wanted))
    if otherwise:
        nothing = [f"NOT EXISTS (SELECT * FROM part{n})" for n in range(len(parts))]  # noqa: S608
        tables.append((otherwise[0], nothing))
    named = ", ".join(
        f"part{n} AS (SELECT * FROM ({sql}) AS rows_of_it WHERE {' AND '.join(['1 = 1', *only])})"  # noqa: S608
        for n, (sql, only) in enumerate(tables)
    )
    rows = " UNION ALL ".join(f"SELECT {n}, part{n}.* FROM part{n}" for n in range(len(tables)))  # noqa: S608
    return _rows(f"WITH {named} {rows}", [*parts, otherwise] if otherwise else parts)


def all_of(parts):
    """The rows of them all. Django's union() takes no part with a limit on SQLite."""
    return _rows(" UNION ALL ".join(f"SELECT * FROM ({sql}) AS part" for sql, _ in parts), parts)  # noqa: S608


def _rows(sql, parts):
    with connection.cursor() as cursor:
        cursor.execute(sql, [param for _, params in parts for param in params])
        return cursor.fetchall()
