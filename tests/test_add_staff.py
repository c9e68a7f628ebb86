from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def add(name, **options):
    out = StringIO()
    call_command("add_staff", name, stdout=out, **options)
    return out.getvalue()


def test_prints_a_password_that_works_and_is_new_each_time(client):
    first = add("anna", group="Editor").split()[-1]
    second = add("ben", group="Editor").split()[-1]
    assert first != second
    assert len(first) == 16
    assert client.login(username="anna", password=first)
    assert not client.login(username="anna", password=second)


def test_the_login_may_do_what_its_group_may_and_no_more():
    add("anna", group="Moderator")
    anna = get_user_model().objects.get(username="anna")
    assert anna.is_staff
    assert not anna.is_superuser
    assert anna.has_perm("comments.change_comment")
    assert not anna.has_perm("blog.change_article")


def test_a_superuser_may_do_everything():
    add("root", superuser=True)
    assert get_user_model().objects.get(username="root").has_perm("blog.publish_article")


@pytest.mark.parametrize(
    ("options", "words"),
    [({"group": "Editors"}, "There are: Author, Editor, Moderator, Reviewer"), ({}, "--group")],
)
def test_what_cannot_be_is_refused_and_nothing_added(options, words):
    with pytest.raises(CommandError, match=words):
        add("anna", **options)
    assert not get_user_model().objects.exists()


@pytest.mark.parametrize(
    ("name", "email"),
    [("", ""), ("<script>", ""), ("a b", ""), ("anna", "junk"), ("anna", "a@b.org\nBcc: x")],
)
def test_a_name_or_address_that_cannot_be_is_refused(name, email):
    with pytest.raises(CommandError):
        add(name, group="Editor", email=email)
    assert not get_user_model().objects.exists()


def test_a_name_that_is_taken_keeps_its_password():
    add("anna", group="Editor")
    before = get_user_model().objects.get().password
    with pytest.raises(CommandError, match="already"):
        add("anna", group="Author")
    assert get_user_model().objects.get().password == before
