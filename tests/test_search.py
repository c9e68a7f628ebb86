"""Search as readers have it. The same on every database."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog import search_views
from blog.models import Article, Edition
from tests import factories

pytestmark = pytest.mark.django_db

URL = "/search/"


def page(query=None, **params):
    params = params if query is None else {"q": query} | params
    response = Client().get(URL, params)
    assert response.status_code == 200
    assert not response.cookies
    return response.content.decode()


def hits(query, **params):
    """The titles of what is found, in order."""
    titles = re.findall(r'<h2 dir="auto"><a href="[^"]*">(.*?)</a>', page(query, **params))
    return [re.sub("</?mark>", "", title) for title in titles]


def places(html):
    """The links to points and sources, with their words."""
    found = re.findall(r'<p class="found[^"]*" dir="auto"><a href="([^"]*)">(.*?)</a>', html)
    return [(href, re.sub("<.*?>", "", text).strip()) for href, text in found]


def with_body(title, body, *, heading="A heading", **values):
    article = factories.article(title, **values)
    factories.section(article, heading=heading, body=f"<p>{body}</p>")
    article.publish(by=None)
    return article


# What is found


def test_an_article_is_found_by_its_title_summary_points_texts_and_sources():
    article = factories.article(
        "About kettles", pros=("Whistles",), cons=("Limescale",), summary="Boils quickly."
    )
    factories.section(article, heading="History", body="<p>First of <b>copper</b>.</p>")
    factories.source(article, "Handbook of Steam", publisher="Watt, 1769")
    article.publish(by=None)
    for word in (
        "kettles",
        "whistles",
        "limescale",
        "quickly",
        "history",
        "copper",
        "steam",
        "watt",
    ):
        assert hits(word) == ["About kettles"], word
    assert hits("teapots") == []


def test_every_word_has_to_be_there():
    factories.live_article("Green tea")
    factories.live_article("Black tea")
    assert hits("green tea") == ["Green tea"]
    assert hits("white tea") == []


def test_a_question_is_found_by_what_it_is_about():
    factories.live_article("Coffee at night")
    assert hits("Should I have a coffee when it is night?") == ["Coffee at night"]


def test_other_forms_cases_and_accents_of_a_word_are_the_same_word():
    factories.live_article("Walking to the CAFÉ")
    for query in ("walk", "walks", "cafe", "Cafe\u0301s", "wALKed café"):
        assert hits(query) == ["Walking to the CAFÉ"], query


def test_the_last_word_need_not_be_finished():
    factories.live_article("Hospitals")
    assert hits("hospi") == ["Hospitals"]
    assert hits("hospi today") == []


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("هل الشاي مفيد؟", "الشَّاي"),
        ("Полезен ли ЧАЙ?", "чай"),
        ("お茶は体にいいですか", "体に"),
        ("喝茶好吗", "茶好"),
        ("चाय के फायदे", "चाय"),
        ("ชาดีต่อสุขภาพ", "สุขภาพ"),
        ("Ist Süßes gut?", "SÜSSES"),
    ],
)
def test_texts_in_other_scripts_are_found(title, query):
    factories.live_article(title, slug="other")
    factories.live_article("Something else")
    assert hits(query) == [title]


# The order


def test_the_title_counts_more_than_a_heading_and_that_more_than_the_text():
    with_body("In a title: saffron", "Words.")
    with_body("In a heading", "Words.", heading="Saffron")
    with_body("Often in the text", "Saffron, and saffron, and more saffron.")
    with_body("In the text", "Saffron.")
    assert hits("saffron") == [
        "In a title: saffron",
        "In a heading",
        "Often in the text",
        "In the text",
    ]


def test_of_equals_what_was_published_last_comes_first():
    old, _new = factories.live_article("Old tea"), factories.live_article("New tea")
    assert hits("tea") == ["New tea", "Old tea"]
    old.publish(by=None)
    assert hits("tea") == ["Old tea", "New tea"]


# Where in the article


def test_a_hit_leads_to_the_points_that_have_the_words():
    article = factories.article("Kettles", pros=("Fast",), cons=("Loud", "Limescale builds up"))
    factories.section(article, heading="Origin", body="<p>Limescale was known to Pliny.</p>")
    factories.source(article, "Limescale in numbers")
    article.publish(by=None)
    sections = {each.heading: each for each in article.editions.get().content.sections}
    url = article.get_absolute_url()
    assert places(page("limescale")) == [
        (f"{url}#{sections['Limescale builds up'].anchor}", "−2 Limescale builds up"),
        (f"{url}#{sections['Origin'].anchor}", "Origin"),
        (f"{url}#source-1", "Source: Limescale in numbers"),
    ]


def test_the_words_are_marked_in_title_heading_and_text():
    with_body("Kettles boil", "When it boiled, it sang.", heading="Boiling")
    html = page("boil")
    assert "Kettles <mark>boil</mark></a>" in html
    assert "<mark>Boiling</mark></a>" in html
    assert "When it <mark>boiled</mark>, it sang." in html


def test_a_long_text_is_cut_to_where_the_words_are():
    filler = "Nothing to see here at all. " * 60
    with_body("Kettles", f"{filler} The limescale is loud. {filler}")
    html = page("limescale loud")
    extract = re.search(r'<span class="serif">(.*?)</span>', html)[1]
    assert "The <mark>limescale</mark> is <mark>loud</mark>." in extract
    assert extract.startswith("… ")
    assert extract.endswith(" …")
    assert len(extract) < 350


def test_markup_in_what_is_found_stays_text():
    article = factories.article("Tea & <b>salt</b>", pros=("<i>Tea</i>",), summary="</script>Tea")
    factories.section(article, heading="x", body="<p>1 &lt;script&gt; tea</p>")
    article.publish(by=None)
    html = page("tea")
    assert "<mark>Tea</mark> &amp; &lt;b&gt;salt&lt;/b&gt;" in html
    assert "&lt;i&gt;<mark>Tea</mark>&lt;/i&gt;" in html
    assert "1 &lt;script&gt; <mark>tea</mark>" in html
    assert "<script>" not in html


# Misspelt


@pytest.mark.parametrize(
    "typo", ["privcy", "privaacy", "privady", "pirvacy", "rivacy", "PRIVAC\u0300Y"]
)
def test_one_wrong_letter_does_no_harm(typo):
    factories.live_article("Privacy of patients")
    assert hits(f"{typo} patients") == ["Privacy of patients"]


def test_the_reader_is_told_what_was_looked_for_instead():
    factories.live_article("Privacy of patients")
    html = page("patients privcy!")
    assert 'for <strong dir="auto">patients privacy!</strong>' in html
    assert "Nothing was found for “<bdi>patients privcy!</bdi>”" in html
    assert "<mark>Privacy</mark> of <mark>patients</mark>" in html


def test_two_wrong_letters_or_a_short_word_find_nothing():
    factories.live_article("Privacy and a cat")
    assert hits("prvcy") == []
    assert hits("cta") == []


def test_a_word_that_is_there_is_not_taken_for_a_misspelt_one():
    factories.live_article("Patience")
    factories.live_article("Patients")
    assert hits("patients") == ["Patients"]
    assert "nearest words" not in page("patients")


def test_what_is_known_stays_when_another_word_is_mended():
    factories.live_article("Patience and privacy")
    factories.live_article("Patients and privacy")
    assert hits("patients privcy") == ["Patients and privacy"]


# Topics and pages


def test_a_topic_narrows_what_is_found():
    sleep, food = factories.category("Sleep"), factories.category("Food")
    factories.live_article("Tea at night", category=sleep)
    factories.live_article("Tea at noon", category=food)
    factories.live_article("Tea in the morning")
    assert hits("tea", topic=sleep.slug) == ["Tea at night"]
    html = page("tea")
    assert f'<a href="?q=tea&amp;topic={food.slug}">Food (1)</a>' in html
    assert len(hits("tea")) == 3


def test_a_topic_is_known_by_its_new_address_and_not_by_the_old_one():
    sleep = factories.category("Sleep")
    factories.live_article("Tea at night", category=sleep)
    sleep.slug = "nights"
    sleep.save()
    assert hits("tea", topic="nights") == ["Tea at night"]
    assert hits("tea", topic="sleep") == []


@pytest.mark.parametrize("topic", ["nothing", "x" * 5000, "\0", '" OR 1', "' --", "1"])
def test_a_topic_that_is_none_finds_nothing_or_is_ignored(topic):
    factories.live_article("Tea")
    assert set(hits("tea", topic=topic)) <= {"Tea"}


def test_many_hits_come_in_pages(monkeypatch):
    monkeypatch.setattr(search_views, "PER_PAGE", 2)
    for number in range(5):
        factories.live_article(f"Tea {number}")
    assert hits("tea") == ["Tea 4", "Tea 3"]
    assert 'rel="next" href="?q=tea&amp;page=2"' in page("tea")
    assert hits("tea", page="3") == ["Tea 0"]
    last = page("tea", page="3")
    assert 'rel="prev" href="?q=tea&amp;page=2"' in last
    assert 'rel="next"' not in last
    assert "<strong>5 articles</strong>" in last


@pytest.mark.parametrize("number", ["0", "2", "x", "-1", "²", "", "9" * 5000])
def test_there_are_no_other_pages(client, number):
    factories.live_article("Tea")
    assert client.get(URL, {"q": "tea", "page": number}).status_code == 404


def test_only_the_best_are_counted(monkeypatch):
    monkeypatch.setattr("blog.search.AT_MOST", 2)
    monkeypatch.setattr(search_views, "AT_MOST", 2)
    factories.live_article("Tea")
    for number in range(3):
        factories.live_article(f"Later {number}", summary="Tea.", category=None)
    html = page("tea")
    assert hits("tea") == ["Tea", "Later 2"]
    assert "<strong>More than 2 articles</strong>" in html


# Whatever is typed

HOSTILE = [
    "",
    " ",
    "x" * 10_000,
    "tea " * 2500,
    '"tea',
    '"tea party"',
    "'tea'",
    'tea AND OR NOT NEAR( * " ^ : -',
    "NEAR(tea coffee, 2)",
    "title:tea",
    "te* *ea ***",
    "tea & !coffee | (",
    "tea:*",
    "tea\\",
    "!?.,;:",
    "😀",
    "tea 😀 \U0001f468\u200d\U0001f469",
    "a\0b",
    "\0",
    "\u2028\u202e\ufeff",
    "%s %(x)s {} {{ x }}",
    "<script>alert(1)</script>",
    "½ ⑴ ﷺ ㎏",
    "الشاي чай 茶",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "e\u0301" * 300,
    "the of and",
    "s",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_fails(query):
    factories.live_article("Tea")
    html = page(query)
    assert "<script>" not in html
    assert "\0" not in html
    assert "\u2028" not in html
    assert len(html) < 20_000


def test_operators_are_words_like_others():
    factories.live_article("Tea")
    factories.live_article("Tea or coffee")
    assert hits("tea OR coffee") == ["Tea or coffee"]
    assert hits("tea NOT coffee") == ["Tea or coffee"]
    assert hits('"tea" *') == ["Tea or coffee", "Tea"]


def test_a_query_that_is_no_utf8_is_answered(client):
    assert client.get(f"{URL}?q=%ff%fe%00tea").status_code == 200


# The page


def test_the_page_without_a_query_offers_the_box_and_the_topics():
    factories.live_article("Tea", category=factories.category("Food"))
    factories.category("Empty")
    html = page()
    assert '<form class="search" role="search" action="/search/" method="get">' in html
    assert '<label class="hidden" for="q">' in html
    assert '<a href="/topics/food/">Food</a>' in html
    assert "Empty" not in html


def test_a_page_without_a_hit_says_what_may_help():
    factories.live_article("Tea", category=factories.category("Food"))
    html = page("rhubarb")
    assert "Nothing was found for “<bdi>rhubarb</bdi>”" in html
    assert "What may help" in html
    assert '<a href="/topics/food/">Food</a>' in html


def test_the_query_stands_in_the_box_and_the_title_as_text():
    html = page('<b>"tea" & toast')
    assert 'value="&lt;b&gt;&quot;tea&quot; &amp; toast"' in html
    assert "<title>&lt;b&gt;&quot;tea&quot; &amp; toast – Search" in html
    assert html.count("<h1>") == 1


def test_search_engines_know_one_address_of_it_and_caches_none(client):
    response = client.get("/search/?q=tea&topic=x")
    assert b'<link rel="canonical" href="http://testserver/search/">' in response.content
    assert response.headers["Cache-Control"] == "no-store"


def test_parameters_that_mean_nothing_change_nothing():
    factories.live_article("Tea")
    assert page("tea", utm="spy", x="<b>") == page("tea")


def test_a_page_takes_four_queries_at_most_whatever_is_found(django_assert_max_num_queries):
    topic = factories.category()
    for number in range(12):
        factories.live_article(f"Tea {number}", category=topic)
    for params in ({}, {"topic": topic.slug}):
        for query in ("", "tea", "teaa", "tea numbre", "nothing at all", "tea 3"):
            with django_assert_max_num_queries(4):
                page(query, **params)


# What is not live is not found: not at that very moment, without any job


def mended(html):
    return "nearest words" in html


def test_drafts_and_changes_of_the_working_copy_are_not_found():
    factories.article("Secret draft")
    article = factories.live_article("Public")
    article.title = "Secret change"
    article.save()
    article.sections.update(heading="Secret point")
    for query in ("secret", "sekret", "secre"):
        assert hits(query) == []
        assert not mended(page(query))


def test_what_is_scheduled_is_found_to_the_second(monkeypatch):
    due = timezone.now() + timedelta(hours=1)
    factories.article("Secret plan").schedule(by=None, at=due)
    for query in ("secret", "sekret", "secre"):
        assert hits(query) == []
        assert not mended(page(query))
    monkeypatch.setattr(timezone, "now", lambda: due - timedelta(microseconds=1))
    assert hits("secret") == []
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert hits("secret") == hits("sekret") == ["Secret plan"]


def test_a_scheduled_change_is_found_when_it_is_due_and_the_old_text_until_then(monkeypatch):
    article = factories.live_article("Before")
    due = timezone.now() + timedelta(hours=1)
    article.title = "After"
    article.save()
    article.schedule(by=None, at=due)
    assert (hits("before"), hits("after")) == (["Before"], [])
    monkeypatch.setattr(timezone, "now", lambda: due)
    assert (hits("before"), hits("after")) == ([], ["After"])


def test_a_plan_that_is_dropped_leaves_what_is_live_to_be_found():
    article = factories.live_article("Before")
    article.title = "After"
    article.save()
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    article.unschedule(by=None)
    assert (hits("before"), hits("after")) == (["Before"], [])


def test_what_has_expired_is_not_found(monkeypatch):
    article = factories.live_article("Secret")
    end = timezone.now() + timedelta(hours=1)
    article.expire(by=None, at=end)
    assert hits("secret") == ["Secret"]
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert hits("secret") == hits("sekret") == []


@pytest.mark.parametrize("take", ["unpublish", "trash"])
def test_what_was_taken_down_is_not_found(take):
    article = factories.live_article("Secret")
    getattr(article, take)(by=None)
    assert hits("secret") == hits("sekret") == []


def test_words_of_an_edition_that_was_replaced_are_not_found():
    article = factories.live_article("Secret first text")
    article.title = "Second text"
    article.save()
    article.publish(by=None)
    assert hits("secret") == hits("sekret") == []
    assert hits("text") == ["Second text"]


def test_a_word_that_only_a_hidden_text_has_is_treated_like_one_that_nobody_ever_wrote():
    """Otherwise the answer would tell that the word exists."""
    factories.live_article("Zebras")
    factories.article("Zebrax").schedule(by=None, at=timezone.now() + timedelta(hours=1))
    assert page("zebrax").replace("zebrax", "?") == page("zebray").replace("zebray", "?")


def test_an_edition_that_ends_between_two_queries_is_left_out(monkeypatch):
    factories.live_article("Tea")
    factories.live_article("Tea too")
    real = search_views._hits

    def hits_after_the_end(keys, marker):
        Article.objects.get(title="Tea").unpublish(by=None)
        return real(keys, marker)

    monkeypatch.setattr(search_views, "_hits", hits_after_the_end)
    assert hits("tea") == ["Tea too"]
    assert Edition.objects.live().count() == 1
