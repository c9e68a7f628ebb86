"""Pages of lists: from place to place, each article once, and no slower for being many."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog import paging
from blog.models import Tag
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = ["home", "topic", "tag", "person", "year"]
DAY = date(2024, 5, 1)


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(paging, "PER_PAGE", 3)


class Site:
    """Articles that are all in one topic, with one tag, by one person, of one year."""

    def __init__(self):
        self.category, self.ada = factories.category("Tea"), factories.person("Ada")
        self.tag = Tag.objects.create(slug="cups", name="Cups")
        self.urls = {
            "home": "/",
            "topic": self.category.get_absolute_url(),
            "tag": "/tags/cups/",
            "person": self.ada.get_absolute_url(),
            "year": "/archive/2024/",
        }

    def add(self, number, *, day=DAY):
        """Those with a higher number are newer, and every two of them are of one day."""
        article = factories.article(
            f"Article {number:02}",
            category=self.category,
            author=self.ada,
            date=day + timedelta(days=number // 2),
        )
        article.tags.add(self.tag)
        article.publish(by=None)
        return article


@pytest.fixture
def site(db):
    return Site()


def titles(html):
    """The numbers of the articles on the page, in their order; the lead stands once."""
    return [int(number) for number in re.findall(r"<h[23][^>]*><a [^>]*>Article (\d+)<", html)]


def get(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def link(html, rel):
    """Where the page leads to; the head and the page itself say the same."""
    in_head = re.findall(rf'<link rel="{rel}" href="([^"]*)">', html)
    on_page = re.findall(rf'<a rel="{rel}" href="([^"]*)">', html)
    assert in_head == on_page
    return unescape(on_page[0]) if on_page else None


def walk(client, url, rel):
    """The pages from there on: {address: titles}."""
    found = {}
    while url:
        assert url not in found
        html = get(client, url)
        found[url] = titles(html)
        url = link(html, rel)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_pages_hold_every_article_once_the_newest_first(client, site, short_pages, kind):
    for number in range(8):
        site.add(number)
    pages = walk(client, site.urls[kind], "next")
    assert list(pages.values()) == [[7, 6, 5], [4, 3, 2], [1, 0]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_ends_at_the_address_without_a_place(client, site, short_pages, kind):
    for number in range(8):
        site.add(number)
    start = site.urls[kind]
    last = list(walk(client, start, "next"))[-1]
    back = walk(client, last, "prev")
    assert list(back.values()) == [[1, 0], [4, 3, 2], [7, 6, 5]]
    assert list(back)[-1] == start
    assert [url for url in back if "?" in url] == list(back)[:2]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_leads_to_the_first_in_one_step(client, site, short_pages, kind):
    for number in range(10):
        site.add(number)
    for url in list(walk(client, site.urls[kind], "next"))[1:]:
        assert (
            f'href="{site.urls[kind]}"'
            in get(client, url).partition("<main")[2].partition('aria-label="Pages"')[2]
        )


def place(article):
    edition = article.editions.live().get()
    return f"{edition.published_on}-{edition.pk}"


@pytest.mark.parametrize(("below", "newer"), [(5, [7, 6, 5]), (4, [6, 5, 4])])
def test_newer_from_below_is_the_first_page_while_that_holds_all_there_is(
    client, site, short_pages, below, newer
):
    articles = [site.add(number) for number in range(8)]
    address = link(get(client, f"/?before={place(articles[below])}"), "prev")
    assert (address == "/") == (below == 5)
    assert titles(get(client, address)) == newer


@pytest.mark.parametrize(("above", "newer"), [(1, [7, 6, 5]), (0, [6, 5, 4])])
def test_newer_from_above_is_the_first_page_while_that_holds_all_there_is(
    client, site, short_pages, above, newer
):
    articles = [site.add(number) for number in range(8)]
    address = link(get(client, f"/?after={place(articles[above])}"), "prev")
    assert (address == "/") == (above == 1)
    assert titles(get(client, address)) == newer


def test_one_page_leads_to_no_other(client, site, short_pages):
    for number in range(3):
        site.add(number)
    html = get(client, site.urls["topic"])
    assert (link(html, "next"), link(html, "prev")) == (None, None)
    assert 'aria-label="Pages"' not in html


# A place is a value, not a row


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("change", ["unpublish", "publish"])
def test_a_place_stays_when_its_article_is_taken_down_or_published_anew(
    client, site, short_pages, kind, change
):
    articles = [site.add(number) for number in range(8)]
    second = link(get(client, site.urls[kind]), "next")
    assert titles(get(client, second)) == [4, 3, 2]
    getattr(articles[5], change)(by=None)
    assert titles(get(client, second)) == [4, 3, 2]


def test_an_address_from_before_a_publication_shows_what_it_showed(client, site, short_pages):
    for number in range(8):
        site.add(number)
    second = link(get(client, "/"), "next")
    for number in range(8, 20):
        site.add(number)
    assert titles(get(client, second)) == [4, 3, 2]
    # There is more than one page above it now.
    assert link(get(client, second), "prev").startswith("/?after=")


def test_a_page_that_lost_its_articles_is_not_there(client, site, short_pages):
    articles = [site.add(number) for number in range(4)]
    second = link(get(client, "/"), "next")
    articles[0].unpublish(by=None)
    assert client.get(second).status_code == 404


def test_what_stands_above_everything_and_below_everything(client, site, short_pages):
    for number in range(4):
        site.add(number)
    assert titles(get(client, "/?before=9999-12-31-0")) == [3, 2, 1]
    assert client.get("/?before=0001-01-01-0").status_code == 404
    assert client.get("/?after=9999-12-31-0").status_code == 404
    oldest = get(client, "/?after=0001-01-01-0")
    assert titles(oldest) == [2, 1, 0]
    assert (link(oldest, "prev"), link(oldest, "next")) == ("/", None)


HOSTILE = [
    "",
    "x",
    "2024-05-01",
    "2024-05-01-",
    "2024-05-01-x",
    "2024-05-01--1",
    "2024-05-01-01",
    "2024-05-01-1 ",
    "2024-05-01-1\n",
    " 2024-05-01-1",
    "2024-02-30-1",
    "0000-01-01-1",
    "2024-5-1-1",
    "20240501-1",
    "2024-W18-3-1",
    "２０２４-05-01-1",
    "2024-05-01-²",
    f"2024-05-01-{2**63}",
    f"2024-05-01-{'9' * 5000}",
    "2024-05-01-1' OR 1=1 --",
    "\x00",
    "💩",
    "<script>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["before", "after"])
def test_what_is_no_place_is_not_there(client, site, name, text):
    site.add(1)
    for url in site.urls.values():
        assert client.get(url, {name: text}).status_code == 404


def test_a_place_with_the_highest_key_is_one(client, site):
    site.add(1)
    assert titles(get(client, f"/?before=2030-01-01-{2**63 - 1}")) == [1]


def test_two_places_at_once_are_none(client, site):
    site.add(1)
    both = {"before": "9999-12-31-0", "after": "0001-01-01-0"}
    assert client.get("/", both).status_code == 404


@pytest.mark.parametrize("query", ["?page=2", "?utm_source=x", "?x=%3Cscript%3E", "?Before=x"])
def test_other_parameters_change_nothing_and_are_not_repeated(client, site, short_pages, query):
    for number in range(5):
        site.add(number)
    assert get(client, f"/{query}") == get(client, "/")


# What search engines are told


@pytest.mark.parametrize("kind", KINDS)
def test_a_first_page_is_its_own_canonical_and_the_others_stay_out_of_the_index(
    client, site, short_pages, kind
):
    for number in range(8):
        site.add(number)
    url = site.urls[kind]
    first, second, third = (get(client, url) for url in walk(client, url, "next"))
    assert f'<link rel="canonical" href="http://testserver{url}">' in first
    assert 'name="robots" content="max-image-preview:large"' in first
    for html in (second, third):
        assert '<meta name="robots" content="noindex, follow">' in html
        assert 'rel="canonical"' not in html


@pytest.mark.parametrize(
    ("kind", "thin"),
    [("home", False), ("topic", False), ("person", False), ("tag", True), ("year", True)],
)
def test_pages_with_one_article_and_no_words_of_their_own_stay_out(client, site, kind, thin):
    site.add(1)
    assert ('content="noindex, follow"' in get(client, site.urls[kind])) == thin
    site.add(2)
    assert 'content="noindex, follow"' not in get(client, site.urls[kind])


# What is on the lists


@pytest.mark.parametrize("kind", ["topic", "tag", "person", "year"])
def test_a_list_without_articles_is_not_there(client, site, kind):
    article = site.add(1)
    assert client.get(site.urls[kind]).status_code == 200
    article.unpublish(by=None)
    assert client.get(site.urls[kind]).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_article_of_many_editions_stands_once(client, site, short_pages, kind):
    for number in range(4):
        article = site.add(number)
        for _again in range(4):
            article.publish(by=None)
    pages = walk(client, site.urls[kind], "next")
    assert list(pages.values()) == [[3, 2, 1], [0]]


def test_topics_lists_those_with_articles_by_name(client, site):
    site.add(1)
    factories.live_article("Of another", category=factories.category("Coffee"))
    factories.article("A draft", category=factories.category("Milk"))
    html = get(client, "/topics/")
    assert re.findall(r'<h2><a href="(.*?)">', html) == ["/topics/coffee/", "/topics/tea/"]
    assert 'href="/topics/"' in get(client, "/")


def test_topics_of_an_empty_site_says_so(client, db):
    assert "Nothing is published under a topic yet." in get(client, "/topics/")


def test_home_names_topics_with_articles_and_no_others(client, site):
    factories.article("A draft", category=factories.category("Milk"))
    site.add(1)
    html = get(client, "/")
    assert "/topics/tea/" in html
    assert "Milk" not in html


# What it costs


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        get(client, url)
    return len(captured)


def addresses(client, site):
    for url in site.urls.values():
        second = link(get(client, url), "next")
        yield from (url, second, link(get(client, link(get(client, second), "next")), "prev"))
    yield from ("/topics/", "/archive/")


def test_a_page_takes_four_queries_at_most_for_13_articles_and_for_60(client, site, monkeypatch):
    monkeypatch.setattr(paging, "PER_PAGE", 4)
    for number in range(13):
        site.add(number)
    few = [queries(client, url) for url in addresses(client, site)]
    for number in range(13, 60):
        site.add(number)
    many = [queries(client, url) for url in addresses(client, site)]
    assert few == many
    assert max(many) <= 4


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the size of tables")
@pytest.mark.parametrize("place", ["", "before", "after"])
def test_no_list_sorts_or_reads_a_whole_table(client, site, place):
    site.add(1)
    for url in site.urls.values():
        query = {place: f"2024-05-0{1 if place == 'after' else 9}-5"} if place else {}
        with CaptureQueriesContext(connection) as captured:
            client.get(url, query)
        for sql in (each["sql"] for each in captured if "published_on" in each["sql"]):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                steps = "\n".join(row[3] for row in cursor.fetchall())
            steps = steps.replace("SCAN blog_edition USING INDEX edition_newest", "")
            steps = steps.replace("SCAN U0 USING COVERING INDEX edition_newest", "")
            steps = steps.replace("SCAN blog_category", "")
            assert "SCAN" not in steps, steps
            if 'ORDER BY "blog_category"' not in sql:
                assert "TEMP B-TREE" not in steps, steps
