"""Feeds of live editions: Atom, RSS and JSON, of the site and of its topics, tags and people."""

import json
import re
from datetime import date, timedelta
from html import unescape
from importlib import import_module

import feedparser
import jsonschema
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from blog import feeds, html, markdown
from blog.models import Image, Tag
from tests import factories
from tests.json_feed import SCHEMA

pytestmark = pytest.mark.django_db

FORMATS = ["atom", "rss", "json"]
HOSTILE = (
    "</script><script>alert(1)</script> ]]> & \"quoted\" 'so' \x01\x08\x0b\x1f\ufffe\uffff\x9f "
    "\u2028 \u2029 \u202eright to left\u202c 😀 \u0627\u0644\u0634\u0627\u064a " + "long " * 30
)


def fetch(client, path, **values):
    response = client.get(path, **values)
    assert response.status_code == 200, path
    return response


def parsed(response):
    headers = {name.lower(): value for name, value in response.headers.items()}
    feed = feedparser.parse(response.content, response_headers=headers)
    assert not feed.bozo, feed.bozo_exception
    return feed


def as_json(response):
    feed = json.loads(response.content)
    jsonschema.validate(feed, SCHEMA)
    return feed


def words(markup):
    spaced = re.sub("<", " <", markup)
    return " ".join(unescape(strip_tags(spaced)).split())


def content_of(client, path, form):
    """The full content of the newest entry."""
    response = fetch(client, path)
    if form == "json":
        return as_json(response)["items"][0]["content_html"]
    return parsed(response).entries[0].content[0].value


@pytest.fixture
def article():
    return factories.live_article(
        "Is tea good for you?",
        summary="Yes, in most cups.",
        category=factories.category("Drinks"),
        author=factories.person("Ada Example"),
        pros=["It warms"],
        cons=["It cools"],
    )


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("json", "application/feed+json; charset=utf-8"),
    ],
)
def test_each_format_says_what_it_is(client, article, form, content_type):
    response = fetch(client, f"/feed.{form}")
    assert response.headers["Content-Type"] == content_type
    assert not client.cookies


def test_there_is_no_fourth_format(client, article):
    assert client.get("/feed.xml").status_code == 404
    assert client.post("/feed.atom").status_code == 405


def test_an_atom_entry_has_all_that_a_reader_needs(client, article):
    feed = parsed(fetch(client, "/feed.atom"))
    entry = feed.entries[0]
    assert feed.version == "atom10"
    assert feed.feed.title == "Evenhand"
    assert {"rel": "self", "href": "http://testserver/feed.atom"}.items() <= {
        **next(link for link in feed.feed.links if link.rel == "self")
    }.items()
    assert entry.id == article.key.urn
    assert entry.link == "http://testserver/articles/is-tea-good-for-you/"
    assert entry.title == "Is tea good for you?"
    assert entry.summary == "Yes, in most cups."
    assert [(each.name, each.href) for each in entry.authors] == [
        ("Ada Example", "http://testserver/people/ada-example/")
    ]
    assert [tag.term for tag in entry.tags] == ["Drinks"]
    assert entry.published
    assert entry.updated


def test_an_rss_entry_says_the_same(client, article):
    feed = parsed(fetch(client, "/feed.rss"))
    entry = feed.entries[0]
    assert feed.version == "rss20"
    assert entry.id == article.key.urn
    assert entry.guidislink is False
    assert entry.link == "http://testserver/articles/is-tea-good-for-you/"
    assert entry.author == "Ada Example"
    assert entry.comments.endswith("/#comments")


def test_a_json_item_says_the_same(client, article):
    feed = as_json(fetch(client, "/feed.json"))
    item = feed["items"][0]
    assert feed["feed_url"] == "http://testserver/feed.json"
    assert feed["home_page_url"] == "http://testserver/"
    assert item["id"] == article.key.urn
    assert item["authors"] == [
        {"name": "Ada Example", "url": "http://testserver/people/ada-example/"}
    ]
    assert item["tags"] == ["Drinks"]
    assert item["summary"] == "Yes, in most cups."


@pytest.mark.parametrize("form", FORMATS)
def test_points_have_the_words_of_the_page(client, form):
    article = factories.article(pros=["It <b>warms</b> & wakes"], cons=["It cools"])
    source = factories.source(article, "Example review", type="review")
    point = article.sections.get(kind="pro")
    body = "<h3>Why</h3><p>It <em>does</em>, &lt;so&gt; to say.</p><ul><li>One</li></ul>"
    point.body, point.evidence = body, "strong"
    point.save()
    point.sources.add(source)
    article.refresh_digest()
    article.publish(by=None)
    shown = words(content_of(client, "/feed." + form, form))
    page = words(fetch(client, article.get_absolute_url()).content.decode())
    for text in (
        "Pro 1: It <b>warms</b> & wakes",
        "Evidence: strong Why It does , <so> to say. One Source 1 review",
        "Con 1: It cools",
        "Some words.",
    ):
        assert text in shown
        assert text in page


