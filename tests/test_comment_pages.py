"""Long threads: the first comments under the article, the rest page by page, each at an address."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from comments.models import Comment, Status
from comments.thread import PER_PAGE, cursor, read_cursor
from tests import factories

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def article():
    return factories.live_article(pros=["It warms"])


def fill(article, number, **values):
    """So many approved comments, a minute apart, named by their place from 1."""
    edition = article.editions.live().get()
    values = {"status": Status.APPROVED, "section_key": None} | values
    return Comment.objects.bulk_create(
        Comment(
            article=article,
            edition=edition,
            name=f"No. {place}",
            text=f"Text {place}",
            created_at=BEGIN + timedelta(minutes=place),
            **values,
        )
        for place in range(1, number + 1)
    )


def names(html):
    return [int(number) for number in re.findall(r"<bdi>No\. (\d+)</bdi></h", html)]


def get(client, url):
    return client.get(url).content.decode()


def next_url(html):
    found = re.search(r'rel="next nofollow" href="([^"]+)"', html)
    return found and found[1].replace("&amp;", "&")


# Pages


def test_a_short_thread_has_no_more_pages(client, article):
    fill(article, PER_PAGE)
    html = get(client, article.get_absolute_url())
    assert names(html) == list(range(1, PER_PAGE + 1))
    assert "More comments" not in html


def test_pages_go_on_to_the_end_without_a_gap_or_a_repetition(client, article):
    fill(article, 2 * PER_PAGE + 3)
    url, seen = article.get_absolute_url(), []
    while url:
        html = get(client, url)
        seen.append(names(html))
        assert f"Comments ({2 * PER_PAGE + 3})" in html or f"{2 * PER_PAGE + 3} comments" in html
        url = next_url(html)
    assert [len(page) for page in seen] == [PER_PAGE, PER_PAGE, 3]
    assert sum(seen, []) == list(range(1, 2 * PER_PAGE + 4))


def test_comments_of_the_same_moment_are_each_there_once(client, article):
    rows = fill(article, 3 * PER_PAGE)
    Comment.objects.update(created_at=BEGIN)
    url, seen = article.get_absolute_url(), []
    while url:
        html = get(client, url)
        seen += names(html)
        url = next_url(html)
    assert seen == [int(row.name.removeprefix("No. ")) for row in rows]


def test_a_page_stays_where_it_is_when_the_comment_before_it_is_withdrawn(client, article):
    rows = fill(article, PER_PAGE + 5)
    url = next_url(get(client, article.get_absolute_url()))
    before = names(get(client, url))
    rows[PER_PAGE - 1].withdraw()
    assert names(get(client, url)) == before


def test_a_page_of_comments_is_kept_out_of_the_index_and_names_the_article(client, article):
    fill(article, PER_PAGE + 1)
    html = get(client, next_url(get(client, article.get_absolute_url())))
    assert '<meta name="robots" content="noindex, follow">' in html
    assert f'<link rel="canonical" href="http://testserver{article.get_absolute_url()}">' in html
    assert f'href="{article.get_absolute_url()}#comments"' in html
    assert "<form" not in html
    assert f'href="/articles/{article.slug}/comment/"' in html


def test_a_comment_on_a_point_links_to_it_in_the_article(client, article):
    key = article.sections.first().key
    fill(article, PER_PAGE + 1, section_key=key)
    html = get(client, next_url(get(client, article.get_absolute_url())))
    assert f'On <a href="{article.get_absolute_url()}#point-{str(key)[:8]}">Pro 1: It warms' in html


def test_the_numbers_are_of_all_comments_and_not_of_those_on_the_page(client, article):
    fill(article, PER_PAGE + 7, section_key=article.sections.first().key)
    html = get(client, article.get_absolute_url())
    assert f"Comments ({PER_PAGE + 7})" in html
    assert f"Comment on this point ({PER_PAGE + 7})" in html


@pytest.mark.parametrize("status", set(Status.values) - {"approved"})
def test_no_other_comment_is_on_any_page_or_moves_one(client, article, status):
    fill(article, PER_PAGE + 1)
    first = get(client, article.get_absolute_url())
    second = get(client, next_url(first))
    fill_hidden = [
        Comment(article=article, name="PLANTED", text=f"PLANTED {n}", status=status,
                created_at=BEGIN + timedelta(seconds=30 * n), key=uuid.uuid4().hex)
        for n in range(60)
    ]  # fmt: skip
    Comment.objects.bulk_create(fill_hidden)
    assert get(client, article.get_absolute_url()) == first
    assert get(client, next_url(first)) == second


@pytest.mark.parametrize(
    "after",
    ["", "x", "1", "1_", "_1", "1_1_1", "-", "1.5_2", "١_٢", "9" * 30 + "_1", "1_" + "9" * 30,
     "9" * 17 + "_1", "-" + "9" * 17 + "_1", "<script>", "1_1 ", "\x00", "99999999999999999_1"],
)  # fmt: skip
def test_an_odd_place_is_simply_not_there(client, article, after):
    fill(article, PER_PAGE + 1)
    url = f"{article.get_absolute_url()}comments/"
    assert client.get(url, {"after": after}).status_code == 404


def test_past_the_end_there_is_nothing(client, article):
    (row,) = fill(article, 1)
    url = f"{article.get_absolute_url()}comments/?after={cursor(row)}"
    assert client.get(url).status_code == 404


def test_without_a_place_it_leads_to_the_first_comments(client, article):
    response = client.get(f"{article.get_absolute_url()}comments/?other=1")
    assert (response.status_code, response.url) == (302, f"{article.get_absolute_url()}#comments")


def test_an_unknown_parameter_changes_nothing(client, article):
    fill(article, PER_PAGE + 1)
    url = next_url(get(client, article.get_absolute_url()))
    assert get(client, f"{url}&utm_source=PLANTED") == get(client, url)
    assert get(client, f"{article.get_absolute_url()}?after=0_0") == get(
        client, article.get_absolute_url()
    )


def test_an_article_that_is_not_public_has_no_pages_of_comments(client, article):
    fill(article, PER_PAGE + 1)
    url = next_url(get(client, article.get_absolute_url()))
    article.unpublish(by=None)
    assert client.get(url).status_code == 404
    assert client.get(f"{article.get_absolute_url()}comments/").status_code == 404


def test_only_reading_is_allowed(client, article):
    (row,) = fill(article, 1)
    for url in (f"{article.get_absolute_url()}comments/", row.get_absolute_url()):
        assert client.post(url).status_code == 405


@pytest.mark.parametrize("year", [1066, 1969, 1970, 2026, 2999])
def test_a_place_reads_as_it_was_written(year):
    row = Comment(pk=7, created_at=datetime(year, 5, 4, 3, 2, 1, 987654, tzinfo=UTC))
    assert read_cursor(cursor(row)) == (row.created_at, 7)


# One comment


def test_a_comment_under_the_article_is_found_there(client, article):
    rows = fill(article, PER_PAGE + 5)
    response = client.get(rows[PER_PAGE - 1].get_absolute_url())
    assert response.url == f"{article.get_absolute_url()}#comment-{rows[PER_PAGE - 1].pk}"


@pytest.mark.parametrize("place", [PER_PAGE, PER_PAGE + 1, 2 * PER_PAGE, 3 * PER_PAGE - 1])
def test_a_later_comment_is_on_the_page_that_its_address_leads_to(client, article, place):
    rows = fill(article, 3 * PER_PAGE)
    response = client.get(rows[place].get_absolute_url())
    assert response.status_code == 302
    page, _hash, anchor = response.url.partition("#")
    assert anchor == f"comment-{rows[place].pk}"
    assert f'id="{anchor}"' in get(client, page)


def test_its_address_finds_it_when_earlier_ones_were_approved_meanwhile(client, article):
    late = fill(article, PER_PAGE)[-1]
    assert client.get(late.get_absolute_url()).url.startswith(f"{article.get_absolute_url()}#")
    factories.approved(article, created_at=BEGIN, text="An earlier one")
    page = client.get(late.get_absolute_url()).url.partition("#")[0]
    assert "?after=" in page
    assert f'id="comment-{late.pk}"' in get(client, page)


@pytest.mark.parametrize("status", set(Status.values) - {"approved"})
def test_a_comment_that_is_not_public_has_no_address(client, article, status):
    (row,) = fill(article, 1, status=status)
    assert client.get(row.get_absolute_url()).status_code == 404


def test_a_comment_has_no_address_under_another_article_or_a_hidden_one(client, article):
    (row,) = fill(article, 1)
    other = factories.live_article("Another")
    assert client.get(f"{other.get_absolute_url()}comments/{row.pk}/").status_code == 404
    article.unpublish(by=None)
    assert client.get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 40, "-1", "x"])
def test_an_odd_number_is_simply_not_there(client, article, pk):
    assert client.get(f"{article.get_absolute_url()}comments/{pk}/").status_code == 404


# Costs


@pytest.mark.parametrize("number", [0, 2, PER_PAGE + 1, 300])
def test_the_article_takes_the_same_queries_for_any_number(
    client, article, number, django_assert_num_queries
):
    fill(article, number)
    with django_assert_num_queries(4):
        client.get(article.get_absolute_url())


def test_a_page_and_an_address_take_the_same_queries_for_any_number(
    client, article, django_assert_num_queries
):
    for number in (PER_PAGE + 1, 10 * PER_PAGE):
        Comment.objects.all().delete()
        rows = fill(article, number)
        with django_assert_num_queries(3):
            client.get(f"{article.get_absolute_url()}comments/?after={cursor(rows[-2])}")
        with django_assert_num_queries(2):
            client.get(rows[-1].get_absolute_url())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by its statistics")
def test_no_page_sorts_or_reads_more_rows_than_it_shows(article):
    fill(article, 3 * PER_PAGE)
    comments = article.comments.approved().with_tally().after(BEGIN, 0)[: PER_PAGE + 1]
    plan = comments.explain()
    assert "INDEX comment_of_article (article_id=? AND status=? AND created_at>?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_page_is_the_same_for_everybody(client, article):
    fill(article, PER_PAGE + 1)
    url = next_url(get(client, article.get_absolute_url()))
    before = client.get(url)
    client.force_login(factories.moderator())
    assert client.get(url).content == before.content
    assert not before.cookies
    assert "Cookie" not in before.headers.get("Vary", "")


def test_times_are_those_of_the_site(client, article):
    row = factories.approved(article, created_at=datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    html = get(client, article.get_absolute_url())
    assert f'datetime="{timezone.localtime(row.created_at).isoformat()}">2 July 2026<' in html
