"""Staff HTML is clean by whatever door it comes, by the allow-list of the editor itself."""

import json

import pytest
from django.core.management import call_command

from blog import html
from blog.content import Content
from blog.models import Article, Edition, Section
from tests import factories

DIRTY = (
    '<p onclick="x()" style="position:fixed">ok <strong>b</strong>'
    '<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="//e"></iframe>'
    '<a href="javascript:alert(1)">x</a> <a href="https://example.org/" target="_blank">y</a></p>'
)


def is_clean(text):
    return not any(
        word in text for word in ("script", "onclick", "onerror", "iframe", "style", "<img")
    )


def test_what_the_editor_offers_stays():
    kept = (
        "<p>a <strong>b</strong> <em>c</em><br>d</p><ul><li><p>e</p></li></ul>"
        "<ol><li><p>f</p></li></ol><blockquote><p>g</p></blockquote>"
    )
    assert html.sanitize(kept) == kept


def test_everything_else_goes():
    clean = html.sanitize(DIRTY)
    assert is_clean(clean)
    assert "<strong>b</strong>" in clean
    assert 'href="https://example.org/"' in clean
    assert "javascript" not in clean


def test_links_lead_to_the_web_to_a_mail_or_to_a_place_of_this_site():
    for address in ("https://example.org/", "mailto:a@example.org", "/people/ada/", "#pro-1"):
        assert f'href="{address}"' in html.sanitize(f'<p><a href="{address}">a</a></p>')
    for address in ("//evil.example", "javascript:x()", "data:,x", "evil"):
        assert "href" not in html.sanitize(f'<p><a href="{address}">a</a></p>')


def test_plain_text_gets_paragraphs():
    assert html.sanitize("One\n\nTwo & three") == "<p>One</p>\n\n<p>Two &amp; three</p>"


@pytest.mark.parametrize("value", ["", "<p></p>", None])
def test_nothing_stays_nothing(value):
    assert html.sanitize(value) == ""


@pytest.mark.parametrize("value", [DIRTY, "One\n\nTwo", "a < b", "<b>x</b>", "<p>" * 50])
def test_cleaning_twice_changes_nothing_more(value):
    once = html.sanitize(value)
    assert html.sanitize(once) == once


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["save", "create", "bulk_create", "update", "fixture"])
def test_no_door_of_the_database_lets_it_in(door, tmp_path):
    article = factories.article(pros=[], cons=[])
    if door == "save":
        Section(article=article, body=DIRTY).save()
    elif door == "create":
        Section.objects.create(article=article, body=DIRTY)
    elif door == "bulk_create":
        Section.objects.bulk_create([Section(article=article, body=DIRTY)])
    else:
        row = Section.objects.create(article=article, body="<p>clean</p>")
        if door == "update":
            Section.objects.update(body=DIRTY)
        else:
            fields = {"article": article.pk, "body": DIRTY, "key": str(row.key), "kind": "text"}
            path = tmp_path / "fixture.json"
            path.write_text(json.dumps([{"model": "blog.section", "pk": row.pk, "fields": fields}]))
            call_command("loaddata", path, verbosity=0)
    stored = Section.objects.values_list("body", flat=True).get()
    assert "ok <strong>b</strong>" in stored
    assert is_clean(stored)


@pytest.mark.django_db
def test_an_edition_that_was_stored_dirty_is_shown_clean(client):
    article = factories.live_article(cons_intro="<p>fine</p>")
    edition = article.editions.get()
    edition.data["cons_intro"] = DIRTY
    for section in edition.data["sections"]:
        section["body"] = DIRTY
    Edition.objects.filter(pk=edition.pk).update(data=edition.data)
    assert Content.from_json(edition.data).sections[0].body == DIRTY
    page = client.get(article.get_absolute_url()).content.decode()
    assert "alert(1)" not in page
    assert "ok <strong>b</strong>" in page


@pytest.mark.django_db
def test_the_introductions_of_the_sides_are_cleaned_too():
    article = factories.article(pros_intro=DIRTY, cons_intro=DIRTY)
    stored = Article.objects.get(pk=article.pk)
    assert is_clean(stored.pros_intro)
    assert is_clean(stored.cons_intro)
