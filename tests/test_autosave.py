"""The form that saves itself: what it keeps, what it leaves to the buttons, and for whom."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from blog.models import Article, Version
from tests import factories
from tests.forms import fill
from tests.test_article_admin import ADD, after, change_url, new_row

pytestmark = pytest.mark.django_db

NEW = reverse("admin:blog_article_autosave_new")


def autosave_url(article):
    return reverse("admin:blog_article_autosave", args=[article.pk])


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


@pytest.fixture
def article():
    return factories.article(pros=["A", "B"], summary="First.")


def autosave(client, article, changes):
    data = fill(client.get(change_url(article)), changes, button="_x")
    return client.post(autosave_url(article), data)


def test_fields_and_rows_are_saved_to_the_working_copy(client, editor, article):
    row = new_row("con", 1, heading="New", body="<p>n</p>", ordering="90", region="main")
    changes = {"summary": "Second.", "pro-1-heading": "B mended"} | row
    answer = autosave(client, article, changes).json()
    article.refresh_from_db()
    assert article.summary == "Second."
    assert list(article.sections.values_list("heading", flat=True)) == [
        "A",
        "B mended",
        "It cools",
        "New",
    ]
    assert answer["problems"] == answer["conflicts"] == []
    assert answer["saved_at"]
    assert article.digest == article.content().digest == answer["digest"]


def test_readers_see_nothing_of_it(client, editor):
    article = factories.live_article()
    before = client.get(article.get_absolute_url()).content
    autosave(client, article, {"title": "Other", "pro-0-heading": "Other"})
    assert client.get(article.get_absolute_url()).content == before


def test_a_new_article_is_added_once_and_has_its_address_from_then_on(client, editor):
    data = fill(client.get(ADD), {"title": "Is t"}, button="_x")
    answer = client.post(NEW, data).json()
    article = Article.objects.get()
    assert answer["where"]["change"] == change_url(article)
    data |= {"title": "Is tea good?", "opened": json.dumps(answer["opened"][""])}
    assert client.post(NEW, data).json()["where"] == answer["where"]
    article = Article.objects.get()
    assert article.title == "Is tea good?"
    after(client, client.post(ADD, data | {"_save": "1"}))
    assert Article.objects.count() == 1
    assert LogEntry.objects.filter(object_id=str(article.pk), action_flag=1).count() == 1


def test_a_new_article_without_a_title_or_author_is_kept_all_the_same(client, editor):
    data = fill(client.get(ADD), {"summary": "Only this.", "author": ""}, button="_x")
    answer = client.post(NEW, data).json()
    article = Article.objects.get()
    assert (article.summary, article.title) == ("Only this.", "Untitled article")
    assert article.author.slug == "editorial-team"
    assert [problem["label"] for problem in answer["problems"]] == ["Title", "Author"]


def test_what_is_not_valid_yet_stays_in_the_form_and_the_rest_is_saved(client, editor, article):
    row = new_row("sources", 0, title="Half", url="https://", ordering="10")
    answer = autosave(client, article, {"title": "", "summary": "Saved."} | row).json()
    article.refresh_from_db()
    assert (article.title, article.summary) == ("Is tea good for you?", "Saved.")
    assert not article.sources.exists()
    assert {problem["row"] for problem in answer["problems"]} == {"", "sources-0"}
    assert "title" not in answer["opened"][""]
    assert "sources-0" not in answer["opened"]


def test_author_and_reviewer_in_one_is_not_saved_and_breaks_nothing(client, editor, article):
    person = factories.person()
    changes = {"author": str(person.pk), "reviewer": str(person.pk), "pro-0-heading": "Saved"}
    answer = autosave(client, article, changes).json()
    article.refresh_from_db()
    assert article.reviewer is None
    assert article.sections.filter(heading="Saved").exists()
    assert "someone other than the author" in answer["problems"][0]["says"]


def test_it_deletes_nothing_so_that_undo_stays_possible(client, editor, article):
    autosave(client, article, {"pro-0-DELETE": "on"})
    assert article.sections.filter(heading="A").exists()


@pytest.mark.parametrize("button", ["_publish", "_schedule", "_expire", "_unpublish"])
def test_it_never_publishes(client, editor, button):
    article = factories.live_article()
    changes = {button: "1", "go_live_on": "2100-01-01T10:00", "title": "Other"}
    autosave(client, article, changes)
    assert article.editions.count() == 1
    assert article.editions.live().exists()


def test_it_never_changes_the_address(client, editor, article):
    slug = article.slug
    autosave(client, article, {"slug": "half-ty", "summary": "Other"})
    article.refresh_from_db()
    assert (article.slug, article.summary) == (slug, "Other")


def test_the_address_of_a_draft_follows_the_title_that_saves_itself(client, editor, article):
    autosave(client, article, {"title": "Other"})
    article.refresh_from_db()
    assert article.slug == "other"
    public = factories.live_article("Public")
    autosave(client, public, {"title": "Other too"})
    public.refresh_from_db()
    assert public.slug == "public"


def test_a_section_that_a_colleague_changed_too_is_not_overwritten(client, editor, article):
    page = client.get(change_url(article))
    autosave(client, article, {"pro-0-body": "<p>Theirs.</p>"})
    mine = {"pro-0-body": "<p>Mine.</p>", "pro-1-heading": "B mended"}
    answer = client.post(autosave_url(article), fill(page, mine, button="_x")).json()
    assert answer["conflicts"] == [{"row": "pro-0", "label": ""}]
    assert article.sections.get(heading="A").body == "<p>Theirs.</p>"
    assert article.sections.filter(heading="B mended").exists()


def test_saving_by_itself_again_and_again_is_no_conflict_with_oneself(client, editor, article):
    data = fill(client.get(change_url(article)), button="_x")
    for text in ("<p>One.</p>", "<p>One. Two.</p>", "<p>One. Two. Three.</p>"):
        data["pro-0-body"] = data["summary"] = text
        answer = client.post(autosave_url(article), data).json()
        assert answer["conflicts"] == []
        for row, parts in answer["opened"].items():
            name = f"{row}-opened" if row else "opened"
            data[name] = json.dumps(json.loads(data[name][0]) | parts)
            data[name] = [data[name]]
    assert article.sections.get(heading="A").body == "<p>One. Two. Three.</p>"


def test_one_sitting_is_one_version_of_the_history(client, editor, article):
    for summary in ("One.", "Two.", "Three."):
        autosave(client, article, {"summary": summary})
    version = article.versions.get()
    assert version.reason == Version.Reason.AUTOSAVED
    assert (version.content.summary, version.saved_by) == ("Three.", editor)


def test_a_version_of_somebody_else_is_not_continued(client, editor, article):
    autosave(client, article, {"summary": "One."})
    client.force_login(factories.editor("edward"))
    autosave(client, article, {"summary": "Two."})
    assert article.versions.count() == 2


def test_what_is_saved_already_makes_no_version(client, editor, article):
    autosave(client, article, {"summary": "One."})
    saved_at = article.versions.get().saved_at
    autosave(client, article, {})
    assert article.versions.get().saved_at == saved_at


def test_hostile_html_is_cleaned_by_this_door_too(client, editor, article):
    autosave(client, article, {"pro-0-body": "<p onclick=x()>ok<script>x()</script></p>"})
    assert article.sections.get(heading="A").body == "<p>ok</p>"


def test_it_costs_the_same_for_2_and_for_60_sections(client, editor, django_assert_max_num_queries):
    counts = []
    for points in (1, 30):
        names = [f"Point {number}" for number in range(points)]
        article = factories.article(f"Of {points}", pros=names, cons=names)
        data = fill(client.get(change_url(article)), {"pro-0-heading": "New"}, button="_x")
        with django_assert_max_num_queries(60) as queries:
            assert client.post(autosave_url(article), data).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Who else is here


def presence_url(article):
    return reverse("admin:blog_article_presence", args=[article.pk])


def test_who_has_the_article_open_is_told_to_the_others_only(client, editor, article):
    assert client.post(presence_url(article)).json()["others"] == []
    client.force_login(factories.user("rita", group="Reviewer", first_name="Rita", last_name="R"))
    others = client.post(presence_url(article)).json()["others"]
    assert others == [{"name": "erin", "initials": "ER"}]
    client.force_login(editor)
    assert client.post(presence_url(article)).json()["others"][0]["name"] == "Rita R"
    client.post(presence_url(article), {"leave": "1"})
    client.force_login(factories.editor("edward"))
    names = [other["name"] for other in client.post(presence_url(article)).json()["others"]]
    assert names == ["Rita R"]


def test_who_has_not_been_heard_of_for_long_is_gone(client, editor, article, monkeypatch):
    client.post(presence_url(article))
    client.force_login(factories.editor("edward"))
    monkeypatch.setattr("blog.models.presence.Presence.LASTS", -Version.SITTING)
    assert client.post(presence_url(article)).json()["others"] == []


# For whom


@pytest.mark.parametrize("group", ["Reviewer", "Moderator", None])
def test_who_may_not_write_does_not_save_by_itself_either(client, article, group):
    client.force_login(factories.user("nora", group=group))
    for url in (autosave_url(article), NEW):
        assert client.post(url, {"title": "Mine", "summary": "Mine"}).status_code == 403
    article.refresh_from_db()
    assert article.summary == "First."
    assert Article.objects.count() == 1


def test_who_may_not_see_it_does_not_learn_who_does(client, article):
    client.force_login(factories.moderator())
    assert client.post(presence_url(article)).status_code == 403


@pytest.mark.parametrize("url", [autosave_url, presence_url, lambda article: NEW])
def test_anonymous_visitors_are_sent_to_the_login(client, article, url):
    response = client.post(url(article), {"title": "Mine"})
    assert response.status_code == 302
    assert "/admin/login/" in response.url
    assert Article.objects.get().title == article.title


@pytest.mark.parametrize("url", [autosave_url, presence_url, lambda article: NEW])
def test_these_doors_take_posts_alone(client, editor, article, url):
    assert client.get(url(article)).status_code == 405


def test_the_author_of_a_new_article_cannot_take_over_one_by_its_key(client, article):
    client.force_login(factories.user("nora", group="Reviewer"))
    response = client.post(NEW, {"key": str(article.key), "title": "Mine"})
    assert response.status_code == 403
