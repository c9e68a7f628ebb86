"""The archive: the years that have articles, and the articles of a year by month."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db


def html(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def years(client):
    return re.findall(r'<a href="/archive/(\d+)/">', html(client, "/archive/"))


def test_an_empty_archive_says_so(client):
    factories.article("A draft", date=date(2019, 1, 1))
    assert years(client) == []
    assert "Nothing is published yet." in html(client, "/archive/")


def test_it_names_the_years_that_have_articles_the_newest_first(client):
    for year in (2021, 2018, 2018, 1999):
        factories.live_article(f"Of {year}", date=date(year, 3, 1))
    factories.article("A draft", date=date(2020, 1, 1))
    factories.live_article("Gone", date=date(2019, 1, 1)).unpublish(by=None)
    assert years(client) == ["2021", "2018", "1999"]


def test_it_reaches_back_for_a_hundred_years(client):
    for year in (2021, 1922, 1921):
        factories.live_article(f"Of {year}", date=date(year, 3, 1))
    assert years(client) == ["2021", "1922"]
    assert "Of 1921" in html(client, "/archive/1921/")


def test_it_takes_as_many_queries_for_many_years_as_for_two(client, django_assert_num_queries):
    factories.live_article("Of 2021", date=date(2021, 3, 1))
    for oldest in (2020, 1990):
        factories.live_article(f"Of {oldest}", date=date(oldest, 3, 1))
        with django_assert_num_queries(4):
            years(client)


def test_a_year_has_its_own_articles_from_the_first_day_to_the_last(client):
    for day in (date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)):
        factories.live_article(f"Of {day}", date=day)
    found = re.findall(r">Of (\d{4}-\d\d-\d\d)<", html(client, "/archive/2021/"))
    assert found == ["2021-12-31", "2021-01-01"]


def test_the_months_are_headings_in_their_order(client):
    for month in (3, 11, 3):
        factories.live_article(f"Of month {month}", date=date(2021, month, 5))
    page = html(client, "/archive/2021/")
    assert re.findall(r"<h2 [^>]*>(.*?)</h2>", page) == ["November", "March"]
    assert page.index(">November<") < page.index("Of month 11") < page.index(">March<")


@pytest.mark.parametrize(
    "year", ["0000", "0001", "999", "02021", "10000", "-2021", "x", "２０２１"]
)
def test_what_is_no_year_is_not_there(client, year):
    assert client.get(f"/archive/{year}/").status_code == 404


@pytest.mark.parametrize("year", [1000, 2000, 9999])
def test_a_year_without_articles_is_not_there(client, year):
    factories.live_article()
    assert client.get(f"/archive/{year}/").status_code == 404


def test_the_last_year_there_can_be_has_a_page(client):
    factories.live_article("Of the last day", date=date(9999, 12, 31))
    assert years(client) == ["9999"]
    assert "Of the last day" in html(client, "/archive/9999/")


def test_a_year_comes_and_goes_with_its_articles_to_the_moment(client, monkeypatch):
    start = datetime(2031, 1, 1, 12, tzinfo=UTC)
    end = start + timedelta(hours=1)
    article = factories.article("Due")
    article.schedule(by=None, at=start)
    article.expire(by=None, at=end)
    instant = timedelta(microseconds=1)
    for at, shown in (
        (start - instant, []),
        (start, ["2031"]),
        (end - instant, ["2031"]),
        (end, []),
    ):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        assert years(client) == shown
        assert client.get("/archive/2031/").status_code == (200 if shown else 404)


def test_home_and_topics_lead_to_it_and_it_stays_out_of_the_index(client):
    factories.live_article(category=factories.category())
    for url in ("/", "/topics/"):
        assert 'href="/archive/"' in html(client, url)
    assert '<meta name="robots" content="noindex, follow">' in html(client, "/archive/")
