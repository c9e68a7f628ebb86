"""Home, topics and people."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def test_home_on_an_empty_site_says_so(client):
    assert "Nothing is published yet" in text(client.get("/"))


def test_home_lists_live_articles_newest_first(client):
    factories.live_article("Old", date=date(2018, 7, 28))
    factories.live_article("New")
    factories.article("Draft")
    factories.article("Future").schedule(by=None, at=timezone.now() + timedelta(days=1))
    html = text(client.get("/"))
    assert html.index(">New<") < html.index(">Old<")
    assert "Draft" not in html
    assert "Future" not in html


def test_home_shows_what_is_published_and_not_the_working_copy(client):
    article = factories.live_article("Before")
    article.title = "After"
    article.save()
    html = text(client.get("/"))
    assert "Before" in html
    assert "After" not in html


def test_a_topic_lists_its_articles(client):
    tea, coffee = factories.category("Tea"), factories.category("Coffee")
    factories.live_article("About tea", category=tea)
    factories.live_article("About coffee", category=coffee)
    html = text(client.get(tea.get_absolute_url()))
    assert "About tea" in html
    assert "About coffee" not in html


def test_moving_the_working_copy_to_another_topic_moves_nothing_for_readers(client):
    tea, coffee = factories.category("Tea"), factories.category("Coffee")
    article = factories.live_article("About tea", category=tea)
    article.category = coffee
    article.save()
    assert "About tea" in text(client.get(tea.get_absolute_url()))
    assert client.get(coffee.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "url", ["/topics/none/", "/people/none/", "/topics/a%00b/", "/people/%F0%9F%92%A9/"]
)
def test_what_is_unknown_is_not_there(client, url):
    assert client.get(url).status_code == 404


def test_a_topic_or_person_without_live_articles_is_not_there(client):
    category, person = factories.category(), factories.person()
    factories.article(category=category, author=person)
    assert client.get(category.get_absolute_url()).status_code == 404
    assert client.get(person.get_absolute_url()).status_code == 404


def test_a_person_has_a_page_with_what_they_wrote_and_reviewed(client):
    ada = factories.person("Ada Example", honorific="Dr", bio="Knows tea.")
    factories.live_article("Written", author=ada)
    reviewed = factories.article("Reviewed", reviewer=ada)
    factories.sign_off(reviewed)
    reviewed.publish(by=None)
    factories.live_article("Neither")
    html = text(client.get(ada.get_absolute_url()))
    assert "<h1>Dr Ada Example</h1>" in html
    assert "Knows tea." in html
    assert "Written" in html
    assert "Reviewed" in html
    assert "Neither" not in html


def test_lists_take_as_many_queries_for_many_articles_as_for_one(
    client, django_assert_max_num_queries
):
    category, person = factories.category(), factories.person()
    for number in range(8):
        factories.live_article(f"Article {number}", category=category, author=person)
        for url in ("/", category.get_absolute_url(), person.get_absolute_url()):
            with django_assert_max_num_queries(4):
                client.get(url)


def test_how_we_work_answers(client):
    assert client.get("/how-we-work/").status_code == 200


def test_the_footer_says_when_it_is_a_demo(client):
    article = factories.live_article()
    assert "This is a demo." not in text(client.get("/"))
    type(article).objects.update(is_demo=True)
    assert "This is a demo." in text(client.get("/"))
