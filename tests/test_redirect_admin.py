"""The table of redirects at the desk."""

import csv
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from blog.models import AuditEntry, Redirect
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_redirect_changelist")
ADD = reverse("admin:blog_redirect_add")
IMPORT = reverse("admin:blog_redirect_import")
EXPORT = reverse("admin:blog_redirect_export")


def page_of(row, page="change"):
    return reverse(f"admin:blog_redirect_{page}", args=[row.pk])


def add(old="/old/", target="/new/", **values):
    return Redirect.objects.add(old, target, by=None, **values)


def send(client, url, **changes):
    return client.post(url, fill(client.get(url), changes, form_id="redirect_form"))


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def test_an_editor_adds_changes_and_deletes_one(client, editor):
    assert send(client, ADD, old_path="old?x=1", target="/new", note="Moved").status_code == 302
    row = Redirect.objects.get()
    assert (row.old_path, row.target, row.note) == ("/old/", "/new/", "Moved")
    assert row.created_by == editor
    assert "old_path" not in read(client.get(page_of(row)), "redirect_form")[0]
    assert send(client, page_of(row), target="/newer/", note="").status_code == 302
    row.refresh_from_db()
    assert (row.target, row.note) == ("/newer/", "")
    client.post(page_of(row, "delete"), {"post": "yes"})
    assert not Redirect.objects.exists()
    trail = AuditEntry.objects.order_by("pk").values_list("action", "by")
    assert list(trail) == [
        (f"redirect_{deed}", editor.pk) for deed in ("added", "changed", "deleted")
    ]


def test_an_error_stands_at_its_field_and_nothing_is_stored(client, editor):
    add("/a/", "/b/")
    for values, field, words in (
        ({"old_path": "/admin/", "target": "/x/"}, "old_path", "the site itself needs"),
        ({"old_path": "/a/", "target": "/x/"}, "old_path", "leads away from this address already"),
        ({"old_path": "/x/", "target": "http://example.org"}, "target", "https://"),
        ({"old_path": "/b/", "target": "/a/"}, "target", "in a circle"),
        ({"old_path": "/x/", "target": "/x"}, "target", "the same"),
        ({"old_path": "/a/../", "target": "/x"}, "old_path", "no address"),
        ({"old_path": "", "target": "/x"}, "old_path", "required"),
    ):
        answer = send(client, ADD, **values)
        assert words in str(answer.context["adminform"].form.errors[field])
    assert Redirect.objects.count() == 1


def test_one_that_is_changed_cannot_lead_to_itself(client, editor):
    row = add("/a/", "/b/")
    answer = send(client, page_of(row), target="/a/?x=1")
    assert "the same" in str(answer.context["adminform"].form.errors["target"])
    row.refresh_from_db()
    assert row.target == "/b/"


def test_the_end_of_a_chain_is_stored_and_said(client, editor):
    add("/b/", "/c/")
    data = fill(client.get(ADD), {"old_path": "/a/", "target": "/b/"}, form_id="redirect_form")
    page = client.post(ADD, data, follow=True).content.decode()
    assert "/b/ leads on, so readers are sent straight to /c/" in page


def test_the_list_says_from_where_to_where_why_when_and_who(client, editor):
    Redirect.objects.add("/old/", "/new/", by=editor, note="Merged <b>")
    page = client.get(LIST).content.decode()
    for words in ("/old/", 'href="/new/"', "Merged &lt;b&gt;", "erin", "<time"):
        assert words in page
    assert "/old/" in client.get(f"{LIST}?q=merged").content.decode()
    assert (
        "/old/" not in client.get(f"{LIST}?q=nothing").content.decode().partition("result_list")[2]
    )


def test_many_rows_cost_no_more_queries(client, editor, django_assert_max_num_queries):
    Redirect.objects.add_many([(f"/{n}/", "/new/", "") for n in range(60)], by=editor)
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_several_are_deleted_at_once_and_each_is_in_the_trail(client, editor):
    rows = [add("/a/", "/x/"), add("/b/", "/x/")]
    data = {
        "action": "delete_selected",
        "_selected_action": [row.pk for row in rows],
        "post": "yes",
    }
    client.post(LIST, data)
    assert not Redirect.objects.exists()
    assert AuditEntry.objects.filter(action="redirect_deleted", by=editor).count() == 2


def test_the_table_comes_as_csv_that_can_be_imported_again(client, editor):
    add("/a/", "/x/?b=1", note="=HYPERLINK(1)")
    add("/käse/", "https://example.org/")
    answer = client.get(EXPORT)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="redirects-' in answer.headers["Content-Disposition"]
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert {row["from"] for row in rows} == {"/a/", "/käse/"}
    assert {row["note"] for row in rows} == {"'=HYPERLINK(1)", ""}
    page = client.post(IMPORT, {"table": text}, follow=True).content.decode()
    assert "Imported: 0 added, 0 changed, 2 unchanged." in page
    Redirect.objects.all().delete()
    client.post(IMPORT, {"table": text})
    assert Redirect.objects.get(old_path="/a/").note == "=HYPERLINK(1)"


def test_ticked_rows_are_exported_alone(client, editor):
    add("/a/", "/x/")
    row = add("/b/", "/x/")
    data = {"action": "export_selected", "_selected_action": [row.pk]}
    text = client.post(LIST, data).getvalue().decode()
    assert "/b/" in text
    assert "/a/" not in text


@pytest.mark.parametrize("group", ["Author", "Reviewer", "Moderator", None])
def test_nobody_else_gets_through_any_door(client, group):
    client.force_login(factories.user("other", group=group))
    row = add()
    for url in (LIST, ADD, IMPORT, EXPORT, page_of(row), page_of(row, "delete")):
        assert client.get(url).status_code == 403
        data = {"old_path": "/x/", "target": "/y/", "post": "yes", "table": "/x/,/y/"}
        assert client.post(url, data).status_code == 403
    assert Redirect.objects.get().target == "/new/"


def test_without_logging_in_there_is_only_the_login_page(client):
    row = add()
    for url in (LIST, ADD, IMPORT, EXPORT, page_of(row), page_of(row, "delete")):
        for answer in (client.get(url), client.post(url, {"table": "/x/,/y/", "post": "yes"})):
            assert answer.url.startswith(reverse("admin:login"))
    assert Redirect.objects.count() == 1


def test_who_may_only_look_imports_nothing(client):
    user = factories.user("looker")
    user.user_permissions.add(Permission.objects.get(codename="view_redirect"))
    client.force_login(user)
    assert IMPORT not in client.get(LIST).content.decode()
    assert client.post(IMPORT, {"table": "/x/,/y/"}).status_code == 403
    assert client.get(EXPORT).status_code == 200


def test_an_import_that_comes_from_elsewhere_is_refused(client, editor):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(IMPORT, {"table": "/x/,/y/"}).status_code == 403
    assert not Redirect.objects.exists()
