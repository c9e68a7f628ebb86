"""The demo: articles, people and pictures of our own that show every state of the desk.

Nothing in it can be taken for a real study, person or statistic; its sources point to reserved
example domains.
"""

import tomllib
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from blog.demo import drawings
from blog.models import Article, Category, Image, Person, Section, SignOff, Source, Tag
from blog.stamps import EVERYTHING, changed

FOLDER = Path(__file__).parent


def read(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def load():
    """Add what is missing; the articles that were added. To be called in a transaction."""
    people = {row["slug"]: _person(row) for row in read(FOLDER / "people.toml")["person"]}
    categories = {
        row["slug"]: Category.objects.get_or_create(slug=row["slug"], defaults=row)[0]
        for row in read(FOLDER / "categories.toml")["category"]
    }
    added = []
    for path in sorted((FOLDER / "articles").glob("*.toml")):
        data = read(path)
        if not Article.objects.filter(slug=data["slug"]).exists():
            article = _article(data, people, categories)
            _show(article, data)
            added.append(article)
    return added


def _person(row):
    title = "; ".join(filter(None, [row["credentials"], row["job_title"]]))
    person, created = Person.objects.get_or_create(
        slug=row["slug"],
        defaults={
            "name": row["name"],
            "honorific": row["honorific"],
            "job_title": title,
            "bio": row["bio"],
        },
    )
    if created and row["photo"]:
        person.photo.save("photo.png", _picture(row["photo"]))
    return person


def _article(data, people, categories):
    day = date.fromisoformat(data["date"]) if data["date"] else None
    article = Article(
        **{
            name: data[name]
            for name in ("slug", "title", "summary", "pros_heading", "cons_heading")
            + ("image_alt", "image_caption")
        },
        date=day if day and day <= timezone.localdate() else None,
        category=categories[data["category"]],
        author=people[data["author"]],
        reviewer=people.get(data["reviewer"]),
        is_clinical=data.get("clinical", False),
        is_demo=True,
    )
    if data["image"]:
        article.image = Image.objects.create(
            name=data["title"], alt=data["image_alt"], file=_picture(data["image"])
        )
    article.save()
    # Every page says so in its footer.
    changed(EVERYTHING)
    for name in data["tags"]:
        slug = name.lower().replace(" ", "-")
        article.tags.add(Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0])
    sources = _sources(article, data.get("source", []))
    for number, row in enumerate(data["section"], 1):
        section = Section.objects.create(
            article=article,
            ordering=10 * number,
            **{name: row[name].strip() for name in ("kind", "heading", "evidence", "body")},
        )
        section.sources.set(sources[name] for name in row["sources"])
    if article.reviewer:
        article.next_review_on = timezone.localdate() + timedelta(days=365)
        article.save()
        SignOff.objects.create(
            article=article,
            person=article.reviewer,
            credentials=article.reviewer.job_title,
            digest=article.content().substance,
        )
    article.refresh_digest()
    return article


def _sources(article, rows):
    return {
        row["id"]: Source.objects.create(
            article=article,
            ordering=number,
            title=row["title"],
            publisher=row["publisher"],
            url=row["url"],
            type=row["type"],
            accessed=date.fromisoformat(row["accessed"]),
        )
        for number, row in enumerate(rows, 1)
    }


def _show(article, data):
    state = data["state"]
    if state == "scheduled":
        article.schedule(by=None, at=timezone.now() + timedelta(days=30))
    elif state != "draft":
        article.publish(by=None, note="Demo")
    if state == "live with changes":
        changes = data["changes"]
        article.summary = changes["summary"]
        article.save()
        section = article.sections.all()[changes["section"]]
        section.heading = changes["section_heading_now"]
        section.save()
        article.refresh_digest()


def _picture(name):
    return ContentFile(_png(name), name="picture.png")


@cache
def _png(name):
    out = BytesIO()
    drawings.draw(name).save(out, "PNG")
    return out.getvalue()