@pytest.mark.parametrize("form", FORMATS)
def test_addresses_in_the_content_are_whole(client, form):
    article = factories.article()
    article.image = Image.objects.create(name="A cup", file="images/cup.jpg", width=800, height=600)
    article.image_alt = 'A "cup"'
    article.save()
    body = (
        '<p><a href="/topics/tea/">In</a> <a href="#pro-1">here</a> '
        '<a href="https://example.org/?a=1&amp;b=2">out</a> or write href="/no"</p>'
        '<figure><img src="/media/images/a.jpg" alt="A"></figure>'
    )
    factories.section(article, body=body)
    article.refresh_digest()
    article.publish(by=None)
    shown = content_of(client, f"/feed.{form}", form)
    page = "http://testserver" + article.get_absolute_url()
    assert 'href="http://testserver/topics/tea/"' in shown
    assert f'href="{page}#pro-1"' in shown
    assert 'href="https://example.org/?a=1&amp;b=2"' in shown
    assert 'src="http://testserver/media/images/a.jpg"' in shown
    assert 'write href="/no"' in unescape(shown)
    assert re.findall(r'<[^>]* (?:href|src)="(?!http)', shown) == []


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_text_breaks_nothing(client, form):
    person = factories.person("Ada", honorific=HOSTILE[:40])
    article = factories.article(
        HOSTILE[:200], summary=HOSTILE, author=person, slug="x", pros=[HOSTILE[:200]]
    )
    factories.section(article, heading=HOSTILE[:200], body=f"<p>{HOSTILE}</p>")
    article.refresh_digest()
    article.publish(by=None)
    response = fetch(client, f"/feed.{form}")
    assert not re.search("[\x00-\x08\x0b\x1f\ufffe\uffff]", response.content.decode())
    if form == "json":
        item = as_json(response)["items"][0]
        assert item["title"].startswith("</script><script>alert(1)</script> ]]> &")
    else:
        entry = parsed(response).entries[0]
        assert "😀" in entry.title
        assert "\u0627\u0644\u0634\u0627\u064a" in entry.title
    assert "<script" not in content_of(client, f"/feed.{form}", form)


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_site_has_an_empty_feed(client, form):
    response = fetch(client, f"/feed.{form}")
    assert (as_json if form == "json" else parsed)(response)
    assert response.content == fetch(client, f"/feed.{form}").content


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_give_the_same_bytes_at_any_time_by_any_name(
    client, article, form, monkeypatch
):
    before = fetch(client, f"/feed.{form}")
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    after = fetch(client, f"/feed.{form}?utm=x", headers={"host": "localhost"})
    assert after.content == before.content
    assert "Last-Modified" not in after.headers


def test_updated_moves_only_when_the_content_does(client, article, monkeypatch):
    first = parsed(fetch(client, "/feed.atom"))
    moment = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    article.publish(by=None)
    same = parsed(fetch(client, "/feed.atom"))
    assert same.entries[0].updated == first.entries[0].updated
    assert same.feed.updated == first.feed.updated
    article.summary = "No."
    article.save()
    article.publish(by=None)
    changed = parsed(fetch(client, "/feed.atom"))
    assert changed.entries[0].updated_parsed[:5] == moment.utctimetuple()[:5]
    assert changed.entries[0].published == first.entries[0].published
    assert changed.entries[0].id == first.entries[0].id


def test_what_comes_back_unchanged_after_a_while_is_not_updated(article):
    before = article.editions.get().changed_at
    article.unpublish(by=None)
    article.publish(by=None)
    assert article.editions.live().get().changed_at == before


def test_a_text_that_comes_back_after_another_one_is_updated(article):
    first = article.editions.get()
    for summary in ("No.", first.content.summary):
        article.summary = summary
        article.save()
        article.publish(by=None)
    live = article.editions.live().get()
    assert live.digest == first.digest
    assert live.changed_at == live.live_from > first.changed_at


def test_a_plan_that_was_dropped_does_not_count_as_a_change(article):
    before = article.editions.get().changed_at
    article.summary = "No."
    article.save()
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    article.unschedule(by=None)
    article.summary = "Yes, in most cups."
    article.save()
    article.publish(by=None)
    assert article.editions.live().get().changed_at == before


def test_editions_from_before_get_the_time_from_their_digests(article):
    start = timezone.now() - timedelta(days=9)
    for summary in ("Yes, in most cups.", "No.", "No.", "Yes, in most cups."):
        article.summary = summary
        article.save()
        article.publish(by=None)
    for day, edition in enumerate(article.editions.order_by("number")):
        day = start + timedelta(days=day)
        article.editions.filter(pk=edition.pk).update(
            live_from=day, live_until=day + timedelta(days=1), changed_at=timezone.now()
        )
    import_module("blog.migrations.0017_changes_and_pings").fill_changed_at(apps, None)
    days = [(row.changed_at - start).days for row in article.editions.order_by("number")]
    assert days == [0, 0, 2, 2, 4]


