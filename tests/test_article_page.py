from datetime import date, timedelta

import pytest
from django.utils import timezone

from blog.models import Person
from tests import factories

pytestmark = pytest.mark.django_db


def page(client, article):
    return client.get(article.get_absolute_url())


def text(response):
    return response.content.decode()


def test_shows_title_points_and_author(client):
    article = factories.live_article(
        "Is tea good for you?", pros=["It warms", "It wakes"], cons=["It cools"]
    )
    html = text(page(client, article))
    assert "<h1>Is tea good for you?</h1>" in html
    assert [html.count(f'id="{anchor}"') for anchor in ("pro-1", "pro-2", "con-1")] == [1, 1, 1]
    assert 'id="con-2"' not in html
    assert "Editorial team" in html


@pytest.mark.parametrize("state", ["draft", "scheduled", "unpublished", "expired", "unknown"])
def test_what_is_not_live_is_not_there(client, state):
    article = factories.article()
    if state == "scheduled":
        article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    if state == "unpublished":
        article.publish(by=None)
        article.unpublish(by=None)
    if state == "expired":
        article.publish(by=None)
        now = timezone.now()
        past = {"live_from": now - timedelta(hours=2), "live_until": now - timedelta(hours=1)}
        article.editions.update(**past)
    url = "/articles/nothing/" if state == "unknown" else article.get_absolute_url()
    assert client.get(url).status_code == 404


def test_a_logged_in_editor_gets_no_more_than_a_reader(client):
    article = factories.article()
    client.force_login(factories.editor())
    assert page(client, article).status_code == 404


def test_saving_the_working_copy_changes_no_byte(client):
    category = factories.category()
    article = factories.live_article(category=category)
    before = page(client, article).content
    article.title, article.summary = "Other", "Other"
    article.category = factories.category("Other topic")
    article.author = factories.person("Someone Else")
    article.pros_heading, article.cons_intro = "Other", "<p>Other</p>"
    article.save()
    article.sections.update(heading="Other", body="<p>Other</p>")
    factories.section(article, kind="pro", heading="Other")
    factories.source(article, "Other")
    article.refresh_digest()
    assert page(client, article).content == before


def test_the_same_content_gives_the_same_bytes_to_everybody(client):
    article = factories.live_article()
    first = page(client, article).content
    client.force_login(factories.editor())
    assert page(client, article).content == first


def test_reading_sets_no_cookie_and_does_not_vary_by_one(client):
    response = page(client, factories.live_article())
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_the_sides_carry_the_articles_own_names(client):
    article = factories.live_article(pros_heading="What speaks for tea", cons_heading="")
    html = text(page(client, article))
    assert "</span> What speaks for tea</h2>" in html
    assert "</span> Cons</h2>" in html


def test_an_article_without_summary_has_no_empty_box(client):
    assert "The short answer" not in text(page(client, factories.live_article()))
    article = factories.live_article("Another?", summary="Mostly yes.")
    assert "<p>Mostly yes.</p>" in text(page(client, article))


def test_texts_stand_before_between_and_after_the_points(client):
    article = factories.article(pros=[], cons=[])
    kinds = ["text", "pro", "text", "pro", "text", "con", "text"]
    for number, kind in enumerate(kinds):
        factories.section(article, kind=kind, heading=f"Heading {number}", ordering=number)
    article.publish(by=None)
    html = text(page(client, article))
    body = html[html.index('class="opening') :]
    places = [body.index(f">Heading {number}<") for number in (0,)]
    places += [body.index(heading) for heading in ("Heading 1<", "Heading 2<", "Heading 3<")]
    places += [body.index(heading) for heading in ("Heading 5<", "Heading 4<", "Heading 6<")]
    assert places == sorted(places)
    assert all(html.count(f"Heading {number}</") >= 1 for number in range(7))


def test_a_text_between_two_pros_stays_among_the_pros():
    article = factories.article(pros=[], cons=["c"])
    for number, kind in enumerate(["pro", "text", "pro"]):
        factories.section(article, kind=kind, heading=str(number), ordering=number - 5)
    content = article.content()
    assert [item.heading for item in content.pros.items] == ["0", "1", "2"]
    assert [point.number for point in content.pros.points] == [1, 2]
    assert not content.opening
    assert not content.closing


def test_evidence_and_sources_are_shown_at_the_point_and_linked(client):
    article = factories.article()
    used = factories.source(article, "Used", url="https://example.org/used", ordering=1)
    factories.source(article, "Unused", ordering=2, accessed=date(2026, 11, 2))
    point = article.sections.get(kind="pro")
    point.evidence = "strong"
    point.save()
    point.sources.add(used)
    article.publish(by=None)
    html = text(page(client, article))
    assert 'data-grade="strong"' in html
    assert '<a href="#source-1">1 study</a>' in html
    assert 'id="source-2"' in html
    assert 'Used in <a href="#pro-1">Pro 1</a>' in html
    assert '<time datetime="2026-11-02">2 November 2026</time>' in html
    assert '<a href="#source-2">' not in html


def test_without_evidence_there_is_no_key_to_it(client):
    assert "How strong is the evidence?" not in text(page(client, factories.live_article()))


def test_dates_are_the_articles_own_and_marked_up(client):
    article = factories.live_article(date=date(2018, 7, 28))
    html = text(page(client, article))
    assert '<time datetime="2018-07-28">28 July 2018</time>' in html
    assert "Updated" not in html


def test_a_later_edition_shows_the_day_of_its_change(client, monkeypatch):
    article = factories.live_article()
    article.editions.update(
        live_from=timezone.now() - timedelta(days=3), published_on=date(2026, 1, 1)
    )
    article.publish(by=None)
    html = text(page(client, article))
    assert "Updated" in html
    assert f'datetime="{timezone.localdate().isoformat()}"' in html


def test_what_staff_type_is_never_markup_outside_the_body(client):
    evil = "<script>alert(1)</script>"
    person = Person.objects.create(slug="evil", name=evil, job_title=evil)
    article = factories.article(
        title=evil, summary=evil, pros=[evil], cons=[evil], author=person, pros_heading=evil
    )
    factories.source(article, evil, publisher=evil)
    article.publish(by=None)
    html = text(page(client, article))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_page_takes_few_queries_whatever_its_length(client, django_assert_num_queries):
    short = factories.live_article("Short")
    long = factories.article("Long", pros=[f"Pro {n}" for n in range(30)])
    for number in range(30):
        factories.source(long, f"Source {number}")
    long.publish(by=None)
    for article in (short, long):
        with django_assert_num_queries(QUERIES):
            page(client, article)


# The live edition; its approved comments; related articles; whether this is a demo.
QUERIES = 4


def test_an_address_in_another_script_works(client):
    article = factories.live_article("هل الشاي مفيد؟")
    assert "شاي" in article.slug
    assert page(client, article).status_code == 200


def test_only_reading_is_allowed(client):
    assert client.post(factories.live_article().get_absolute_url()).status_code == 405


@pytest.mark.parametrize("slug", ["a%00b", "%ff", "..%2f", "a b", "x" * 5000])
def test_an_odd_address_is_simply_not_there(client, slug):
    assert client.get(f"/articles/{slug}/").status_code == 404
