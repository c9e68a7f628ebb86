"""Articles by the thousand, to measure with: the same ones whenever as many are asked for.

They are real to the last digest: the content of each is built by the code that builds any other,
and every list finds its edition. What is left out is their past at the desk (versions, audit).
"""

import random
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from blog import content, related, search
from blog.models import Article, Category, Edition, Person, Section, SignOff, Source, Tag
from blog.models.listings import enlist

FIRST_SLUG = "the-first-of-many"
BATCH = 500
SHAPES, TOPICS, TAGS, PEOPLE = 300, 30, 60, 30
# Publications lie between these, whatever the day on which the data is made.
FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2025, 12, 31)
MADE_AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
NEVER_YET = datetime(2100, 1, 1, 9, tzinfo=UTC)


def words(text):
    """A list of words or sentences that are written with bars between them."""
    return [each.strip() for each in text.split("|")]


THINGS = words(
    "morning walks|green tea|open offices|paper records|night trains|school gardens|video calls"
    "|shared kitchens|long lunches|cold showers|reading aloud|loud music|standing at work"
    "|garden sheds|public pianos|early meetings|rented tools|wooden toys|city bicycles"
    "|small classes|quiet rooms|handwritten letters|step counters|vegetable boxes|window seats"
    "|evening courses|repair shops|recipe cards|community choirs|allotments|slow cookers"
    "|pocket diaries|walking groups|tool libraries"
)
PLACES = words("at home|at work|in town|for children|in later life|in winter|for teams|on holiday")
SOME = words(
    "most people|older readers|new parents|two in three teams|people who live alone|patients"
    "|teachers|neighbours|those who began late|volunteers|small firms|families"
)
DO = words(
    "keep to a plan|sleep a little longer|spend less in a month|ask for help sooner"
    "|meet more often|forget an appointment|give up within weeks|feel watched|wait longer"
    "|lose an hour a day|learn from mistakes|write down what matters|trust what they are told"
    "|pay twice"
)
WHEN = words(
    "when somebody reminds them|after the first month|on working days|if the room is quiet"
    "|as long as it costs nothing|whatever the weather|in the studies that asked them"
    "|once the novelty has worn off|without a word of explanation|where the rules are clear"
)
GIVEN = words(
    "Ada|Ben|Cleo|Dara|Ewan|Faye|Gus|Hana|Ivo|June|Kofi|Lena|Milo|Nora|Omar|Pia|Rosa|Sami"
)
FAMILY = words("Field|Marsh|Stone|Rivers|Hill|Wood|Lake|Brook|Heath|Dale|Moor|Ford")


class Shape:
    """The words that articles with the same remainder share, of the size of a usual article."""

    def __init__(self, chance):
        self.chance = chance
        self.thing = chance.choice(THINGS)
        self.place = chance.choice(PLACES)
        self.summary = self._text(2)
        self.sections = [("text", "", self._body(3)), ("text", "What it is about", self._body(2))]
        for kind in ("pro", "con"):
            self.sections += [(kind, self._heading(), self._body(4)) for _point in range(4)]
        self.sections.append(("text", "What to make of it", self._body(4)))
        self.evidence = [chance.choice(list(content.Evidence)).value for _section in self.sections]
        self.cites = [chance.sample(range(4), 1 + chance.randrange(2)) for _ in self.sections]
        self.sources = [f"{self._heading()}: a review" for _source in range(4)]

    def title(self, number):
        return f"Are {self.thing} good {self.place}? Question {number}"

    def _sentence(self):
        chance = self.chance
        text = f"{chance.choice(SOME)} {chance.choice(DO)} {chance.choice(WHEN)}."
        return text[0].upper() + text[1:]

    def _text(self, sentences):
        return " ".join(self._sentence() for _sentence in range(sentences))

    def _body(self, sentences):
        return f"<p>{self._text(sentences)}</p><p>{self._text(2)}</p>"

    def _heading(self):
        text = f"{self.chance.choice(SOME)} {self.chance.choice(DO)}"
        return text[0].upper() + text[1:]


