"""The sitemap: every page that search engines may show, and no other."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog import sitemaps
from blog.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

SPACE = {"s": sitemaps.NAMESPACE}


def entries(client, path):
    """Address and lastmod of everything in one file."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314  (our own)
    found = {}
    for entry in root:
        locations = entry.findall("s:loc", SPACE)
        assert len(locations) == 1
        assert {child.tag.rpartition("}")[2] for child in entry} <= {"loc", "lastmod"}
        found[locations[0].text] = entry.findtext("s:lastmod", None, SPACE)
    return found


def site(client):
    """Every address of every file that the index names."""
    found = {}
    for url in entries(client, "/sitemap.xml"):
        assert url.startswith("http://testserver/")
        found |= entries(client, url.removeprefix("http://testserver"))
    return found


def paths(client):
    return {url.removeprefix("http://testserver") for url in site(client)}


def test_it_has_the_pages_of_what_is_live(client):
    factories.live_article(
        "Tea", category=factories.category("Drinks"), author=factories.person("Ada Example")
    )
    assert paths(client) == {
        "/",
        "/how-we-work/",
        "/articles/tea/",
        "/topics/drinks/",
        "/people/ada-example/",
    }


def test_an_empty_site_has_only_what_is_always_there(client):
    factories.category("Empty")
    factories.person("Nobody")
    assert paths(client) == {"/", "/how-we-work/"}
    assert list(entries(client, "/sitemap.xml")) == ["http://testserver/sitemap-pages-0.xml"]


def test_a_reviewer_has_a_page_as_well(client):
    rita = factories.person("Rita")
    article = factories.article("Tea", reviewer=rita)
    factories.sign_off(article)
    article.publish(by=None)
    assert "/people/rita/" in paths(client)


def test_nothing_that_is_not_live_is_in_it(client):
    factories.article("Draft")
    factories.article("Planned").schedule(by=None, at=timezone.now() + timedelta(hours=1))
    factories.live_article("Taken down").unpublish(by=None)
    over = factories.live_article("Over", category=factories.category("Gone"))
    past = timezone.now() - timedelta(hours=1)
    over.editions.update(live_from=past - timedelta(hours=1), live_until=past)
    assert paths(client) == {"/", "/how-we-work/"}


def test_addresses_of_any_script_are_encoded_as_on_the_page(client):
    article = factories.live_article("Tee über alles", slug="tee-über-شاي")
    assert article.get_absolute_url() in paths(client)
    assert "/articles/tee-%C3%BCber-%D8%B4%D8%A7%D9%8A/" in paths(client)


def test_lastmod_is_when_the_content_changed(client):
    article = factories.live_article("Tea")
    moment = article.editions.get().live_from
    found = site(client)
    assert found["http://testserver/articles/tea/"] == f"{moment:%Y-%m-%dT%H:%M:%S+00:00}"
    assert found["http://testserver/"] is None


def test_neither_a_comment_nor_the_same_text_moves_it(client, monkeypatch):
    article = factories.live_article("Tea")
    before, index = site(client), entries(client, "/sitemap.xml")
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    factories.approved(article)
    article.summary = "Only at the desk."
    article.save()
    assert site(client) == before
    article.summary = ""
    article.save()
    article.publish(by=None)
    assert site(client) == before
    assert entries(client, "/sitemap.xml") == index


def test_a_changed_text_moves_it(client, monkeypatch):
    article = factories.live_article("Tea")
    before, index = site(client), entries(client, "/sitemap.xml")
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    article.summary = "Another answer."
    article.save()
    article.publish(by=None)
    changed = {url for url, lastmod in site(client).items() if lastmod != before[url]}
    assert changed == {"http://testserver/articles/tea/"}
    files = {url for url, at in entries(client, "/sitemap.xml").items() if at != index[url]}
    assert {url.rpartition("/")[2].rpartition("-")[0] for url in files} == {"sitemap-articles"}


def test_a_file_holds_no_more_than_its_range_and_empty_ones_are_not_named(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "LIMIT", 2)
    rows = [factories.live_article(f"Article {number}") for number in range(7)]
    for row in rows[2:5]:
        row.unpublish(by=None)
    files = [url for url in entries(client, "/sitemap.xml") if "articles" in url]
    sizes = [len(entries(client, url.removeprefix("http://testserver"))) for url in files]
    assert max(sizes) <= 2
    assert sum(sizes) == 4
    assert len(files) < 4 + (rows[0].pk % 2)
    assert {f"/articles/article-{number}/" for number in (0, 1, 5, 6)} <= paths(client)


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-articles-7.xml",
        "/sitemap-articles-0.xml",
        "/sitemap-nothing-0.xml",
        "/sitemap-pages-1.xml",
        f"/sitemap-articles-{10**30}.xml",
        "/sitemap-articles-x.xml",
    ],
)
def test_there_are_no_other_files(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", [1, 6])
def test_queries_do_not_grow_and_none_skips_rows(client, number):
    for each in range(number):
        factories.live_article(f"Article {each}", category=factories.category(f"Topic {each}"))
    file = Article.objects.first().pk // sitemaps.LIMIT
    for path, most in (("/sitemap.xml", 4), (f"/sitemap-articles-{file}.xml", 2)):
        with CaptureQueriesContext(connection) as queries:
            entries(client, path)
        assert len(queries) == most
        assert not any("OFFSET" in query["sql"] for query in queries)
        assert not any('"data"' in query["sql"] for query in queries)


def test_a_topic_and_a_person_are_in_it_once(client):
    tea, ada = factories.category("Tea"), factories.person("Ada")
    for number in range(3):
        factories.live_article(f"Article {number}", category=tea, author=ada)
    found = [url for kind in ("topics", "people") for url in entries(client, _file(kind))]
    assert found == ["http://testserver/topics/tea/", "http://testserver/people/ada/"]


def _file(kind):
    return f"/sitemap-{kind}-0.xml"
