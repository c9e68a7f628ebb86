"""Related articles: stored when an edition is cut, shown while they are live."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog import related
from blog.models import Edition, Related, Tag
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db


def tagged(title, *tags, **values):
    # Headings of its own, so that nothing but what a test says is alike.
    name = title.split()[0]
    values = {"pros": (f"Plus{name}",), "cons": (f"Minus{name}",)} | values
    article = factories.article(title, **values)
    for name in tags:
        article.tags.add(Tag.objects.get_or_create(slug=name, defaults={"name": name})[0])
    article.publish(by=None)
    return article


def shown(article, client):
    html = client.get(article.get_absolute_url()).content.decode()
    _before, _heading, section = html.partition('<h2 id="related">')
    return re.findall(r"<h3[^>]*><a[^>]*>(.*?)</a>", section)


def test_an_article_shows_those_of_its_topic(client):
    sleep = factories.category("Sleep")
    one = tagged("Naps", category=sleep)
    two = tagged("Pillows", category=sleep)
    tagged("Kettles", category=factories.category("Kitchen"))
    assert shown(one, client) == ["Pillows"]
    assert shown(two, client) == ["Naps"]


def test_an_article_shows_those_that_share_a_tag(client):
    one, _two = tagged("Naps", "night"), tagged("Lamps", "night", "light")
    tagged("Kettles", "kitchen")
    assert shown(one, client) == ["Lamps"]


def test_an_article_shows_those_about_the_same_things(client):
    one = tagged("Remote surgery by robots")
    tagged("Robots in surgery")
    tagged("Kettles on stoves")
    assert shown(one, client) == ["Robots in surgery"]


def test_what_has_more_in_common_comes_first(client):
    sleep = factories.category("Sleep")
    one = tagged("Naps", "night", category=sleep)
    tagged("Pillows", "night", category=sleep)
    tagged("Lamps", "night")
    tagged("Beds", category=sleep)
    assert shown(one, client) == ["Pillows", "Lamps", "Beds"]


def test_without_anything_in_common_there_is_no_list(client):
    one = tagged("Naps")
    tagged("Kettles")
    assert shown(one, client) == []
    assert "Related articles" not in client.get(one.get_absolute_url()).content.decode()


def test_words_that_say_nothing_relate_nothing(client):
    one = tagged("What should you do about it and why")
    tagged("Why should you do what it is about")
    assert shown(one, client) == []


def test_six_are_kept_and_three_are_shown(client):
    sleep = factories.category("Sleep")
    first, *_others = [tagged(f"{name} in bed", category=sleep) for name in "abcdefghij"]
    stored = Related.objects.filter(edition__article=first)
    assert stored.count() == related.KEPT
    assert len(shown(first, client)) == related.SHOWN
    # Of equals, the newest.
    newest = Edition.objects.order_by("-pk").values_list("pk", flat=True)[: related.KEPT]
    assert set(stored.values_list("other", flat=True)) == set(newest)


def test_only_what_is_live_is_shown_and_to_the_second(client, monkeypatch):
    sleep = factories.category("Sleep")
    one = tagged("Naps", category=sleep)
    gone, ends = tagged("Gone", category=sleep), tagged("Ends", category=sleep)
    gone.unpublish(by=None)
    due = timezone.now() + timedelta(hours=1)
    ends.expire(by=None, at=due)
    factories.article("Secret plan", category=sleep).schedule(by=None, at=due)
    assert shown(one, client) == ["Ends"]
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert shown(one, client) == ["Secret plan"]


def test_drafts_and_the_working_copy_relate_nothing(client):
    sleep, food = factories.category("Sleep"), factories.category("Food")
    one, two = tagged("Naps", category=sleep), tagged("Kettles", category=food)
    factories.article("Secret draft", category=sleep)
    two.category, two.title = sleep, "Secret change"
    two.save()
    assert shown(one, client) == []
    two.publish(by=None)
    assert shown(one, client) == ["Secret change"]


def test_a_new_edition_that_is_about_something_else_is_forgotten_by_others(client):
    sleep, food = factories.category("Sleep"), factories.category("Food")
    one, two = tagged("Naps", category=sleep), tagged("Pillows", category=sleep)
    two.category = food
    two.save()
    two.publish(by=None)
    assert shown(one, client) == []
    assert not Related.objects.exists()


def test_the_list_costs_one_query_whatever_there_is(client, django_assert_max_num_queries):
    sleep = factories.category("Sleep")
    for name in "abcdefgh":
        article = tagged(f"{name} in bed", category=sleep)
        edition = Edition.objects.select_related("article").get(article=article)
        with django_assert_max_num_queries(1):
            for each in related.shown_with(edition.pk, timezone.now()):
                each.get_absolute_url()


def test_publishing_takes_as_many_queries_among_many_as_among_few(django_assert_max_num_queries):
    sleep = factories.category("Sleep")
    tagged("First", "night", category=sleep)
    edition = Edition.objects.get()
    with django_assert_max_num_queries(10):
        related.relate(edition)
    for name in "abcdefghijkl":
        tagged(f"{name} in bed", "night", category=sleep)
    with django_assert_max_num_queries(10):
        related.relate(edition)


def test_a_preview_of_a_new_article_shows_what_publishing_it_would_give(client):
    sleep = factories.category("Sleep")
    tagged("Pillows", category=sleep)
    client.force_login(factories.editor("erin"))
    add = client.get(reverse("admin:blog_article_add"))
    form = fill(add, {"title": "Naps", "category": str(sleep.pk)})
    response = client.post(reverse("admin:blog_article_preview_new"), form)
    assert response.status_code == 200
    assert ">Pillows</a></h3>" in response.content.decode()
    assert Related.objects.count() == 0


def test_a_preview_of_a_changed_article_shows_what_publishing_it_would_give(client):
    sleep = factories.category("Sleep")
    tagged("Pillows", category=sleep)
    article = tagged("Naps")
    assert shown(article, client) == []
    article.category = sleep
    article.save()
    draft = Edition.draft(article, article.content(), live_from=timezone.now())
    assert [each.content.title for each in related.would_be_shown_with(draft)] == ["Pillows"]
    article.publish(by=None)
    assert shown(article, client) == ["Pillows"]


# What is planned


def test_a_plan_changes_no_list_before_its_time(client, monkeypatch):
    sleep, food = factories.category("Sleep"), factories.category("Food")
    naps, pillows = tagged("Naps", category=sleep), tagged("Pillows", category=sleep)
    kettles = tagged("Kettles", category=food)
    due = timezone.now() + timedelta(hours=1)
    naps.category, naps.title = food, "Stoves"
    naps.save()
    naps.schedule(by=None, at=due)
    assert (shown(naps, client), shown(pillows, client)) == (["Pillows"], ["Naps"])
    assert shown(kettles, client) == []
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert (shown(naps, client), shown(pillows, client)) == (["Kettles"], [])
    assert shown(kettles, client) == ["Stoves"]


def test_a_plan_that_is_dropped_leaves_the_lists_as_they_were(client):
    sleep, food = factories.category("Sleep"), factories.category("Food")
    naps, pillows = tagged("Naps", category=sleep), tagged("Pillows", category=sleep)
    naps.category = food
    naps.save()
    naps.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    naps.unschedule(by=None)
    assert (shown(naps, client), shown(pillows, client)) == (["Pillows"], ["Naps"])
