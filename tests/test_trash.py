"""The trash: what is in it is nowhere else, comes back with all it had, and goes after 30 days."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from blog import trash
from blog.models import (
    Article,
    AuditEntry,
    Edition,
    Image,
    Section,
    SignOff,
    Source,
    Version,
)
from comments.models import Comment, Decision
from tests import factories, tasks
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_article_changelist")
TRASH = reverse("admin:blog_article_trash")


def url(name, article):
    return reverse(f"admin:blog_article_{name}", args=[article.pk])


def fresh(article):
    return Article.objects.get(pk=article.pk)


def full_article():
    """Public, with everything that can hang on an article."""
    article = factories.article("Is tea good?", reviewer=factories.person("Rae"))
    article.sections.first().sources.add(factories.source(article))
    factories.sign_off(article)
    article.publish(by=None)
    article.publish(by=None)
    point = article.sections.first()
    factories.approved(article, about=point.key)
    factories.comment(article, name="Bo")
    Version.objects.keep(article, article.content(), by=None, reason="saved")
    return article


def age(article, days):
    Article.objects.filter(pk=article.pk).update(trashed_at=timezone.now() - timedelta(days=days))


@pytest.fixture
def editor(client):
    user = factories.editor()
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def no_jobs():
    tasks.later.clear()


# The deeds


def test_what_is_trashed_keeps_every_row_and_readers_lose_it(client):
    article, user = full_article(), factories.editor()
    before = article.content()
    counts = [m.objects.count() for m in (Section, Source, Edition, Version, SignOff, Comment)]
    assert article.trash(by=user)
    assert counts == [
        m.objects.count() for m in (Section, Source, Edition, Version, SignOff, Comment)
    ]
    assert client.get(article.get_absolute_url()).status_code == 404
    assert client.get(reverse("comments:write", args=[article.slug])).status_code == 404
    assert client.post(reverse("comments:write", args=[article.slug])).status_code in {403, 404}
    assert b"Is tea good?" not in client.get("/").content
    article = fresh(article)
    assert (article.trashed_by, article.editions.live().exists()) == (user, False)
    assert article.untrash(by=user)
    assert fresh(article).content() == before
    assert fresh(article).trashed_at is None
    # It comes back as it was, and publishing is one more click.
    assert client.get(article.get_absolute_url()).status_code == 404
    fresh(article).publish(by=user)
    page = client.get(article.get_absolute_url())
    assert page.status_code == 200
    assert b"I drink it every day." in page.content


def test_plans_are_dropped():
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    article.trash(by=None)
    assert not article.editions.current_or_scheduled().exists()


def test_both_deeds_are_in_the_audit_trail_once():
    article, user = factories.article(), factories.editor()
    assert article.trash(by=user)
    assert not article.trash(by=user)
    assert article.untrash(by=user)
    assert not article.untrash(by=user)
    actions = AuditEntry.objects.filter(article=article).values_list("action", "by")
    assert set(actions) == {("trashed", user.pk), ("untrashed", user.pk)}
    assert len(actions) == 2


@pytest.mark.parametrize(
    "deed",
    [
        lambda article: article.publish(by=None),
        lambda article: article.schedule(by=None, at=timezone.now() + timedelta(days=1)),
        lambda article: article.expire(by=None, at=None),
        lambda article: article.restore(article.content(), by=None, of="x"),
    ],
    ids=["publish", "schedule", "expire", "restore"],
)
def test_nothing_is_done_to_what_is_in_the_trash(deed):
    article = factories.live_article()
    article.trash(by=None)
    with pytest.raises(ValidationError, match="is in the trash"):
        deed(article)
    assert not article.editions.current_or_scheduled().exists()
    assert article.editions.count() == 1


def test_after_30_days_it_does_not_come_back():
    article = factories.article()
    article.trash(by=None)
    age(article, 29)
    assert article in Article.objects.in_trash()
    assert fresh(article).days_in_trash == 1
    age(article, 30)
    assert article not in Article.objects.in_trash()
    assert article not in Article.objects.kept()
    with pytest.raises(ValidationError, match="too long"):
        article.untrash(by=None)
    assert fresh(article).trashed_at


def test_nothing_else_deletes_an_article():
    article = full_article()
    for attempt in (
        article.delete,
        Article.objects.all().delete,
        Article.objects.filter(pk=article.pk).delete,
    ):
        with pytest.raises(TypeError, match="Move it to the trash"):
            attempt()
    assert article.editions.count() == 2


# For good


def test_after_30_days_everything_goes_and_the_trail_stays():
    article, kept = full_article(), factories.live_article("Another")
    factories.approved(kept, name="Cy")
    article.trash(by=None)
    age(article, 30)
    assert Article.objects.purge() == 1
    assert list(Article.objects.all()) == [kept]
    for model in (Section, Edition, Comment):
        assert {row.article for row in model.objects.all()} == {kept}
    assert {decision.comment.article for decision in Decision.objects.all()} == {kept}
    assert not any(model.objects.exists() for model in (Source, Version, SignOff))
    trail = AuditEntry.objects.filter(article_id=article.pk).values_list("action", flat=True)
    assert {"published", "trashed", "deleted"} <= set(trail)
    assert AuditEntry.objects.get(action="deleted").subject == "Is tea good?"
    assert Article.objects.purge() == 0


def test_the_picture_stays_in_the_library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = Image.objects.create(name="Cup", file="images/cup.png", width=1, height=1)
    image.file.storage.save("images/cup.png", ContentFile(b"x"))
    article = factories.article(image=image)
    article.trash(by=None)
    age(article, 31)
    Article.objects.purge()
    assert Image.objects.get() == image


def test_what_is_not_due_or_was_taken_out_is_not_purged():
    young, back = factories.article("Young"), factories.article("Back")
    for article in (young, back):
        article.trash(by=None)
    age(young, 29)
    age(back, 31)
    Article.objects.filter(pk=back.pk).update(trashed_at=None)
    assert Article.objects.purge() == 0
    assert Article.objects.count() == 2


def test_the_job_for_the_day_is_there_from_the_beginning(django_capture_on_commit_callbacks):
    article = factories.article()
    with django_capture_on_commit_callbacks(execute=True):
        article.trash(by=None)
    ((job, args, kwargs),) = tasks.later
    assert job.run_after - timezone.now() > trash.KEPT_FOR
    job.func(*args, **kwargs)
    assert Article.objects.exists()
    age(article, 30)
    job.func(*args, **kwargs)
    job.func(*args, **kwargs)
    assert not Article.objects.exists()


# The desk


def act(client, action, *articles, at=LIST):
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(at, data, follow=True)


def test_the_page_asks_first_and_the_button_moves_it(client, editor):
    article = factories.live_article()
    assert url("delete", article) in client.get(url("change", article)).content.decode()
    page = client.get(url("delete", article))
    assert "Readers see it now." in page.content.decode()
    assert not fresh(article).trashed_at
    page = client.post(url("delete", article), follow=True)
    assert "is in the trash." in page.content.decode()
    assert fresh(article).trashed_by == editor


def test_many_are_moved_at_once(client, editor):
    one, two, three = (factories.live_article(name) for name in ("One", "Two", "Three"))
    page = act(client, "trash_selected", one, two)
    assert "2 articles moved to the trash." in page.content.decode()
    assert list(Article.objects.kept()) == [three]
    page = act(client, "untrash_selected", one, two, at=TRASH)
    assert "2 articles are back" in page.content.decode()
    assert Article.objects.kept().count() == 3


def test_nothing_at_the_desk_deletes_for_good(client, editor):
    article = factories.article()
    page = client.get(LIST).content.decode()
    assert "delete_selected" not in page
    act(client, "delete_selected", article)
    act(client, "delete_drafts", article)
    client.post(url("delete", article), {"post": "yes"})
    assert Article.objects.exists()


def test_the_trash_is_a_list_of_its_own_with_the_days_left(client, editor):
    article, other = factories.article("In the bin"), factories.article("Elsewhere")
    article.trash(by=editor)
    age(article, 10)
    page = client.get(TRASH).content.decode()
    assert "In the bin" in page
    assert "20 days" in page
    assert "Elsewhere" not in page
    assert "untrash_selected" in page
    assert "publish_selected" not in page
    page = client.get(LIST).content.decode()
    assert "In the bin" not in page
    assert "Elsewhere" in page
    assert f'href="{TRASH}"' in page
    assert other


def test_what_is_trashed_is_nowhere_else_at_the_desk(client, editor):
    article = factories.article("In the bin")
    factories.article("Elsewhere")
    article.trash(by=None)
    for query in ({}, {"q": "bin"}, {"status": "draft"}, {"all": ""}):
        assert "In the bin" not in client.get(LIST, query).content.decode()
    assert re.search(r"1 article\b", client.get(LIST).content.decode())
    assert "In the bin" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("action", ["publish_selected", "unpublish_selected", "trash_selected"])
@pytest.mark.parametrize("at", [LIST, TRASH])
def test_no_other_action_reaches_it(client, editor, action, at):
    article = factories.article()
    article.trash(by=None)
    when = fresh(article).trashed_at
    act(client, action, article, at=at)
    assert fresh(article).trashed_at == when
    assert not article.editions.exists()


def test_the_action_that_takes_out_reaches_only_what_is_in(client, editor):
    article = factories.article()
    article.trash(by=None)
    act(client, "untrash_selected", article, at=LIST)
    assert fresh(article).trashed_at


def test_its_form_is_to_be_read_and_has_one_button(client, editor):
    article = factories.article("In the bin")
    before = client.get(url("change", article))
    article.trash(by=None)
    page = client.get(url("change", article))
    assert page.status_code == 200
    assert "Take out of the trash" in page.content.decode()
    assert url("untrash", article) in page.content.decode()
    fields, buttons = read(page)
    assert not buttons
    assert not [name for name in fields if name.endswith(("title", "heading", "body"))]
    for button in ("_save", "_publish", "_schedule", "_unpublish"):
        data = fill(before, {"title": "Changed"}, button=button)
        assert client.post(url("change", article), data).status_code == 403
    assert client.get(url("delete", article)).status_code == 403
    assert (fresh(article).title, article.editions.count()) == ("In the bin", 0)


def test_the_button_takes_it_out(client, editor):
    article = full_article()
    article.trash(by=None)
    page = client.post(url("untrash", article), follow=True)
    assert "is back as it was. It is not public" in page.content.decode()
    assert b'name="_publish"' in page.content
    assert not fresh(article).trashed_at
    assert not article.editions.live().exists()


def test_looking_at_the_address_of_the_button_changes_nothing(client, editor):
    article = factories.article()
    article.trash(by=None)
    assert client.get(url("untrash", article)).status_code == 405
    assert fresh(article).trashed_at


def test_its_history_is_to_be_read_and_nothing_is_restored(client, editor):
    article = factories.live_article()
    article.trash(by=None)
    restore = reverse("admin:blog_article_restore", args=[article.pk, "edition-1"])
    page = client.get(url("history", article))
    assert "Moved to the trash" in page.content.decode()
    assert restore not in page.content.decode()
    assert client.get(restore).status_code == 403
    assert client.post(restore).status_code == 403


def test_what_is_too_old_is_not_shown_though_no_worker_ran(client, editor):
    article = factories.article("In the bin")
    article.trash(by=None)
    age(article, 31)
    assert "In the bin" not in client.get(TRASH).content.decode()
    assert client.get(url("change", article)).status_code == 302
    assert client.post(url("untrash", article)).status_code == 404
    assert client.post(TRASH, {"action": "untrash_selected", "_selected_action": [article.pk]})
    assert fresh(article).trashed_at


def test_an_address_in_the_trash_is_taken_and_that_is_said(client, editor):
    article, other = factories.article("Tea"), factories.article("Other")
    article.trash(by=None)
    page = client.get(url("change", other))
    answer = client.post(url("change", other), fill(page, {"slug": article.slug}))
    assert "An article in the trash has this address." in answer.content.decode()
    assert "already exists" not in answer.content.decode()
    assert factories.article("Tea").slug == "tea-2"


def test_its_comments_stay_with_the_moderators(client):
    article = full_article()
    article.trash(by=None)
    client.force_login(factories.moderator())
    page = client.get(reverse("admin:comments_comment_changelist"), {"status": "all"})
    assert b"I drink it every day." in page.content


def test_titles_in_messages_are_escaped(client, editor):
    article = factories.article("<script>alert(1)</script>")
    page = client.post(url("delete", article), follow=True)
    assert b"<script>alert" not in page.content


# Who may do what


def closed(client, article, trashed, status):
    answers = [
        client.get(url("delete", article)),
        client.post(url("delete", article)),
        client.post(url("untrash", trashed)),
    ]
    act(client, "trash_selected", article)
    act(client, "untrash_selected", trashed, at=TRASH)
    return {answer.status_code for answer in answers} == {status} and (
        not fresh(article).trashed_at and fresh(trashed).trashed_at
    )


@pytest.fixture
def pair():
    article, trashed = factories.live_article("Kept"), factories.article("Trashed")
    trashed.trash(by=None)
    return article, trashed


@pytest.mark.parametrize("group", ["Author", "Reviewer", "Moderator"])
def test_who_may_not_delete_moves_nothing_in_or_out(client, pair, group):
    client.force_login(factories.user("other", group=group))
    assert closed(client, *pair, 403)
    page = client.get(url("change", pair[1])).content.decode()
    assert "Take out of the trash" not in page
    assert "Move to the trash" not in client.get(url("change", pair[0])).content.decode()


def test_a_moderator_does_not_see_the_trash(client):
    client.force_login(factories.moderator())
    assert client.get(TRASH).status_code == 403


def test_without_logging_in_nothing_moves(client, pair):
    assert closed(client, *pair, 302)
    assert client.get(TRASH).url.startswith(reverse("admin:login"))


def test_who_may_delete_but_not_publish_takes_nothing_from_readers(client, pair):
    user = factories.author("deleter")
    permissions = factories.editor("other").groups.get().permissions
    user.user_permissions.add(permissions.get(codename="delete_article"))
    client.force_login(user)
    assert client.post(url("delete", pair[0])).status_code == 403
    page = act(client, "trash_selected", pair[0])
    assert "is public or planned" in page.content.decode()
    assert pair[0].editions.live().exists()
    draft = factories.article("Draft")
    assert client.post(url("delete", draft)).status_code == 302
    assert fresh(draft).trashed_at


def test_a_form_from_elsewhere_moves_nothing(client, editor, pair):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert closed(strict, *pair, 403) or not fresh(pair[0]).trashed_at
    assert strict.post(url("delete", pair[0])).status_code == 403
    assert strict.post(url("untrash", pair[1])).status_code == 403
    assert fresh(pair[1]).trashed_at
