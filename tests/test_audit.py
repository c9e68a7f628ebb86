"""The audit trail at the desk, and what is recorded of accounts and groups."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from blog.models import AuditEntry
from blog.models.audit import Action
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_auditentry_changelist")
USERS = reverse("admin:auth_user_changelist")
GROUPS = reverse("admin:auth_group_changelist")


def record(action=Action.PUBLISHED, *, by=None, subject="Tea", **values):
    return AuditEntry.objects.create(action=action, by=by, subject=subject, **values)


def user_page(page, *args):
    return reverse(f"admin:auth_user_{page}", args=args)


@pytest.fixture
def root(client):
    user = factories.user("root", is_superuser=True)
    client.force_login(user)
    return user


def rows(client, query=""):
    return [str(entry) for entry in client.get(f"{LIST}{query}").context["cl"].result_list]


# Reading it


def test_an_editor_reads_who_did_what_when(client):
    erin = factories.editor("erin")
    client.force_login(erin)
    factories.live_article("Tea <b>", by=erin)
    page = client.get(LIST).content.decode()
    assert "Tea &lt;b&gt;" in page
    assert "published" in page
    assert "erin" in page
    assert "Audit trail" in page


def test_it_is_filtered_by_action_person_and_time_and_searched(client):
    erin, anna = factories.editor("erin"), factories.author("anna")
    client.force_login(erin)
    record(by=erin, subject="Tea")
    record(Action.UNPUBLISHED, by=anna, subject="Milk")
    record(by=None, subject="Old", at=timezone.now() - timedelta(days=20))
    assert rows(client, "?what=unpublished") == ["unpublished Milk"]
    assert rows(client, f"?who={anna.pk}") == ["unpublished Milk"]
    assert rows(client, "?who=command") == ["published Old"]
    assert len(rows(client, "?when=today")) == 2
    assert len(rows(client, "?when=month")) == 3
    assert rows(client, "?q=milk") == ["unpublished Milk"]
    for strange in ("?what=x", "?who=x", "?when=x", "?who=999999"):
        assert client.get(f"{LIST}{strange}").status_code == 200


def test_it_takes_no_other_question_from_its_address(client, root):
    record()
    for lookup in ("by__password__startswith=m", "subject__regex=(a%2B)%2B$"):
        assert client.get(f"{LIST}?{lookup}").status_code in {302, 400}


def test_many_entries_cost_no_more_queries(client, root, django_assert_max_num_queries):
    for number in range(60):
        record(by=root, subject=str(number))
    with django_assert_max_num_queries(10):
        client.get(LIST)


@pytest.mark.parametrize("name", ["root", "editor"])
def test_nobody_adds_changes_or_deletes_an_entry(client, name):
    client.force_login(factories.user(name, group="Editor", is_superuser=name == "root"))
    entry = record()
    change = reverse("admin:blog_auditentry_change", args=[entry.pk])
    assert client.get(change).status_code == 200
    doors = [
        (reverse("admin:blog_auditentry_add"), {"subject": "x", "action": "published"}),
        (change, {"subject": "x", "action": "trashed", "_save": "1"}),
        (reverse("admin:blog_auditentry_delete", args=[entry.pk]), {"post": "yes"}),
    ]
    for url, data in doors:
        assert client.post(url, data).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(LIST, data)
    client.post(LIST, {"form-0-id": entry.pk, "form-0-subject": "x", "_save": "1"})
    stored = AuditEntry.objects.get()
    assert (stored.subject, stored.action) == ("Tea", "published")
    assert "action-select" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("group", ["Author", "Reviewer", "Moderator", None])
def test_others_do_not_read_it(client, group):
    client.force_login(factories.user("other", group=group))
    entry = record()
    assert client.get(LIST).status_code == 403
    assert client.get(reverse("admin:blog_auditentry_change", args=[entry.pk])).status_code == 403


def test_without_logging_in_there_is_only_the_login_page(client):
    assert client.get(LIST).url.startswith(reverse("admin:login"))
    assert client.get(USERS).url.startswith(reverse("admin:login"))


def test_an_account_that_is_in_the_trail_cannot_be_deleted(client, root):
    erin = factories.editor("erin")
    record(by=erin)
    client.post(user_page("delete", erin.pk), {"post": "yes"})
    assert get_user_model().objects.filter(pk=erin.pk).exists()


# Changes of rights


def changed(client, account, **changes):
    url = user_page("change", account.pk)
    data = fill(client.get(url), changes, form_id="user_form")
    answer = client.post(url, {name: value for name, value in data.items() if value is not None})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return AuditEntry.objects.filter(action=Action.ROLE_CHANGED)


def test_a_change_of_groups_and_flags_is_recorded_with_what_it_was(client, root):
    anna = factories.author("anna")
    editors = Group.objects.get(name="Editor")
    entry = changed(client, anna, groups=[editors.pk], is_active=None).get()
    assert entry.by == root
    assert entry.subject == "account anna"
    assert "groups: Author → Editor" in entry.detail
    assert "active: yes → no" in entry.detail
    assert "staff" not in entry.detail


def test_permissions_of_ones_own_and_superuser_are_recorded(client, root):
    anna = factories.author("anna")
    permission = Permission.objects.get(codename="publish_article")
    entry = changed(client, anna, user_permissions=[permission.pk], is_superuser="on").get()
    assert "permissions: none → blog.publish_article" in entry.detail
    assert "superuser: no → yes" in entry.detail


def test_a_change_of_the_name_alone_is_no_change_of_rights(client, root):
    assert not changed(client, factories.author("anna"), first_name="Anna").exists()


def test_a_new_account_is_recorded(client, root):
    data = {
        "username": "new<b>",
        "usable_password": "true",
        "password1": factories.PASSWORD,
        "password2": factories.PASSWORD,
    }
    client.post(user_page("add"), data | {"username": "newbie"})
    entry = AuditEntry.objects.get()
    assert entry.subject == "account newbie"
    assert entry.detail.startswith("new; ")


def test_a_new_password_is_recorded_without_it(client, root):
    anna = factories.author("anna")
    url = reverse("admin:auth_user_password_change", args=[anna.pk])
    password = "another fine password"
    client.post(url, {"usable_password": "true", "password1": "x", "password2": "y"})
    assert not AuditEntry.objects.exists()
    client.post(url, {"usable_password": "true", "password1": password, "password2": password})
    entry = AuditEntry.objects.get()
    assert (entry.subject, entry.detail) == ("account anna", "password changed")
    assert client.get(reverse("admin:auth_user_password_change", args=["x"])).status_code in {
        302,
        404,
    }


@pytest.mark.parametrize("in_bulk", [True, False])
def test_a_deleted_account_is_recorded(client, root, in_bulk):
    anna = factories.author("anna")
    if in_bulk:
        data = {"action": "delete_selected", "_selected_action": [anna.pk], "post": "yes"}
        client.post(USERS, data)
    else:
        client.post(user_page("delete", anna.pk), {"post": "yes"})
    assert not get_user_model().objects.filter(username="anna").exists()
    assert AuditEntry.objects.get().detail == "deleted"


def test_nobody_deletes_the_account_they_use(client, root):
    assert client.post(user_page("delete", root.pk), {"post": "yes"}).status_code == 403


def test_what_a_group_may_do_is_recorded_too(client, root):
    group = Group.objects.get(name="Reviewer")
    url = reverse("admin:auth_group_change", args=[group.pk])
    keep = group.permissions.get(codename="view_article")
    client.post(url, {"name": "Reviewer", "permissions": [keep.pk]})
    entry = AuditEntry.objects.get()
    assert entry.subject == "group Reviewer"
    assert "→ blog.view_article" in entry.detail


def test_the_command_that_adds_staff_is_recorded():
    call_command("add_staff", "anna", group="Editor", stdout=StringIO())
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.subject) == (None, "account anna")
    assert "groups: Editor" in entry.detail


# Nobody lifts themselves


@pytest.mark.parametrize("group", ["Editor", "Author", "Reviewer", "Moderator"])
@pytest.mark.parametrize("has_permissions", [True, False])
def test_only_superusers_touch_accounts_and_groups(client, group, has_permissions):
    user = factories.user("climber", group=group)
    if has_permissions:
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    client.force_login(user)
    doors = [
        (USERS, {}),
        (GROUPS, {}),
        (user_page("add"), {"username": "mole", "password1": "x", "password2": "x"}),
        (user_page("change", user.pk), {"username": "climber", "is_superuser": "on"}),
        (user_page("delete", user.pk), {"post": "yes"}),
        (reverse("admin:auth_user_password_change", args=[user.pk]), {"password1": "x"}),
        (reverse("admin:auth_group_add"), {"name": "All"}),
    ]
    for url, data in doors:
        assert client.get(url).status_code == 403
        assert client.post(url, data).status_code == 403
    user.refresh_from_db()
    assert not user.is_superuser
    assert USERS not in client.get(reverse("admin:index")).content.decode()
