"""Rows for tests: plain functions with readable, fixed values."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from blog.models import Article, Category, Person, Section, SignOff, Source
from comments.models import Comment

PASSWORD = "a fine long password"


def user(name="erin", *, group=None, **values):
    account = get_user_model().objects.create_user(
        name, f"{name}@example.org", PASSWORD, is_staff=True, **values
    )
    if group:
        account.groups.add(Group.objects.get(name=group))
    return account


def author(name="editor"):
    return user(name, group="Author")


def editor(name="editor"):
    return user(name, group="Editor")


def moderator(name="moderator"):
    return user(name, group="Moderator")


def person(name="Ada Example", **values):
    return Person.objects.create(slug=name.lower().replace(" ", "-"), name=name, **values)


def category(name="Digital health"):
    return Category.objects.create(slug=name.lower().replace(" ", "-"), name=name)


def article(title="Is tea good for you?", *, pros=("It warms",), cons=("It cools",), **values):
    """A draft with one section for each name in `pros` and `cons`."""
    values.setdefault("author", Person.objects.editorial_team())
    row = Article.objects.create(title=title, **values)
    for kind, headings in (("pro", pros), ("con", cons)):
        for heading in headings:
            section(row, kind=kind, heading=heading)
    row.refresh_digest()
    return row


def live_article(title="Is tea good for you?", *, by=None, **values):
    row = article(title, **values)
    row.publish(by=by)
    return row


def section(article, *, kind="text", heading="A heading", body="<p>Some words.</p>", **values):
    values.setdefault("ordering", 10 * (article.sections.count() + 1))
    return Section.objects.create(article=article, kind=kind, heading=heading, body=body, **values)


def source(article, title="Example review", **values):
    return Source.objects.create(article=article, title=title, **values)


def sign_off(article, person=None, **values):
    """By `person` or the article's reviewer, for the text as it stands."""
    person = person or article.reviewer
    row = SignOff.objects.create(
        article=article,
        person=person,
        credentials=person.job_title,
        digest=article.content().substance,
        **values,
    )
    article.refresh_digest()
    return row


def comment(article=None, *, name="Ada", text="I drink it every day.", about=None, **values):
    """A pending comment on the live edition; `about` is the key of a point."""
    article = article or Article.objects.first() or live_article()
    values.setdefault("edition", article.editions.live().first())
    return Comment.objects.create(
        article=article, name=name, text=text, section_key=about, **values
    )


def approved(article=None, *, by=None, **values):
    row = comment(article, **values)
    Comment.objects.decide(to="approved", by=by, seen={row.pk: row.version})
    row.refresh_from_db()
    return row


def reviewer(name="reviewer", *, person_name=None, **values):
    """An account that may review; with `person_name`, a person that readers know as well."""
    account = user(name, group="Reviewer")
    if person_name:
        person(person_name, user=account, **values)
    return account
