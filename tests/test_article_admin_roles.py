"""Every door of the articles at the desk, tried by those who must not pass it."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from blog.models import Article, Section
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

ADD = reverse("admin:blog_article_add")
LIST = reverse("admin:blog_article_changelist")
PUBLISHING = ["_publish", "_schedule", "_expire", "_unpublish"]
IN_A_YEAR = "2099-01-01T10:00"


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def doors(article):
    """All addresses of the articles at the desk."""
    return [
        LIST,
        ADD,
        change_url(article),
        reverse("admin:blog_article_history", args=[article.pk]),
        reverse("admin:blog_article_delete", args=[article.pk]),
        reverse("admin:blog_article_compare", args=[article.pk]),
        reverse("admin:blog_article_restore", args=[article.pk, "edition-1"]),
        reverse("admin:blog_article_trash"),
        reverse("admin:blog_article_untrash", args=[article.pk]),
    ]


@pytest.fixture
def log_in(client):
    def go(group):
        user = factories.user(group.lower() or "nobody")
        # The moderators' group may come with the comments.
        user.groups.set([Group.objects.get_or_create(name=group)[0]] if group else [])
        client.force_login(user)
        return user

    return go


def unchanged(article):
    """Whether nothing of the article was changed or published since it was made."""
    now = Article.objects.get(pk=article.pk)
    numbers = [edition.number for edition in now.editions.all()]
    live = now.editions.live().exists()
    return (now.title, numbers, live, now.editions.scheduled().exists()) == (
        article.title,
        [1],
        True,
        False,
    )


def posted(client, article, button, **changes):
    """A form as an editor would get it, for those who do not get one."""
    data = {"title": "Changed by a stranger", "author": article.author_id, "slug": article.slug}
    for prefix in ("text", "pro", "con", "sources"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    data |= {"go_live_on": IN_A_YEAR, "take_down_on": "", button: "1"} | changes
    return client.post(change_url(article), data)


def test_without_logging_in_every_door_leads_to_the_login_page(client):
    article = factories.live_article()
    for url in doors(article):
        for answer in (client.get(url), client.post(url, {"_publish": "1", "post": "yes"})):
            assert answer.status_code == 302
            assert answer.url.startswith(reverse("admin:login"))
    assert unchanged(article)


def test_a_reader_with_an_account_but_not_of_the_staff_gets_no_further(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader"))
    for url in doors(factories.live_article()):
        assert client.get(url).url.startswith(reverse("admin:login"))


@pytest.mark.parametrize("group", ["Moderator", ""])
def test_who_has_no_part_in_articles_finds_every_door_closed(client, log_in, group):
    log_in(group)
    article = factories.live_article()
    for url in doors(article):
        assert client.get(url).status_code == 403
        assert client.post(url, {"post": "yes"}).status_code == 403
    for button in ["_save", *PUBLISHING]:
        assert posted(client, article, button).status_code == 403
    for action in ("publish_selected", "unpublish_selected", "trash_selected"):
        data = {"action": action, "_selected_action": [article.pk]}
        assert client.post(LIST, data).status_code == 403
    assert unchanged(article)


def test_a_moderator_does_not_see_articles_on_the_desk(client, log_in):
    log_in("Moderator")
    assert LIST.encode() not in client.get(reverse("admin:index")).content


def test_a_reviewer_reads_and_changes_nothing(client, log_in):
    log_in("Reviewer")
    article = factories.live_article()
    source = factories.source(article)
    page = client.get(change_url(article))
    assert page.status_code == 200
    assert b"It warms" in page.content
    assert b"Some words." in page.content
    fields, buttons = read(page)
    assert not buttons
    assert not [name for name in fields if name.endswith(("heading", "body", "title"))]
    for button in ["_save", *PUBLISHING, "_add"]:
        assert posted(client, article, button).status_code == 403
    assert client.get(ADD).status_code == 403
    assert client.get(reverse("admin:blog_article_delete", args=[article.pk])).status_code == 403
    assert unchanged(article)
    assert article.sources.get() == source


@pytest.mark.parametrize("action", ["publish_selected", "unpublish_selected", "trash_selected"])
@pytest.mark.parametrize("group", ["Reviewer", "Author"])
def test_bulk_actions_are_for_editors(client, log_in, group, action):
    log_in(group)
    public, draft = factories.live_article(), factories.article("Draft")
    page = client.get(LIST)
    assert action.encode() not in page.content
    data = {"action": action, "_selected_action": [public.pk, draft.pk], "post": "yes"}
    client.post(LIST, data)
    assert unchanged(public)
    assert not draft.editions.exists()
    assert Article.objects.kept().count() == 2


def test_an_author_writes_and_saves(client, log_in):
    user = log_in("Author")
    data = fill(client.get(ADD), {"title": "Mine"})
    data |= {"pro-TOTAL_FORMS": "1", "pro-0-heading": "A", "pro-0-ordering": "10"}
    assert client.post(ADD, data).status_code == 302
    article = Article.objects.get()
    assert article.sections.get().heading == "A"
    section = article.sections.get()
    data = fill(client.get(change_url(article)), {"pro-0-DELETE": "on"})
    assert client.post(change_url(article), data).status_code == 302
    assert not Section.objects.filter(pk=section.pk).exists()
    assert not user.has_perm("blog.publish_article")


def test_an_author_has_no_button_that_publishes(client, log_in):
    log_in("Author")
    for url in (ADD, change_url(factories.article()), change_url(factories.live_article("B"))):
        buttons = read(client.get(url))[1]
        assert "_save" in buttons
        assert not set(PUBLISHING) & set(buttons)


@pytest.mark.parametrize("button", PUBLISHING)
def test_an_author_who_sends_such_a_button_all_the_same_changes_nothing(client, log_in, button):
    log_in("Author")
    article = factories.live_article()
    data = fill(client.get(change_url(article)), {"title": "Changed"}, button=button)
    assert client.post(change_url(article), data | {"go_live_on": IN_A_YEAR}).status_code == 403
    assert unchanged(article)
    data = fill(client.get(ADD), {"title": "New"}, button=button)
    assert client.post(ADD, data).status_code == 403
    assert Article.objects.count() == 1


def test_an_author_who_sends_such_a_button_beside_save_changes_nothing(client, log_in):
    log_in("Author")
    article = factories.live_article()
    data = fill(client.get(change_url(article)), {"title": "Changed", "_publish": ""})
    assert client.post(change_url(article), data).status_code == 403
    assert unchanged(article)


def test_the_moments_in_an_authors_form_have_no_effect(client, log_in):
    log_in("Author")
    article = factories.live_article()
    changes = {"go_live_on": IN_A_YEAR, "take_down_on": IN_A_YEAR, "note": "x"}
    data = fill(client.get(change_url(article)), changes)
    assert client.post(change_url(article), data).status_code == 302
    assert unchanged(article)
    assert article.editions.get().live_until is None


def test_an_author_deletes_nothing(client, log_in):
    log_in("Author")
    article = factories.article()
    url = reverse("admin:blog_article_delete", args=[article.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert Article.objects.kept().exists()


def test_permission_to_publish_alone_is_not_permission_to_write(client, log_in):
    user = log_in("Reviewer")
    user.user_permissions.add(_permission("publish_article"))
    article = factories.live_article()
    for button in PUBLISHING:
        assert posted(client, article, button).status_code == 403
    data = {"action": "unpublish_selected", "_selected_action": [article.pk]}
    client.post(LIST, data)
    assert unchanged(article)


def _permission(codename):
    return Group.objects.get(name="Editor").permissions.get(codename=codename)


def test_a_form_that_comes_from_elsewhere_is_refused(log_in, client):
    user = log_in("Editor")
    article = factories.live_article()
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(user)
    assert posted(strict, article, "_unpublish").status_code == 403
    assert unchanged(article)
