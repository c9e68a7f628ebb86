"""The approved comments of an article as a feed."""

import json

import feedparser
import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import feeds
from comments.models import Comment, Status
from tests import factories
from tests.json_feed import SCHEMA

pytestmark = pytest.mark.django_db

FORMATS = ["atom", "rss", "json"]
PATH = "/articles/is-tea-good-for-you/comments."


@pytest.fixture
def article():
    return factories.live_article("Is tea good for you?", pros=["It warms"])


def fetch(client, form):
    response = client.get(PATH + form)
    assert response.status_code == 200
    return response


def parsed(response):
    headers = {name.lower(): value for name, value in response.headers.items()}
    feed = feedparser.parse(response.content, response_headers=headers)
    assert not feed.bozo, feed.bozo_exception
    return feed


def test_an_approved_comment_is_an_entry(client, article):
    comment = factories.approved(article, name="Ada", text="I drink *it* every day.")
    feed = parsed(fetch(client, "atom"))
    assert feed.feed.title == "Comments on “Is tea good for you?” – Evenhand"
    assert feed.feed.link.endswith("/articles/is-tea-good-for-you/#comments")
    entry = feed.entries[0]
    assert entry.title == "Comment by Ada"
    assert [author.name for author in entry.authors] == ["Ada"]
    assert entry.link == f"http://testserver/articles/is-tea-good-for-you/#{comment.anchor}"
    assert entry.content[0].value == "<p>I drink <em>it</em> every day.</p>"
    assert entry.published_parsed[:5] == comment.created_at.utctimetuple()[:5]


def test_a_comment_on_a_point_names_it(client, article):
    point = article.editions.get().content.points[0]
    factories.approved(article, about=point.key)
    assert parsed(fetch(client, "rss")).entries[0].title == "Comment by Ada on Pro 1: It warms"


def test_a_point_that_is_gone_is_not_named(client, article):
    point = article.editions.get().content.points[0]
    factories.approved(article, about=point.key)
    article.sections.filter(kind="pro").delete()
    factories.section(article, kind="pro", heading="It wakes")
    article.publish(by=None)
    assert parsed(fetch(client, "rss")).entries[0].title == "Comment by Ada"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("status", [each for each in Status if each != Status.APPROVED])
def test_nothing_else_is_in_it(client, article, form, status):
    comment = factories.comment(article, name="Hidden Name", text="Hidden words.")
    Comment.objects.filter(pk=comment.pk).update(status=status)
    assert b"Hidden" not in fetch(client, form).content


@pytest.mark.parametrize("form", FORMATS)
def test_neither_the_mail_nor_the_key_of_the_private_page_is_in_it(client, article, form):
    comment = factories.approved(article, email="ada@example.org")
    text = fetch(client, form).content.decode()
    assert "I drink it every day." in text
    assert comment.key not in text
    assert "ada@example.org" not in text


@pytest.mark.parametrize("form", FORMATS)
def test_an_article_that_is_not_live_has_none(client, article, form):
    factories.approved(article)
    article.unpublish(by=None)
    assert client.get(PATH + form).status_code == 404
    assert client.get(f"/articles/nothing/comments.{form}").status_code == 404


def test_the_newest_come_first_and_not_all_of_them(client, article, monkeypatch):
    monkeypatch.setattr(feeds, "ENTRIES", 2)
    for name in ("Ann", "Ben", "Cem"):
        factories.approved(article, name=name, text=f"{name} says so.")
    titles = [entry.title for entry in parsed(fetch(client, "atom")).entries]
    assert titles == ["Comment by Cem", "Comment by Ben"]


def test_queries_do_not_grow_with_comments(client, article):
    for number in range(5):
        factories.approved(article, text=f"Number {number}")
    with CaptureQueriesContext(connection) as queries:
        fetch(client, "json")
    assert len(queries) == 3


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_breaks_nothing(client, article, form):
    factories.approved(
        article,
        name="</title><script>alert(1)</script> ]]>",
        text="<script>alert(2)</script> ]]> \u2028 \ufffe😀 \u0634\u0627\u064a",
    )
    response = fetch(client, form)
    if form == "json":
        feed = json.loads(response.content)
        jsonschema.validate(feed, SCHEMA)
        content = feed["items"][0]["content_html"]
    else:
        content = parsed(response).entries[0].content[0].value
    assert "<script" not in content
    assert "😀" in content


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_give_the_same_bytes(client, article, form):
    empty = fetch(client, form).content
    assert fetch(client, form).content == empty
    factories.approved(article)
    full = fetch(client, form).content
    assert fetch(client, form).content == full != empty


def test_an_entry_keeps_its_id(client, article):
    factories.approved(article)
    before = parsed(fetch(client, "atom")).entries[0].id
    assert parsed(fetch(client, "rss")).entries[0].id == before
    article.slug = "another-address"
    article.save()
    response = client.get("/articles/another-address/comments.atom")
    assert parsed(response).entries[0].id == before
    assert client.get(PATH + "atom").headers["Location"] == (
        "/articles/another-address/comments.atom"
    )
