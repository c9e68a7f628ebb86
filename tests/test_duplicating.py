"""A section is duplicated, without a script as well."""

import uuid

import pytest
from django.urls import reverse

from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    row = factories.article(pros=["It warms", "It wakes"])
    first = row.sections.get(heading="It warms")
    first.evidence = "strong"
    first.save()
    first.sources.add(factories.source(row))
    row.refresh_digest()
    return row


def send(client, article, name, changes=None):
    url = reverse("admin:blog_article_change", args=[article.pk])
    fields = fill(client.get(url), changes, button="_add")
    return client.post(url, fields | {"_add": name})


def test_the_copy_has_all_of_it_but_the_key_and_comes_next(article):
    first = article.sections.get(heading="It warms")
    copy = first.duplicate()
    assert [section.pk for section in article.sections.all()][:2] == [first.pk, copy.pk]
    assert (copy.heading, copy.body, copy.evidence) == (first.heading, first.body, "strong")
    assert list(copy.sources.all()) == list(first.sources.all())
    assert copy.key != first.key


def test_the_button_saves_first_and_leads_to_the_copy(client, article):
    client.force_login(factories.editor())
    key = article.sections.get(heading="It warms").key
    response = send(client, article, f"copy-{key}", {"pro-0-heading": "It warms well"})
    assert response.url.endswith("/change/#pro-1")
    headings = [section.heading for section in article.sections.all()]
    assert headings == ["It warms well", "It warms well", "It wakes", "It cools"]
    article.refresh_from_db()
    assert article.digest == article.content().digest


def test_a_section_of_another_article_and_nonsense_are_not_duplicated(client, article):
    client.force_login(factories.editor())
    other = factories.article("Another").sections.first()
    for name in (f"copy-{other.key}", f"copy-{uuid.uuid4()}", "copy-x", "copy-"):
        assert send(client, article, name).status_code == 302
    assert article.sections.count() == 3


def test_who_may_not_change_the_article_duplicates_nothing(client, article):
    url = reverse("admin:blog_article_change", args=[article.pk])
    name = f"copy-{article.sections.first().key}"
    assert client.post(url, {"_add": name}).status_code == 302
    client.force_login(factories.user(group="Reviewer"))
    assert client.post(url, {"_add": name}).status_code == 403
    assert article.sections.count() == 3
