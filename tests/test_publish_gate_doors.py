"""The gate at every door: none lets an error pass, none is held up by a warning; and how the desk
shows what was found."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from blog import checks
from blog.models import Article
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_article_changelist")
NO_BODY = "Con 1 has no text. Say in a few sentences why it counts, or delete it."


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def said(page):
    return " ".join(str(message) for message in page.context["messages"])


def failing():
    article = factories.article()
    article.sections.filter(kind="con").update(body="<p>&nbsp;</p>")
    article.refresh_digest()
    return article


def warned():
    """With every warning, and no error."""
    article = factories.article("Tea " * 30, next_review_on=timezone.localdate() - timedelta(1))
    body = f"<p>{'word ' * 99}<a href='/articles/never/'>here</a></p>"
    article.sections.filter(kind="con").update(body=body, heading="It warms")
    article.refresh_digest()
    return article


@pytest.fixture
def editor(client):
    user = factories.editor()
    client.force_login(user)
    return user


def publish(article, client):
    article.publish(by=None)


def schedule(article, client):
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))


def press(button):
    def send(article, client):
        changes = {"go_live_on": "2099-01-01T10:00"} if button == "_schedule" else {}
        page = client.get(change_url(article))
        client.post(change_url(article), fill(page, changes, button=button))

    return send


def act(article, client):
    client.post(LIST, {"action": "publish_selected", "_selected_action": [article.pk]})


DOORS = [publish, schedule, press("_publish"), press("_schedule"), act]


@pytest.mark.parametrize("door", DOORS)
def test_an_error_keeps_every_door_shut(client, editor, door):
    article = failing()
    with suppress(ValidationError):
        door(article, client)
    assert not article.editions.exists()


@pytest.mark.parametrize("door", DOORS)
def test_warnings_keep_none_shut(client, editor, door):
    article = warned()
    found = checks.findings(article.content())
    assert {finding.code for finding in found} == {
        "lopsided",
        "title_too_long",
        "no_summary",
        "long_sentence",
        "duplicate_heading",
        "vague_link",
        "broken_link",
        "review_overdue",
    }
    door(article, client)
    assert article.editions.count() == 1


def test_an_import_with_a_point_that_says_nothing_publishes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "tea.txt"
    text = (
        "Tea\nMay 3, 2024\n\nThe Pros of tea\n\n1. It warms\nYes.\n\n"
        "The Cons of tea\n\n1. It cools\nNo.\n"
    )
    path.write_text(text)
    monkeypatch.setattr(checks, "errors", lambda content: ["Not like this."])
    with pytest.raises(CommandError, match="Not like this"):
        call_command("import_article", str(path), "--publish", verbosity=0)
    assert not Article.objects.exists()


def test_the_bulk_action_says_for_each_article_what_is_in_the_way(client, editor):
    failing()
    other = factories.article("Milk", cons=())
    data = {"action": "publish_selected", "_selected_action": [a.pk for a in Article.objects.all()]}
    page = client.post(LIST, data, follow=True)
    assert f"“Is tea good for you?” was not published: {NO_BODY}" in said(page)
    assert "“Milk” was not published: There is no con." in said(page)
    assert not other.editions.exists()


# The panel


def ids(page):
    return set(re.findall(r'\bid="([^"]+)"', page.content.decode()))


def links(page):
    return set(re.findall(r'<a href="#([^"]+)" data-finding>', page.content.decode()))


def everything_wrong():
    """An article with every finding that rows can have."""
    article = factories.article(
        "Tea " * 30,
        is_clinical=True,
        pros_intro="<p><a href='/articles/never/'>here</a></p>",
        cons_heading="It warms",
    )
    factories.section(article, kind="text", heading="It warms", body="<p>" + "word " * 40 + "</p>")
    factories.section(article, kind="pro", heading=" ", body="")
    factories.section(article, kind="con", body="<p>a</p>", ordering=5)
    factories.source(article, title=" ")
    article.refresh_digest()
    return article


def test_each_finding_links_to_a_field_that_is_on_the_page(client, editor):
    article = everything_wrong()
    page = client.get(change_url(article))
    found = checks.findings(article.content())
    assert len(page.context["blocking"]) + len(page.context["informing"]) == len(found) > 15
    assert {"id_pro-1-heading", "id_pro-1-body", "id_con-0-sources", "id_sources-0-title"} <= links(
        page
    )
    assert links(page) <= ids(page)
    assert len(links(page)) > 8
    html = page.content.decode()
    assert "9 errors" in html
    for finding in found:
        assert finding.sentence.split("“")[0] in html


def test_a_link_goes_to_the_row_of_its_section(client, editor):
    article = failing()
    factories.section(article, kind="con", heading="First", ordering=1)
    html = client.get(change_url(article)).content.decode()
    sentence = NO_BODY.replace("Con 1", "Con 2")
    assert f'<a href="#id_con-1-body" data-finding>{sentence}</a>' in html
    assert re.search(r'id="id_con-1-heading"[^>]*>\s*It cools<', html)


def test_without_sources_the_link_goes_to_where_one_adds_them(client, editor):
    page = client.get(change_url(factories.article(is_clinical=True)))
    assert "source-list" in links(page) & ids(page)


def test_a_reviewer_gets_links_to_the_cards(client):
    client.force_login(factories.reviewer())
    page = client.get(change_url(everything_wrong()))
    assert {"pro-1", "con-0", "sources-0"} <= links(page) <= ids(page)


def test_a_refused_publication_lists_the_findings_as_links(client, editor):
    article = failing()
    page = client.get(change_url(article))
    data = fill(page, button="_publish")
    page = client.post(change_url(article), data, follow=True)
    assert "it was not published" in said(page)
    assert f'<li><a href="#id_con-0-body">{NO_BODY}</a></li>' in said(page)
    assert "id_con-0-body" in ids(page)


def test_a_refusal_shows_no_markup_of_a_link(client, editor):
    article = failing()
    article.sections.filter(kind="con").update(
        body='<p>Tea <a href="https://example.org/?<script>"></a></p>'
    )
    data = fill(client.get(change_url(article)), button="_publish")
    assert (
        b"<script>"
        not in client.post(change_url(article), data, follow=True)
        .content.split(b"messagelist")[1]
        .split(b"</ul>")[0]
    )


def test_when_nothing_stands_in_the_way_the_panel_says_so(client, editor):
    page = client.get(change_url(warned())).content.decode()
    assert "Nothing stands in the way." in page
    assert "8 warnings" in page
    assert "Nothing stands in the way." not in client.get(change_url(failing())).content.decode()