class Made:
    """One article with its rows, none of them stored."""

    def __init__(self, number, day, shape, site, chance):
        self.shape = shape
        author, reviewer = chance.sample(site.people, 2)
        title = shape.title(number)
        self.article = Article(
            key=_key(chance),
            slug=f"question-{number}" if number else FIRST_SLUG,
            title=title,
            summary=shape.summary,
            category=chance.choice(site.topics),
            author=author,
            reviewer=reviewer if number % 2 else None,
        )
        self.tags = sorted(chance.sample(site.tags, 3), key=lambda tag: tag.name)
        self.sections = [
            Section(
                article=self.article,
                key=_key(chance),
                kind=kind,
                heading=heading,
                body=body,
                evidence="" if kind == "text" else evidence,
                ordering=10 * place,
            )
            for place, ((kind, heading, body), evidence) in enumerate(
                zip(shape.sections, shape.evidence, strict=True), 1
            )
        ]
        self.sources = [
            Source(
                article=self.article,
                key=_key(chance),
                title=title,
                publisher="Journal of Examples",
                url=f"https://example.org/{number}/{place}",
                type="review",
                accessed=LAST_DAY,
                ordering=place,
            )
            for place, title in enumerate(shape.sources, 1)
        ]
        value = self._content()
        self.sign_off = None
        if self.article.reviewer:
            self.sign_off = SignOff(
                article=self.article,
                person=reviewer,
                credentials=reviewer.job_title,
                digest=value.substance,
                signed_at=MADE_AT,
            )
            value = value.signed(self.sign_off)
        self.article.digest, self.article.substance = value.digest, value.substance
        self.editions = list(_editions(self.article, value, number, day))

    def cites(self):
        """Pairs of a section and a source that it cites."""
        for section, places in zip(self.sections, self.shape.cites, strict=True):
            if section.kind != "text":
                yield from ((section, self.sources[place]) for place in places)

    def _content(self):
        cited = {}
        for section, source in self.cites():
            cited.setdefault(id(section), []).append(source)
        return content.build(
            self.article,
            sections=self.sections,
            sources=self.sources,
            cites=lambda section: cited.get(id(section), ()),
            tags=self.tags,
        )


def _editions(article, value, number, day):
    """One that is live; with some articles, older ones before it or a planned one after it.

    A few articles were taken down again.
    """
    start = datetime.combine(day, time(9), UTC)
    spans = [(start, None)]
    if number % 10 == 5:
        hours = [start + timedelta(hours=hour) for hour in range(4)]
        spans = [*zip(hours, hours[1:], strict=False), (hours[-1], None)]
    elif number % 100 == 1:
        spans = [(start, NEVER_YET), (NEVER_YET, None)]
    elif number % 100 == 2:
        spans = [(start, start + timedelta(days=1))]
    for place, (live_from, live_until) in enumerate(spans, 1):
        is_last = place == len(spans)
        text = value if is_last else replace(value, title=f"{value.title} (edition {place})")
        edition = Edition.draft(article, text, live_from=live_from)
        edition.number, edition.published_on, edition.updated_on = place, day, None
        edition.created_at, edition.live_until = MADE_AT, live_until
        edition.changed_at = live_from
        edition.reviewer = article.reviewer
        yield edition


class Site:
    """What articles refer to."""

    def __init__(self, chance):
        names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
        self.people = Person.objects.bulk_create(
            Person(slug=f"person-{number}", name=name, job_title="MSc; editor", bio="Writes here.")
            for number, name in enumerate(chance.sample(names, PEOPLE))
        )
        self.topics = Category.objects.bulk_create(
            Category(
                slug=f"topic-{number}", name=f"{THINGS[number % len(THINGS)].title()} {number}"
            )
            for number in range(TOPICS)
        )
        self.tags = Tag.objects.bulk_create(
            Tag(slug=f"tag-{number}", name=f"tag {number}") for number in range(TAGS)
        )


def make(articles):
    """Fill an empty database; a generator of how many articles are stored so far."""
    chance = random.Random(20260101)  # noqa: S311
    shapes = [Shape(chance) for _shape in range(SHAPES)]
    site = Site(chance)
    days = (LAST_DAY - FIRST_DAY).days + 1
    for first in range(0, articles, BATCH):
        numbers = range(first, min(first + BATCH, articles))
        _store(
            [
                Made(
                    number,
                    LAST_DAY - timedelta(days=number * days // articles),
                    shapes[number % SHAPES],
                    site,
                    chance,
                )
                for number in numbers
            ]
        )
        yield numbers[-1] + 1
    # Of the article that is measured; of all of them it would take longer than all else.
    related.relate(Edition.objects.live().get(article__slug=FIRST_SLUG))


@transaction.atomic
def _store(made):
    """The only place where many articles are stored at once."""
    articles = Article.objects.bulk_create(each.article for each in made)
    Section.objects.bulk_create(section for each in made for section in each.sections)
    Source.objects.bulk_create(source for each in made for source in each.sources)
    _link(Article.tags, ((each.article, tag) for each in made for tag in each.tags))
    _link(Section.sources, (pair for each in made for pair in each.cites()))
    SignOff.objects.bulk_create(each.sign_off for each in made if each.sign_off)
    editions = Edition.objects.bulk_create(edition for each in made for edition in each.editions)
    enlist(editions)
    search.index_many(editions)
    Article.objects.filter(pk__in=[article.pk for article in articles]).update(
        created_at=MADE_AT, changed_at=MADE_AT
    )


def _link(relation, pairs):
    through = relation.through
    here, there = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    through.objects.bulk_create(
        through(**{f"{here}_id": one.pk, f"{there}_id": other.pk}) for one, other in pairs
    )


def _key(chance):
    return uuid.UUID(int=chance.getrandbits(128), version=4)
