"""The history of an article: every edition and saved version, and who did what else."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.admin import history
from blog.models import AuditEntry, Edition, Version
from tests import factories

pytestmark = pytest.mark.django_db


def url(article):
    return reverse("admin:blog_article_history", args=[article.pk])


def change(article, title, by=None, reason="saved", note=""):
    article.title = title
    article.save()
    article.refresh_digest()
    return Version.objects.keep(article, article.content(), by=by, reason=reason, note=note)


def rows(page):
    """The text of each line of the list."""
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    texts = [re.sub(r"<[^>]*>", " ", row) for row in body.split("<tr")[1:]]
    return [" ".join(text.partition(">")[2].split()) for text in texts]


def refs(page, side="from"):
    return re.findall(rf'name="{side}" value="([^"]*)"', page.content.decode())


def checked(page, side):
    return re.findall(rf'name="{side}" value="([^"]*)" checked', page.content.decode())


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    user.first_name, user.last_name = "Erin", "Example"
    user.save()
    client.force_login(user)
    return user


def test_every_edition_and_version_is_listed_with_who_when_and_why(client, editor):
    article = factories.article()
    article.publish(by=editor, note="First of all")
    change(article, "Second", by=editor, note="After the talk")
    change(article, "Third", by=None, reason="imported")
    page = client.get(url(article))
    today = timezone.localtime().strftime("%b %Y")
    draft, imported, saved, edition = rows(page)
    assert draft.startswith("From the working copy")
    assert "Imported" in imported
    assert "a command" in imported
    assert "Saved After the talk" in saved
    assert "Erin Example" in saved
    assert "Edition 1 Live First of all live from" in edition
    assert "Erin Example" in edition
    assert all(today in row for row in (imported, saved, edition))
    assert len(refs(page)) == len(refs(page, "to")) == 4


def test_the_live_edition_and_the_working_copy_are_chosen_at_first(client, editor):
    article = factories.live_article()
    change(article, "Second")
    page = client.get(url(article))
    assert (checked(page, "from"), checked(page, "to")) == (["edition-1"], ["draft"])


def test_planned_ended_and_dropped_editions_are_told_apart(client, editor):
    article = factories.live_article()
    Edition.objects.update(live_from=timezone.now() - timedelta(days=2))
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    article.schedule(by=None, at=timezone.now() + timedelta(days=3))
    listed = rows(client.get(url(article)))
    (planned,) = [row for row in listed if "Edition 3" in row]
    (dropped,) = [row for row in listed if "Edition 2" in row]
    (live,) = [row for row in listed if "Edition 1" in row]
    assert "Scheduled live from" in planned
    assert "never shown" in dropped
    assert " to " in live.partition("live from")[2]


def test_deeds_without_a_text_are_listed_and_cannot_be_compared(client, editor):
    article = factories.live_article()
    article.unpublish(by=editor)
    page = client.get(url(article))
    assert [row for row in rows(page) if row.startswith("Unpublished")]
    assert refs(page) == ["draft", "edition-1"]
    # The edition itself tells that it was published.
    assert not [row for row in rows(page) if row.startswith("Published")]


def test_what_django_logged_about_the_same_deed_is_no_line_of_its_own(client, editor):
    article = factories.article()
    data = {"action": "publish_selected", "_selected_action": [article.pk]}
    client.post(reverse("admin:blog_article_changelist"), data)
    (_draft, edition) = rows(client.get(url(article)))
    assert "Edition 1" in edition
    assert "Published edition 1." in edition


def test_nothing_of_another_article_is_listed(client, editor):
    article, other = factories.article("One"), factories.live_article("Other")
    change(other, "Changed", note="Only there")
    other.unpublish(by=editor)
    assert len(rows(client.get(url(article)))) == 1


def test_a_title_and_a_note_are_escaped(client, editor):
    article = factories.live_article("<script>alert(1)</script>")
    change(article, "<b>x", note="<script>alert(2)</script>")
    assert b"<script>alert" not in client.get(url(article)).content


def test_a_long_history_has_pages_and_any_two_lines_can_be_chosen(client, editor):
    article = factories.live_article()
    first = change(article, "The first of many")
    for number in range(history.PER_PAGE + 5):
        change(article, f"Title {number}")
    page = client.get(url(article))
    newest = refs(page)[1]
    assert len(refs(page)) == history.PER_PAGE + 1
    assert f"version-{first.pk}" not in refs(page)
    older = client.get(url(article), {"page": 2, "from": newest, "to": "draft"})
    assert {f"version-{first.pk}", "edition-1", newest, "draft"} <= set(refs(older))
    assert checked(older, "from") == [newest]
    assert "Page 2 of 2" in older.content.decode()


@pytest.mark.parametrize("page", ["0", "99", "x", ""])
def test_a_page_that_does_not_exist_is_the_nearest_one(client, editor, page):
    answer = client.get(url(factories.article()), {"page": page, "from": "nonsense"})
    assert answer.status_code == 200


def test_the_number_of_queries_does_not_grow(client, editor, django_assert_max_num_queries):
    article = factories.live_article()
    for number in range(40):
        change(article, f"Title {number}", by=factories.author(f"writer{number}"))
        if number % 4 == 0:
            article.publish(by=editor)
            article.unpublish(by=editor)
    assert AuditEntry.objects.count() > 20
    with django_assert_max_num_queries(16):
        client.get(url(article))


def test_who_may_only_read_restores_nothing_from_here(client, editor):
    article = factories.live_article()
    restore = reverse("admin:blog_article_restore", args=[article.pk, "edition-1"])
    assert restore in client.get(url(article)).content.decode()
    client.force_login(factories.user("rae", group="Reviewer"))
    page = client.get(url(article))
    assert page.status_code == 200
    assert restore not in page.content.decode()


def test_who_has_no_part_in_articles_sees_no_history(client):
    article = factories.live_article()
    client.force_login(factories.user("mo", group="Moderator"))
    assert client.get(url(article)).status_code == 403


def test_without_logging_in_there_is_no_history(client):
    answer = client.get(url(factories.live_article()))
    assert answer.url.startswith(reverse("admin:login"))


def test_the_form_leads_to_the_history_and_to_what_changed(client, editor):
    article = factories.live_article()
    form = reverse("admin:blog_article_change", args=[article.pk])
    assert url(article) in client.get(form).content.decode()
    assert "Compare with live" not in client.get(form).content.decode()
    change(article, "Changed")
    page = client.get(form).content.decode()
    compare = reverse("admin:blog_article_compare", args=[article.pk])
    assert f"{compare}?from=live&amp;to=draft" in page
    assert "Compare with live" in page
    article.unpublish(by=None)
    assert "Compare with live" not in client.get(form).content.decode()
