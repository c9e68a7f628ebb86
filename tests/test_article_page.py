import re
from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from blog.models import Edition, Person
from tests import contents, factories

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
    assert '<h1 dir="auto">Is tea good for you?</h1>' in html
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
    assert f'Used in <a href="#{article.content().pros.points[0].anchor}">Pro 1</a>' in html
    assert '<time datetime="2026-11-02">2 November 2026</time>' in html
    assert '<a href="#source-2">' not in html


def test_a_point_without_a_grade_among_graded_ones_says_so_at_a_glance(client):
    article = factories.live_article(pros=["It warms"], cons=["It cools"])
    assert "Not graded" not in text(page(client, article))
    article.sections.filter(kind="pro").update(evidence="strong")
    article.publish(by=None)
    assert text(page(client, article)).count("Not graded") == 1


def test_on_paper_a_page_names_its_own_address(client):
    article = factories.live_article(slug="tea")
    assert 'data-address="http://testserver/articles/tea/"' in text(page(client, article))


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
    assert "<script>" not in html
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


# The live edition; its approved comments with their tally; related articles; the site.
QUERIES = 4


# Order


def test_everything_stands_in_its_order(client):
    category, reviewer = factories.category(), factories.person("Rita Example", job_title="MD")
    article = factories.article(
        category=category, reviewer=reviewer, summary="Mostly.", next_review_on=date(2199, 5, 4)
    )
    factories.section(article, heading="Why it is asked", ordering=1)
    factories.section(article, heading="Where the balance falls", ordering=90)
    factories.source(article, "A review", accessed=date(2026, 11, 2))
    factories.sign_off(article)
    article.publish(by=None, correction="It said tee.")
    factories.approved(article)
    html = text(page(client, article))
    marks = [
        'class="crumbs"', "Digital health</a>", "<h1", "The short answer", "Written by",
        "Reviewed by", "<small>MD</small>", "Published", "Last reviewed", "Next review",
        "Reading time", 'class="contents', ">Why it is asked</h2>", 'id="pros"', 'id="pro-1"',
        'id="cons"', 'id="con-1"', ">Where the balance falls</h2>", '<h2 id="sources">',
        "Accessed", '<h2 id="changes">', '<h2 id="comments">', 'class="comment"',
    ]  # fmt: skip
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)


# Anchors


def anchors(html):
    return dict(
        re.findall(
            r'<article class="point" id="([^"]+)".*?<h3[^>]*><bdi[^>]*>[^<]*</bdi>([^<]*)</h3>',
            html,
            re.DOTALL,
        )
    )


def test_a_points_anchor_survives_a_new_title_and_a_new_order(client):
    article = factories.live_article(pros=["It warms", "It wakes"])
    before = {name: anchor for anchor, name in anchors(text(page(client, article))).items()}
    article.sections.filter(heading="It wakes").update(heading="It rouses", ordering=1)
    article.publish(by=None)
    html = text(page(client, article))
    after = {name: anchor for anchor, name in anchors(html).items()}
    assert after == {
        "It rouses": before["It wakes"],
        "It warms": before["It warms"],
        "It cools": before["It cools"],
    }
    assert list(after) == ["It rouses", "It warms", "It cools"]
    assert html.count(f'<a href="#{after["It rouses"]}" data-copy>') == 1


def test_the_number_of_a_point_is_another_name_for_its_place(client):
    html = text(page(client, factories.live_article(pros=["It warms", "It wakes"])))
    ids = re.findall(r'id="((?:pro|con)-[0-9])"', html)
    assert ids == ["pro-1", "pro-2", "con-1"]
    for number, name in [(1, "It warms"), (2, "It wakes")]:
        assert html.index(f'id="pro-{number}"') < html.index(f"</bdi>{name}</h3>")


