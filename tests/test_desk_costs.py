"""What it costs to open, save and publish an article with 2 and with 60 sections."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

SIZES = [2, 60]
# What is new to the search: it goes by what is published already, and not by the size.
IN_SEARCH = re.compile('"blog_(related|searchentry|spelling)"')


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def make(size):
    half = range(size // 2)
    article = factories.article(
        f"{size} sections", pros=[f"Pro {n}" for n in half], cons=[f"Con {n}" for n in half]
    )
    sources = [factories.source(article, f"Source {n}") for n in range(4)]
    for section in article.sections.all():
        section.sources.set(sources)
    article.refresh_digest()
    return article


def queries(client, article, changes=None, button=None):
    """Those of opening the form, or of sending it with this button."""
    url = reverse("admin:blog_article_change", args=[article.pk])
    page = client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        if button:
            assert client.post(url, fill(page, changes, button=button)).status_code == 302
        else:
            client.get(url)
    return [query["sql"] for query in captured.captured_queries]


def writes(found, table="blog_section"):
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [sql for sql in found if sql.startswith(verbs) and f'"{table}' in sql.split("WHERE")[0]]


@pytest.mark.parametrize(
    ("changes", "button"),
    [
        (None, None),
        (None, "_save"),
        ({"pro-0-heading": "Other words"}, "_save"),
        ({"con-0-ordering": "1"}, "_save"),
        (None, "_publish"),
        ({"pro-0-heading": "Other words"}, "_publish"),
    ],
    ids=["open", "save", "save one", "move one", "publish", "publish one"],
)
def test_it_costs_the_same_for_2_and_for_60_sections(client, editor, changes, button):
    # Both find this one related.
    factories.live_article("Sections")
    few, many = (
        [sql for sql in queries(client, make(size), changes, button) if not IN_SEARCH.search(sql)]
        for size in SIZES
    )
    assert len(many) == len(few), "\n".join(sql for sql in many if sql not in few)
    assert len(many) <= 110


def test_what_did_not_change_is_not_written(client, editor):
    assert writes(queries(client, make(60), None, "_save")) == []


def test_a_section_that_moved_is_one_write(client, editor):
    found = writes(queries(client, make(60), {"con-0-ordering": "1"}, "_save"))
    assert len(found) == 1
    assert found[0].startswith("UPDATE")


def test_new_words_do_not_write_the_sources_anew(client, editor):
    found = queries(client, make(60), {"pro-0-heading": "Other words"}, "_save")
    assert len(writes(found)) == 1
    assert writes(found, "blog_section_sources") == []


def test_other_sources_are_written_for_their_section_alone(client, editor):
    article = make(60)
    kept = str(article.sources.first().pk)
    found = queries(client, article, {"pro-0-sources": [kept]}, "_save")
    assert len(writes(found, "blog_section_sources")) == 1
    section = article.sections.get(heading="Pro 0")
    assert [str(source.pk) for source in section.sources.all()] == [kept]