def test_the_id_survives_a_new_address(client, article):
    article.slug = "another-address"
    article.save()
    entry = parsed(fetch(client, "/feed.atom")).entries[0]
    assert entry.id == article.key.urn
    assert entry.link.endswith("/articles/another-address/")


def test_a_text_from_elsewhere_was_published_then(client):
    factories.live_article(date=date(2018, 7, 28))
    entry = parsed(fetch(client, "/feed.atom")).entries[0]
    assert entry.published == "2018-07-28T00:00:00+01:00"
    assert entry.updated_parsed.tm_year >= timezone.now().year


def test_topics_tags_and_people_have_their_own(client, article):
    other = factories.live_article("About coffee", category=factories.category("Coffee"))
    tag = Tag.objects.create(slug="hot", name="Hot")
    article.tags.add(tag)
    article.refresh_digest()
    article.publish(by=None)
    for path in ("/topics/drinks/", "/tags/hot/", "/people/ada-example/"):
        for form in FORMATS:
            text = fetch(client, f"{path}feed.{form}").content.decode()
            assert "Is tea good for you?" in text
            assert other.title not in text
            assert f"http://testserver{path}feed.{form}" in text


def test_a_topic_without_live_articles_has_none(client, article):
    article.unpublish(by=None)
    factories.category("Empty")
    Tag.objects.create(slug="empty", name="Empty")
    for path in ("topics/drinks", "topics/empty", "topics/no", "people/ada-example", "tags/empty"):
        assert client.get(f"/{path}/feed.atom").status_code == 404


def test_a_tag_of_the_working_copy_puts_nothing_into_its_feed(client, article):
    tag = Tag.objects.create(slug="hot", name="Hot")
    article.tags.add(tag)
    article.refresh_digest()
    assert client.get("/tags/hot/feed.atom").status_code == 404


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_is_not_live_is_in_it(client, article, form):
    article.title = "Changed at the desk"
    article.save()
    factories.article("A draft")
    factories.article("Planned").schedule(by=None, at=timezone.now() + timedelta(hours=1))
    factories.live_article("Taken down").unpublish(by=None)
    expired = factories.live_article("Over")
    past = timezone.now() - timedelta(hours=1)
    expired.editions.update(live_from=past - timedelta(hours=1), live_until=past)
    text = fetch(client, f"/feed.{form}").content.decode()
    for title in ("Changed at the desk", "A draft", "Planned", "Taken down", "Over"):
        assert title not in text
    assert "Is tea good for you?" in text


def test_the_newest_come_first_and_not_all_of_them(client, monkeypatch):
    monkeypatch.setattr(feeds, "ENTRIES", 3)
    for day in range(1, 6):
        factories.live_article(f"Article {day}", date=date(2020, 1, day))
    titles = [entry.title for entry in parsed(fetch(client, "/feed.rss")).entries]
    assert titles == ["Article 5", "Article 4", "Article 3"]


@pytest.mark.parametrize("number", [1, 5])
def test_queries_do_not_grow_with_articles(client, number):
    for each in range(number):
        factories.live_article(f"Article {each}", category=factories.category(f"Topic {each}"))
    for path, most in (("/feed.atom", 2), ("/topics/topic-0/feed.json", 3)):
        with CaptureQueriesContext(connection) as queries:
            fetch(client, path)
        assert len(queries) == most, path


@pytest.mark.parametrize("form", FORMATS)
def test_a_hub_is_named_when_there_is_one(client, article, form, settings):
    assert b"hub" not in fetch(client, f"/feed.{form}").content
    settings.WEBSUB_HUB = "https://hub.example.org/"
    response = fetch(client, f"/feed.{form}")
    if form == "json":
        assert as_json(response)["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]
    else:
        links = parsed(response).feed.links
        assert [link.href for link in links if link.rel == "hub"] == ["https://hub.example.org/"]


def test_pages_lead_to_their_feeds(client, article):
    for path, own in (
        ("/", "/feed."),
        ("/topics/drinks/", "/topics/drinks/feed."),
        ("/people/ada-example/", "/people/ada-example/feed."),
        (article.get_absolute_url(), "/articles/is-tea-good-for-you/comments."),
    ):
        text = fetch(client, path).content.decode()
        for form in FORMATS:
            assert re.search(rf'<link rel="alternate"[^>]*href="{re.escape(own + form)}"', text)
            assert f'href="/feed.{form}"' in text


def test_portable_html_changes_addresses_in_tags_alone():
    body = '<p title="x">a &lt;a href="/x"&gt; <a href="/y">b</a></p>'
    shown = html.portable(body, "http://testserver/a/")
    assert '&lt;a href="/x"&gt;' in shown
    assert '<a href="http://testserver/y">' in shown
    assert markdown.from_html(body, "http://testserver/a/").endswith("[b](http://testserver/y)")
