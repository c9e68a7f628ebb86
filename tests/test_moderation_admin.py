import re

import pytest
from django.test import Client
from django.urls import reverse

from comments.models import Comment, Decision, Status
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/comments/comment/"


@pytest.fixture
def article():
    return factories.live_article("Is tea good for you?", pros=["It warms"], cons=["It cools"])


@pytest.fixture
def moderator(client):
    account = factories.moderator("mo")
    client.force_login(account)
    return account


@pytest.fixture
def viewer():
    account = factories.user("viewer")
    account.user_permissions.add(permission("view_comment"))
    return account


def permission(codename):
    return factories.Group.objects.get(name="Moderator").permissions.get(codename=codename)


def change_url(comment):
    return reverse("admin:comments_comment_change", args=[comment.pk])


def html(response):
    return response.content.decode()


def said(response):
    return [str(message) for message in response.context["messages"]]


def bulk(client, action, rows, *, versions=None, **extra):
    """What a browser sends when these rows of the list are ticked."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}
    for row in rows:
        data[f"version-{row.pk}"] = (versions or {}).get(row.pk, row.version)
    return client.post(LIST, data | extra, follow=True)


def decide(client, comment, to, **values):
    values = {"to": to, "version": comment.version, "reason": "", "words": ""} | values
    return client.post(change_url(comment), values, follow=True)


def status(comment):
    comment.refresh_from_db()
    return comment.status


# The list


def test_the_list_begins_with_what_waits_longest(client, moderator, article):
    rows = [factories.comment(article, text=f"Number {number}") for number in range(3)]
    Comment.objects.filter(pk=rows[2].pk).update(created_at="2020-01-01T00:00:00Z")
    factories.approved(article, text="Decided")
    page = html(client.get(LIST))
    assert page.index("Number 2") < page.index("Number 0") < page.index("Number 1")
    assert "Decided" not in page


def test_a_row_shows_excerpt_article_point_name_and_status(client, moderator, article):
    factories.comment(
        article, text="word " * 100, name="Ada", about=article.sections.get(kind="con").key
    )
    page = html(client.get(LIST))
    for part in ["word word", "…", "Is tea good for you?", "Con 1", "Ada", "Pending"]:
        assert part in page
    assert "word " * 50 not in page


def test_tabs_count_every_status(client, moderator, article):
    for number, name in enumerate(Status.values):
        for row in range(number + 1):
            factories.comment(article, text=f"{name} {row}", status=name)
    page = html(client.get(LIST))
    tabs = re.findall(r'href="(\?status=\w+)"[^>]*>(\w+) <span class="count">(\d+)</span>', page)
    assert tabs == [
        *((f"?status={name}", name.title(), str(n)) for n, name in enumerate(Status.values, 1)),
        ("?status=all", "All", "15"),
    ]
    assert 'href="?status=pending" aria-current="page"' in page


@pytest.mark.parametrize("tab", Status.values)
def test_a_tab_shows_its_status_and_no_other(client, moderator, article, tab):
    for name in Status.values:
        factories.comment(article, text=f"Planted {name}", status=name)
    assert re.findall(r"Planted (\w+)", html(client.get(LIST, {"status": tab}))) == [tab]


def test_the_tab_of_all_has_pending_first(client, moderator, article):
    factories.approved(article, text="Planted approved", created_at="2020-01-01T00:00:00Z")
    factories.comment(article, text="Planted pending")
    found = re.findall(r"Planted (\w+)", html(client.get(LIST, {"status": "all"})))
    assert found == ["pending", "approved"]


def test_an_empty_tab_says_so(client, moderator):
    assert "Nothing here." in html(client.get(LIST))


@pytest.mark.parametrize("number", [1, 40])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    client, moderator, article, number, django_assert_max_num_queries
):
    for row in range(number):
        factories.comment(article, text=str(row), about=article.sections.first().key)
    with django_assert_max_num_queries(10):
        client.get(LIST)


def test_hostile_text_is_text_in_the_list_and_on_the_page(client, moderator, article):
    evil = factories.comment(article, name="<script>a</script>", text="<script>b</script>{{ 7 }}")
    for url in [LIST, change_url(evil)]:
        page = html(client.get(url))
        assert "<script>a" not in page
        assert "<script>b" not in page
        assert "{{ 7 }}" in page


def test_no_page_has_inline_script_or_style(client, moderator, article):
    comment = factories.comment(article)
    for url in [LIST, change_url(comment)]:
        page = html(client.get(url))
        own = page[page.index('id="content"') :]
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", own)


# In bulk


@pytest.mark.parametrize(
    ("action", "to"), [("approve", "approved"), ("reject", "rejected"), ("mark_as_spam", "spam")]
)
def test_ticked_rows_are_decided_and_no_others(client, moderator, article, action, to):
    rows = [factories.comment(article, text=str(number)) for number in range(3)]
    response = bulk(client, action, rows[:2])
    assert [status(row) for row in rows] == [to, to, "pending"]
    decisions = Decision.objects.all()
    assert [(row.by, row.from_status, row.to_status) for row in decisions] == [
        (moderator, "pending", to)
    ] * 2
    assert said(response) == [f"{to.title()}: 2 comments."]


def test_the_list_posts_the_versions_that_it_shows(client, moderator, article):
    comment = factories.comment(article)
    page = html(client.get(LIST))
    assert f'<input type="hidden" name="version-{comment.pk}" value="1">' in page


def test_a_row_that_a_colleague_decided_meanwhile_is_left_and_named(client, moderator, article):
    rows = [factories.comment(article, text=str(number), name=f"Ada {number}") for number in "12"]
    colleague = factories.moderator("jane")
    Comment.objects.decide(to="rejected", by=colleague, seen={rows[0].pk: 1})
    response = bulk(client, "approve", rows)
    assert [status(row) for row in rows] == ["rejected", "approved"]
    assert any(
        f"Comment {rows[0].pk} by Ada 1: Already rejected by jane on" in message
        for message in said(response)
    )


def test_select_across_all_pages_reaches_no_further_than_the_ticked_rows(
    client, moderator, article
):
    rows = [factories.comment(article, text=str(number)) for number in range(60)]
    bulk(client, "approve", rows[:1], select_across="1")
    assert Comment.objects.approved().count() == 1
    assert 'class="question' not in html(client.get(LIST))


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "1.0", "²"])
def test_a_row_without_the_right_version_is_left(client, moderator, article, version):
    comment = factories.comment(article)
    bulk(client, "approve", [comment], versions={comment.pk: version})
    assert status(comment) == "pending"


@pytest.mark.parametrize(("pk", "answer"), [("x", 400), ("-1", 400), ("0", 200), ("1 OR 1=1", 400)])
def test_crafted_keys_decide_nothing(client, moderator, article, pk, answer):
    comment = factories.comment(article)
    data = {"action": "approve", "_selected_action": [pk], f"version-{pk}": "1", "index": "0"}
    assert client.post(LIST, data, follow=True).status_code == answer
    assert status(comment) == "pending"


def test_fifty_at_once_are_decided_quickly(client, moderator, article):
    rows = [factories.comment(article, text=str(number)) for number in range(50)]
    late = factories.comment(article, text="came later")
    bulk(client, "approve", rows)
    assert Comment.objects.approved().count() == 50
    assert status(late) == "pending"


# One comment


def test_the_page_shows_the_comment_in_its_context(client, moderator, article):
    comment = factories.comment(
        article,
        text="*Tea* helps.",
        email="ada@example.org",
        about=article.sections.get(kind="pro").key,
    )
    page = html(client.get(change_url(comment)))
    for part in [
        f'href="{article.get_absolute_url()}"',
        "Pro 1: It warms",
        "Some words.",
        "<em>Tea</em> helps.",
        "*Tea* helps.",
        "ada@example.org",
        '<input type="hidden" name="version" value="1">',
    ]:
        assert part in page
    assert 'name="text"' not in page
    assert 'name="status"' not in page


@pytest.mark.parametrize(
    ("was", "buttons"),
    [
        ("pending", ["Approve", "Reject", "Spam"]),
        ("approved", ["Reject", "Spam"]),
        ("rejected", ["Approve", "Spam"]),
        ("spam", ["Approve", "Reject"]),
        ("withdrawn", []),
    ],
)
def test_only_the_buttons_that_mean_something_are_there(client, moderator, article, was, buttons):
    comment = factories.comment(article, status=was)
    page = html(client.get(change_url(comment)))
    assert re.findall(r'<button type="submit" name="to"[^>]*>([^<]+)</button>', page) == buttons


@pytest.mark.parametrize("to", ["approved", "rejected", "spam"])
def test_a_button_decides_and_the_history_says_who_and_why(client, moderator, article, to):
    comment = factories.comment(article, name="Ada")
    response = decide(client, comment, to, words="Because of this.")
    assert status(comment) == to
    assert said(response) == [f"{to.title()}: Comment {comment.pk} by Ada."]
    page = html(client.get(change_url(comment)))
    assert f"Pending → <strong>{to.title()}</strong> by mo" in page
    assert "Because of this." in page
    assert Decision.objects.get().by == moderator


def test_own_words_win_over_the_list_of_reasons(client, moderator, article):
    first, second = (factories.comment(article, text=text) for text in "ab")
    decide(client, first, "rejected", reason="personal", words=" ")
    decide(client, second, "rejected", reason="personal", words="Mine. " * 100)
    assert first.last_decision.reason == "personal"
    assert second.last_decision.reason == ("Mine. " * 100)[:300]


def test_a_stale_page_changes_nothing_and_says_who_decided(client, moderator, article):
    comment = factories.comment(article)
    Comment.objects.decide(to="approved", by=factories.moderator("jane"), seen={comment.pk: 1})
    response = decide(client, comment, "rejected")
    assert status(comment) == "approved"
    assert "Already approved by jane on" in said(response)[0]
    assert said(response)[0].endswith("; nothing was changed.")
    assert Decision.objects.count() == 1


def test_a_decision_on_what_was_withdrawn_meanwhile_says_so(client, moderator, article):
    comment = factories.comment(article)
    Comment.objects.get().withdraw()
    response = decide(client, comment, "approved")
    assert status(comment) == "withdrawn"
    assert "Already withdrawn by its writer on" in said(response)[0]


def test_deciding_works_while_the_article_is_not_public(client, moderator, article):
    comment = factories.comment(article, about=article.sections.first().key)
    article.unpublish(by=None)
    assert "The article is not public now." in html(client.get(change_url(comment)))
    assert decide(client, comment, "approved").status_code == 200
    assert status(comment) == "approved"


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_the_page_says_when_the_point_has_changed_since(client, moderator, article, change):
    comment = factories.comment(article, about=article.sections.get(kind="pro").key)
    assert "Changed since." not in html(client.get(change_url(comment)))
    factories.section(article, kind="pro", heading="Another pro")
    points = article.sections.filter(heading="It warms")
    points.update(body="<p>New</p>") if change == "edited" else points.delete()
    article.publish(by=None)
    expected = "Changed since." if change == "edited" else "The article no longer has this point."
    assert expected in html(client.get(change_url(comment)))


# Doors that stay shut


@pytest.mark.parametrize("to", ["", "pending", "withdrawn", "public", "APPROVED"])
def test_no_other_status_can_be_posted(client, moderator, article, to):
    comment = factories.comment(article)
    response = decide(client, comment, to)
    assert response.status_code == 200
    assert "nothing was changed" in said(response)[0]
    assert status(comment) == "pending"


def test_fields_in_the_body_change_nothing(client, moderator, article):
    comment = factories.comment(article, text="Mine.")
    before = Comment.objects.values().get()
    fields = {"status": "approved", "text": "Other", "name": "Other", "html": "x", "_save": "Save"}
    client.post(change_url(comment), fields | {"version": "1"})
    client.post(LIST, fields | {"form-0-id": comment.pk, "form-0-status": "approved"})
    assert Comment.objects.values().get() == before


@pytest.mark.parametrize("who", ["moderator", "superuser"])
@pytest.mark.parametrize("model", ["comment", "decision"])
def test_nobody_adds_deletes_or_edits(client, article, who, model):
    comment = factories.approved(article)
    account = factories.moderator("mo")
    if who == "superuser":
        account.is_superuser = True
        account.save()
    client.force_login(account)
    pk = comment.pk if model == "comment" else Decision.objects.get().pk
    base = f"/admin/comments/{model}/"
    before = (list(Comment.objects.values()), list(Decision.objects.values()))
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}add/", {"text": "x"}).status_code == 403
    assert client.get(f"{base}{pk}/delete/").status_code == 403
    assert client.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(base, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    if model == "decision":
        assert client.post(f"{base}{pk}/change/", {"reason": "Other"}).status_code == 403
    assert (list(Comment.objects.values()), list(Decision.objects.values())) == before


@pytest.mark.parametrize("who", ["anonymous", "author", "editor", "nobody", "inactive"])
def test_without_permission_no_door_opens(client, article, who):
    comment = factories.comment(article, text="PLANTED")
    if who in {"author", "editor"}:
        client.force_login(getattr(factories, who)())
    elif who == "nobody":
        client.force_login(factories.user("nobody"))
    elif who == "inactive":
        account = factories.moderator("gone")
        client.force_login(account)
        account.is_active = False
        account.save()
    for response in [
        client.get(LIST),
        client.get(change_url(comment)),
        client.post(change_url(comment), {"to": "approved", "version": "1"}),
        client.post(
            LIST,
            {
                "action": "approve",
                "_selected_action": [comment.pk],
                f"version-{comment.pk}": "1",
                "index": "0",
            },
        ),
    ]:
        assert response.status_code in {302, 403}
        assert "PLANTED" not in html(response)
        if response.status_code == 302:
            assert response.url.startswith("/admin/login/")
    assert status(comment) == "pending"


def test_somebody_who_may_only_look_sees_and_cannot_decide(client, viewer, article):
    comment = factories.comment(article, text="Tea.")
    client.force_login(viewer)
    listing, page = html(client.get(LIST)), html(client.get(change_url(comment)))
    assert "Tea." in listing
    assert "Tea." in page
    assert 'value="approve"' not in listing
    assert 'name="to"' not in page
    assert client.post(change_url(comment), {"to": "approved", "version": "1"}).status_code == 403
    bulk(client, "approve", [comment])
    assert status(comment) == "pending"


def test_a_permission_that_was_taken_away_counts_at_once(client, moderator, article):
    comment = factories.comment(article)
    client.get(change_url(comment))
    moderator.groups.clear()
    assert decide(client, comment, "approved").status_code == 403
    assert status(comment) == "pending"


def test_a_decision_needs_the_csrf_token(article):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.moderator("mo"))
    comment = factories.comment(article)
    assert client.post(change_url(comment), {"to": "approved", "version": "1"}).status_code == 403
    assert bulk(client, "approve", [comment]).status_code == 403
    assert status(comment) == "pending"


@pytest.mark.parametrize("pk", ["0", "x", "1_2", "9" * 30])
def test_a_comment_that_does_not_exist_is_answered_plainly(client, moderator, pk):
    url = f"{LIST}{pk}/change/"
    assert client.get(url).status_code in {302, 404}
    assert client.post(url, {"to": "approved", "version": "1"}).status_code in {302, 404}


def test_a_moderator_reaches_nothing_of_the_articles(client, moderator, article):
    for url in ["/admin/blog/article/", f"/admin/blog/article/{article.pk}/change/"]:
        assert client.get(url).status_code in {403, 404}


def test_the_decisions_are_listed_for_those_who_may_see_them(client, moderator, article):
    factories.approved(article, by=moderator)
    page = html(client.get("/admin/comments/decision/"))
    assert "mo" in page
    client.force_login(factories.editor())
    assert client.get("/admin/comments/decision/").status_code == 403


@pytest.mark.parametrize(
    "query", ["key__startswith=a", "name__regex=(((", "email=a", "text__contains=a", "pk=1"]
)
def test_no_field_can_be_asked_for_in_the_address(client, moderator, article, query):
    client.force_login(moderator)
    assert client.get(f"/admin/comments/comment/?{query}").status_code == 400


@pytest.mark.parametrize("number", ["9" * 30, "9" * 4301])
def test_enormous_numbers_change_nothing_and_break_nothing(client, moderator, article, number):
    client.force_login(moderator)
    comment = factories.comment(article)
    url = reverse("admin:comments_comment_change", args=[comment.pk])
    response = client.post(url, {"to": "approved", "version": number})
    assert response.status_code == 302
    listing = reverse("admin:comments_comment_changelist")
    data = {"action": "approve", "_selected_action": number, f"version-{number}": "1"}
    assert client.post(listing, data).status_code in {302, 400}
    comment.refresh_from_db()
    assert comment.status == "pending"