def test_every_id_is_there_once_and_every_link_into_the_page_finds_one(client):
    article = factories.article(pros=["a", "b"])
    used = factories.source(article)
    article.sections.first().sources.add(used)
    article.sections.update(evidence="strong")
    article.publish(by=None, correction="It said tee.")
    factories.approved(article, about=article.sections.first().key)
    html = text(page(client, article))
    ids = re.findall(r' id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_keys_that_begin_alike_still_give_anchors_of_their_own():
    one, two, other = "abcdef01-1", "abcdef01-2", "bbbbbbbb-1"
    value = contents.content(sections=[contents.section(key) for key in (one, two, other)])
    assert [section.anchor for section in value.sections] == [
        "point-abcdef01-1", "point-abcdef01-2", "point-bbbbbbbb",
    ]  # fmt: skip


# Directions


def test_what_people_wrote_takes_its_own_direction(client):
    article = factories.article("هل الشاي مفيد؟", pros=["يدفئ"], summary="نعم")
    factories.section(article, heading="لماذا", ordering=1)
    article.publish(by=None)
    html = text(page(client, article))
    assert '<h1 dir="auto">هل الشاي مفيد؟</h1>' in html
    assert re.search(r'<h3[^>]* dir="auto"><bdi[^>]*>Pro 1: </bdi>يدفئ</h3>', html)
    assert re.search(r'<h2[^>]* dir="auto">لماذا</h2>', html)
    assert '<div class="prose" dir="auto">' in html


# Scripts and styles


def test_one_stylesheet_and_one_small_script_are_waited_for_and_the_rest_is_not(client):
    html = text(page(client, factories.live_article()))
    head = html.partition("</head>")[0]
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', head) == ["/static/css/site.css"]
    # What holds data is part of the page, and runs nothing.
    scripts = re.findall(r'<script (?!type="application/ld\+json")[^>]*>', html)
    assert all('type="module"' in script for script in scripts)
    assert len([script for script in scripts if "blocking" in script]) == 1
    assert "<style" not in html
    assert " style=" not in html
    assert not re.findall(r'(?:href|src)="(?:https?:)?//(?!testserver)', html)


def test_what_needs_a_script_is_hidden_without_one(client):
    html = text(page(client, factories.live_article()))
    for name in ("theme", "share", "hint draft"):
        assert f'<p class="{name}" hidden>' in html


def test_the_photo_of_a_person_comes_in_a_smaller_copy(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    someone = factories.person()
    name = f"people/{'0a' * 16}"
    Person.objects.filter(pk=someone.pk).update(photo=f"{name}.jpg")
    factories.live_article(author=someone)
    html = text(client.get(someone.get_absolute_url()))
    assert f'<source type="image/avif" srcset="/media/{name}-480.avif">' in html
    assert f'<img src="/media/{name}.jpg" width="160" height="160" alt="">' in html


def test_an_address_in_another_script_works(client):
    article = factories.live_article("هل الشاي مفيد؟")
    assert "شاي" in article.slug
    assert page(client, article).status_code == 200


def test_only_reading_is_allowed(client):
    assert client.post(factories.live_article().get_absolute_url()).status_code == 405


@pytest.mark.parametrize("slug", ["a%00b", "%ff", "..%2f", "a b", "x" * 5000])
def test_an_odd_address_is_simply_not_there(client, slug):
    assert client.get(f"/articles/{slug}/").status_code == 404


# Parts that are kept


def test_what_is_kept_of_a_page_never_outlives_what_it_is_made_of(client):
    article = factories.live_article(pros=["It warms"], slug="tea")
    key = article.sections.first().key
    assert page(client, article).content == page(client, article).content
    comment = factories.approved(article, about=key, text="First words")
    assert "Comment on this point (1)" in text(page(client, article))
    comment.text = "Other words"
    comment.save()
    assert "First words" not in text(page(client, article))
    comment.withdraw()
    assert "Other words" not in text(page(client, article))
    assert "Comment on this point<" in text(page(client, article))
    article.publish(by=None, correction="It said tee.")
    assert "It said tee." in text(page(client, article))
    article.slug = "green-tea"
    article.save()
    assert "/articles/tea/" not in text(page(client, article))
    article.sections.filter(kind="pro").update(heading="It rouses")
    article.publish(by=None)
    assert "It warms" not in text(page(client, article))
    Edition.objects.update(published_on=date(2020, 1, 1), updated_on=date(2021, 1, 1))
    html = text(page(client, article))
    assert "1 January 2020" in html
    assert "1 January 2021" in html


def test_a_page_that_was_kept_has_the_bytes_of_a_fresh_one(client):
    article = factories.live_article()
    factories.approved(article)
    kept = [page(client, article).content for _ in range(2)]
    caches["template_fragments"].clear()
    assert page(client, article).content == kept[0] == kept[1]
