"""Addresses that change: what was public leaves a redirect, what was not leaves nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, AuditEntry, Category, Person, Redirect, Tag
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db


def rename(row, slug, **values):
    row.slug = slug
    row.save(**values)
    return row


def table():
    return dict(Redirect.objects.values_list("old_path", "target"))


def moves(client, old, new):
    answer = client.get(old)
    return (answer.status_code, answer.headers.get("Location")) == (301, new)


# By the model


def test_an_address_from_elsewhere_may_end_like_that_of_an_article_as_markdown(client):
    factories.live_article("Tea")
    Redirect.objects.add("/docs/tea.md", "/articles/tea/", by=None)
    assert moves(client, "/docs/tea.md", "/articles/tea/")


def test_an_article_that_was_public_leaves_a_redirect(client):
    erin = factories.editor("erin")
    article = factories.live_article("Tea")
    rename(article, "green-tea", by=erin)
    assert client.get("/articles/green-tea/").status_code == 200
    assert moves(client, "/articles/tea/", "/articles/green-tea/")
    assert moves(client, "/articles/tea/comment/?about=x", "/articles/green-tea/comment/?about=x")
    assert moves(client, "/articles/tea/comments.atom", "/articles/green-tea/comments.atom")
    assert moves(client, "/articles/tea.md", "/articles/green-tea.md")
    assert client.get("/articles/coffee.md").status_code == 404
    assert client.get("/topics/tea.md").status_code == 404
    assert Redirect.objects.get().created_by == erin
    entry = AuditEntry.objects.get(action="address_changed")
    assert (entry.by, entry.article) == (erin, article)
    assert entry.detail == "/articles/tea/ → /articles/green-tea/"


def test_one_that_was_public_once_leaves_one_too_and_a_draft_none():
    article = factories.live_article("Tea")
    article.unpublish(by=None)
    rename(article, "green-tea")
    assert table() == {"/articles/tea/": "/articles/green-tea/"}
    rename(factories.article("Milk"), "cream")
    assert len(table()) == 1


def test_the_new_address_of_an_article_is_told_only_while_readers_can_open_it(client):
    article = factories.live_article("Tea")
    rename(article, "green-tea")
    article.unpublish(by=None)
    answer = client.get("/articles/tea/")
    assert answer.status_code == 404
    assert b"green-tea" not in answer.content
    article.publish(by=None)
    assert moves(client, "/articles/tea/", "/articles/green-tea/")


def test_a_plan_that_nobody_has_seen_leaves_none():
    from_tomorrow = factories.article("Tea")
    from_tomorrow.schedule(by=None, at=timezone.now() + timedelta(days=1))
    rename(from_tomorrow, "green-tea")
    assert not table()


@pytest.mark.parametrize("kind", ["topics", "people"])
def test_a_topic_and_a_person_leave_one(client, kind):
    category, person = factories.category("Sleep"), factories.person("Ada")
    row = {"topics": category, "people": person}[kind]
    rename(row, "before")
    assert not table()
    factories.live_article("Tea", category=category, author=person)
    rename(row, "after")
    assert moves(client, f"/{kind}/before/", f"/{kind}/after/")
    assert client.get(f"/{kind}/after/").status_code == 200
    # The link on the page that was published before.
    assert f'href="/{kind}/before/"' in client.get("/articles/tea/").content.decode()


def test_a_reviewer_leaves_one(client):
    doctor = factories.person("Dora")
    article = factories.article("Tea", reviewer=doctor)
    factories.sign_off(article)
    article.publish(by=None)
    rename(doctor, "doctor-dora")
    assert moves(client, "/people/dora/", "/people/doctor-dora/")


def test_a_tag_has_no_page_and_leaves_none():
    rename(Tag.objects.create(name="Tea"), "coffee")
    assert not table()


def test_addresses_that_change_again_and_again_are_one_step_each(client):
    article = factories.live_article("A")
    for slug in ("b", "c", "d"):
        rename(article, slug)
    assert table() == {f"/articles/{slug}/": "/articles/d/" for slug in "abc"}


def test_going_back_to_an_earlier_address_makes_no_loop(client):
    article = factories.live_article("A")
    rename(article, "b")
    rename(article, "a")
    assert table() == {"/articles/b/": "/articles/a/"}
    assert client.get("/articles/a/").status_code == 200
    article.unpublish(by=None)
    rename(article, "b")
    assert table() == {"/articles/a/": "/articles/b/"}


def test_a_slug_that_is_used_again_wins_for_good(client):
    rename(factories.live_article("Tea"), "green-tea")
    draft = factories.article("Something else", slug="tea")
    assert moves(client, "/articles/tea/", "/articles/green-tea/")
    draft.publish(by=None)
    answer = client.get("/articles/tea/")
    assert "Something else" in answer.content.decode()
    assert not table()
    draft.unpublish(by=None)
    assert client.get("/articles/tea/").status_code == 404


def test_a_topic_that_takes_a_used_address_wins(client):
    old = factories.category("Sleep")
    factories.live_article("Tea", category=old)
    rename(old, "rest")
    factories.category("Sleep")
    assert not table()


def test_an_address_made_from_the_title_is_none_that_leads_elsewhere():
    rename(factories.live_article("Tea"), "green-tea")
    assert factories.article("Tea").slug == "tea-2"


def test_addresses_beyond_ascii_are_composed_and_lead_on(client):
    article = factories.live_article("Ka\u0308se", slug="ka\u0308se")
    assert article.slug == "käse"
    rename(article, "brot")
    assert moves(client, "/articles/k%C3%A4se/", "/articles/brot/")


# While nobody has read it, the address follows the title


def test_the_address_follows_the_title_until_the_article_is_public():
    article = Article(title="Is t", author=Person.objects.editorial_team())
    article.save()
    assert article.slug == "is-t"
    article.title = "Is tea good?"
    article.save()
    assert article.slug == "is-tea-good"
    article.save()
    assert article.slug == "is-tea-good"
    factories.section(article, kind="pro")
    factories.section(article, kind="con")
    article.publish(by=None)
    article.title = "Is coffee good?"
    article.save()
    assert article.slug == "is-tea-good"


def test_an_address_that_was_typed_does_not_follow():
    article = factories.article("Is t", slug="tea")
    article.title = "Is tea good?"
    article.save()
    assert article.slug == "tea"


def test_it_follows_past_addresses_that_are_taken():
    factories.article("Tea")
    second = factories.article("Tea")
    assert second.slug == "tea-2"
    second.title = "Coffee"
    second.save()
    assert second.slug == "coffee"
    second.title = "Tea"
    second.save()
    assert second.slug == "tea-2"


def test_saving_one_field_leaves_the_address():
    article = factories.article("Is t")
    article.title = "Is tea good?"
    article.save(update_fields=["title"])
    assert Article.objects.get().slug == "is-t"


# At the desk


@pytest.fixture
def log_in(client):
    def go(group):
        user = factories.user(group.lower(), group=group)
        client.force_login(user)
        return user

    return go


def form_of(client, article):
    return client.get(reverse("admin:blog_article_change", args=[article.pk]))


def save(client, article, page, changes):
    url = reverse("admin:blog_article_change", args=[article.pk])
    answer = client.post(url, fill(page, changes), follow=True)
    article.refresh_from_db()
    return " ".join(str(message) for message in answer.context["messages"])


def test_who_may_publish_changes_the_address_and_is_told_what_happens(client, log_in):
    editor = log_in("Editor")
    article = factories.live_article("Tea")
    said = save(client, article, form_of(client, article), {"slug": "green-tea"})
    assert "/articles/tea/ now leads readers to /articles/green-tea/" in said
    assert Redirect.objects.get().created_by == editor
    assert moves(client, "/articles/tea/", "/articles/green-tea/")


def test_an_author_cannot_move_what_was_public_but_can_move_a_draft(client, log_in):
    log_in("Author")
    article = factories.live_article("Tea")
    page = form_of(client, article)
    assert "slug" not in read(page)[0]
    save(client, article, page, {"slug": "green-tea", "initial-slug": "tea"})
    assert article.slug == "tea"
    draft = factories.article("Milk")
    save(client, draft, form_of(client, draft), {"slug": "cream"})
    assert draft.slug == "cream"
    assert not table()


def test_a_form_that_is_older_than_the_address_does_not_put_it_back(client, log_in):
    log_in("Editor")
    article = factories.live_article("Tea")
    page = form_of(client, article)
    rename(article, "green-tea")
    save(client, article, page, {"summary": "Yes."})
    assert (article.slug, article.summary) == ("green-tea", "Yes.")
    assert table() == {"/articles/tea/": "/articles/green-tea/"}


def test_the_address_follows_the_title_each_time(client, log_in):
    log_in("Author")
    article = factories.article("Is t")
    for title in ("Is tea", "Is tea good?"):
        save(client, article, form_of(client, article), {"title": title})
    assert article.slug == "is-tea-good"


def test_an_address_that_is_taken_or_none_is_refused_at_the_field(client, log_in):
    log_in("Editor")
    factories.article("Milk")
    article = factories.live_article("Tea")
    page = form_of(client, article)
    url = reverse("admin:blog_article_change", args=[article.pk])
    for slug in ("milk", "a b", "../x"):
        answer = client.post(url, fill(page, {"slug": slug}))
        assert "slug" in answer.context["adminform"].form.errors
    assert not table()


@pytest.mark.parametrize(("model", "kind"), [(Category, "topics"), (Person, "people")])
def test_an_editor_moves_topics_and_people(client, log_in, model, kind):
    log_in("Editor")
    category, person = factories.category("Sleep"), factories.person("Ada")
    article = factories.live_article("Tea", category=category, author=person)
    row = {Category: category, Person: person}[model]
    old = row.slug
    name = model._meta.model_name
    url = reverse(f"admin:blog_{name}_change", args=[row.pk])
    data = fill(client.get(url), {"slug": "moved"}, form_id=f"{name}_form")
    said = client.post(url, data, follow=True).content.decode()
    assert f"/{kind}/{old}/ now leads readers to /{kind}/moved/" in said
    assert moves(client, f"/{kind}/{old}/", f"/{kind}/moved/")
    assert Article.objects.with_status().get(pk=article.pk).status == "live_with_changes"
