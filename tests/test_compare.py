"""The page that compares two texts of an article."""

import pytest
from django.urls import reverse

from blog.models import Version
from tests import factories

pytestmark = pytest.mark.django_db


def get(client, article, **query):
    names = {"old": "from", "new": "to"}
    query = {names.get(name, name): value for name, value in query.items()}
    return client.get(reverse("admin:blog_article_compare", args=[article.pk]), query)


def text(page):
    return page.content.decode()


@pytest.fixture
def editor(client):
    user = factories.editor()
    client.force_login(user)
    return user


@pytest.fixture
def article():
    """Live, with a working copy that is newer."""
    row = factories.article("A first title", pros=["It warms", "It wakes"])
    factories.source(row, "A review")
    row.refresh_digest()
    row.publish(by=None)
    row.title = "A second title"
    row.save()
    row.sections.filter(heading="It cools").update(body="<p>Some other words.</p>")
    row.refresh_digest()
    return row


def test_live_and_the_working_copy_are_compared_without_choosing(client, editor, article):
    page = text(get(client, article))
    assert "A <del>first</del> <ins>second</ins> title" in page
    assert "Some <ins>other</ins> words." in page
    assert "2 changes:" in page
    assert "2 sections are the same" in page
    assert "1 source is the same" in page


def test_any_two_are_compared_in_both_directions(client, editor, article):
    version = Version.objects.keep(article, article.content(), by=editor, reason="saved")
    article.publish(by=None)
    pairs = [("edition-1", f"version-{version.pk}"), ("edition-1", "edition-2"), ("live", "draft")]
    for old, new in pairs[:2]:
        assert "<del>first</del> <ins>second</ins>" in text(get(client, article, old=old, new=new))
        assert "<del>second</del> <ins>first</ins>" in text(get(client, article, old=new, new=old))
    assert "No difference" in text(get(client, article, old="live", new="draft"))
    same = get(client, article, old=f"version-{version.pk}", new="draft")
    assert "No difference" in text(same)


def test_a_moved_section_is_shown_as_moved(client, editor, article):
    article.sections.filter(heading="It warms").update(ordering=99)
    page = text(get(client, article))
    assert "Moved here, was Pro 1" in page
    assert "Was Pro 1 here." in page
    assert "Pro 2 moved" in page
    assert "Pro 1 moved" not in page


def test_new_and_removed_sections_are_shown(client, editor, article):
    article.sections.filter(heading="It warms").delete()
    factories.section(article, kind="con", heading="It stains", body="<p>Cups.</p>")
    page = text(get(client, article))
    assert "<ins>It stains</ins>" in page
    assert "<del>It warms</del>" in page
    assert "Con 2 new" in page
    assert "It warms removed" in page
    assert "Not in Edition 1." in page


def test_both_views_are_one_link_apart(client, editor, article):
    side = text(get(client, article))
    assert "view=inline" in side
    assert " compare inline" not in side
    inline = text(get(client, article, view="inline"))
    assert " compare inline" in inline


def test_hostile_text_in_the_rows_is_not_printed(client, editor, article):
    article.title = "<script>alert(1)</script>"
    article.save()
    article.sections.update(heading="<img src=x onerror=alert(1)>")
    page = text(get(client, article))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "ref",
    ["edition-2", "edition-0", "edition-", "edition-1x", "edition-99999999999", "version-1", "x"],
)
def test_what_does_not_exist_is_not_found_and_that_is_said(client, editor, article, ref):
    for query in ({"old": ref}, {"new": ref}):
        answer = get(client, article, **query)
        assert answer.status_code == 404
        assert "This article has no such edition or saved version." in text(answer)


def test_texts_of_another_article_are_not_found(client, editor, article):
    other = factories.live_article("Other")
    other.publish(by=None)
    version = Version.objects.keep(other, other.content(), by=None, reason="saved")
    assert get(client, article, old=f"version-{version.pk}").status_code == 404
    assert get(client, article, old="edition-2").status_code == 404


def test_without_a_live_edition_there_is_nothing_to_compare_with(client, editor):
    answer = get(client, factories.article())
    assert answer.status_code == 404
    assert "Readers see nothing of this article now" in text(answer)


def test_an_article_that_does_not_exist_is_not_compared(client, editor, article):
    url = reverse("admin:blog_article_compare", args=["99/x"])
    assert client.get(url).status_code == 302


def test_the_number_of_queries_does_not_grow(
    client, editor, article, django_assert_max_num_queries
):
    for number in range(30):
        source = factories.source(article, f"Source {number}")
        factories.section(article, kind="pro", heading=f"Point {number}").sources.add(source)
        user = factories.author(f"writer{number}")
        Version.objects.keep(article, article.content(), by=user, reason="saved")
    with django_assert_max_num_queries(24):
        get(client, article)


def test_a_reviewer_compares_and_is_offered_no_restoring(client, article):
    client.force_login(factories.user("rae", group="Reviewer"))
    page = get(client, article)
    assert page.status_code == 200
    assert "/restore/" not in text(page)


def test_an_author_compares_and_is_offered_restoring(client, article):
    client.force_login(factories.author())
    restore = reverse("admin:blog_article_restore", args=[article.pk, "edition-1"])
    assert restore in text(get(client, article))


def test_who_has_no_part_in_articles_compares_nothing(client, article):
    client.force_login(factories.moderator())
    assert get(client, article).status_code == 403


def test_without_logging_in_nothing_is_compared(client, article):
    assert get(client, article).url.startswith(reverse("admin:login"))
