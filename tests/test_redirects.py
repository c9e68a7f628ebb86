"""Old addresses: what is kept, where readers are sent, and what can never be made."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from blog.models import AuditEntry, Redirect
from blog.models.redirects import RedirectQuerySet, RefusedError
from tests import factories

pytestmark = pytest.mark.django_db


def add(old, target, **values):
    return Redirect.objects.add(old, target, by=None, **values)


def table():
    return dict(Redirect.objects.values_list("old_path", "target"))


def gone_to(client, address):
    answer = client.get(address)
    return answer.status_code, answer.headers.get("Location")


# What is stored


@pytest.mark.parametrize(
    "typed",
    [
        "/old/page/",
        "/old/page",
        "old/page",
        "  /old//page/?a=b#c ",
        "http://testserver/old/page",
        "https://testserver/old/page/?x",
        "/old/%70age/",
    ],
)
def test_the_same_address_is_the_same_text_however_it_was_typed(typed):
    assert add(typed, "/new/").old_path == "/old/page/"


@pytest.mark.parametrize("typed", ["/käse/", "/k%C3%A4se", "/ka\u0308se/", "/ka%CC%88se/"])
def test_letters_beyond_ascii_match_in_any_encoding(client, typed):
    add(typed, "/new/")
    for asked in ("/k%C3%A4se/", "/ka%CC%88se", "/käse"):
        assert gone_to(client, asked) == (301, "/new/")


def test_what_was_stored_once_reads_as_the_same_address_again():
    for typed in ("/a%3Fb/", "/a%2520b/", "/a%20b/", "/a%23/", "/old.html", "/%2F%2Fx/"):
        row = add(typed, "/new/")
        assert add(row.old_path, "/newer/").pk == row.pk
        row.delete()


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ("/new", "/new/"),
        ("/new/?page=2#cons", "/new/?page=2#cons"),
        ("http://testserver/new", "/new/"),
        ("https://testserver:8000/new/?q=1", "/new/?q=1"),
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("//testserver/new/", "/new/"),
        ("/file.pdf", "/file.pdf"),
    ],
)
def test_a_destination_is_a_path_or_an_https_address(target, stored):
    assert add("/old/", target).target == stored


@pytest.mark.parametrize(
    "target",
    [
        "",
        "http://example.org/",
        "//example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "example.org/page",
        "https://",
        "https://user@example.org/",
        "https:///example.org",
        "/\\example.org/",
        "/%5Cexample.org/",
        "/a\r\nSet-Cookie: x",
        "/%0d%0aSet-Cookie:x",
        "/a/?b=\\",
        "/a/../admin/",
        "/%ff/",
        "https://[/",
        "/" + 600 * "a",
    ],
)
def test_other_destinations_are_refused_with_a_sentence(target):
    if target == "":
        target = "https://"
    with pytest.raises(ValidationError) as refusal:
        add("/old/", target)
    assert list(refusal.value.message_dict) == ["target"]
    assert not Redirect.objects.exists()


def test_a_destination_never_leaves_the_site_by_a_trick_with_slashes(client):
    add("/old/", "/%2F/example.org/")
    assert gone_to(client, "/old/") == (301, "/example.org")


@pytest.mark.parametrize(
    "old",
    [
        "/",
        "/admin/",
        "/admin",
        "/admin/blog/article/",
        "/static/css/base.css",
        "/static",
        "/media/x.png",
        "/healthz",
        "/healthz/",
        "/readyz",
        "/how-we-work/",
        "/comments/abc/",
        "/articles/tea/comment/",
        "https://example.org/old/",
        "/old/\x00",
        "/a/../b/",
    ],
)
def test_no_redirect_leads_away_from_what_the_site_itself_needs(old):
    with pytest.raises(ValidationError) as refusal:
        add(old, "/new/")
    assert list(refusal.value.message_dict) == ["old_path"]


def test_no_redirect_leads_away_from_a_page_that_readers_can_see():
    category, author = factories.category("Sleep"), factories.person("Ada")
    factories.live_article("Tea", category=category, author=author)
    for old in ("/articles/tea/", "/topics/sleep/", "/people/ada/", "/articles/t%65a"):
        with pytest.raises(ValidationError, match="Readers can see a page"):
            add(old, "/new/")


def test_a_draft_does_not_keep_its_address():
    factories.article("Tea")
    assert add("/articles/tea/", "/new/")


def test_an_address_does_not_lead_to_itself():
    for target in ("/a/", "/a", "/a/?b=c", "http://testserver/a/#d"):
        with pytest.raises(ValidationError, match="the same"):
            add("/a", target)


def test_the_database_refuses_what_no_code_checked():
    for values in (
        {"old_path": "old", "target": "/new/"},
        {"old_path": "/old/", "target": "http://example.org/"},
        {"old_path": "/old/", "target": "/old/"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Redirect.objects.create(**values)


# Chains and loops


def test_a_chain_collapses_whichever_end_comes_first():
    add("/a/", "/b/")
    add("/b/", "/c/")
    assert table() == {"/a/": "/c/", "/b/": "/c/"}
    add("/z/", "/a/")
    assert table()["/z/"] == "/c/"
    add("/c/", "https://example.org/d")
    assert set(table().values()) == {"https://example.org/d"}


def test_a_chain_keeps_the_place_on_the_page():
    add("/a/", "/b/?page=2#cons")
    add("/b/", "/c/")
    assert table()["/a/"] == "/c/?page=2#cons"


@pytest.mark.parametrize("steps", [["ab"], ["ab", "bc"], ["bc", "ab"], ["ab", "bc", "cd"]])
def test_a_loop_is_refused_at_the_destination(steps):
    for old, new in steps:
        add(f"/{old}/", f"/{new}/")
    before = table()
    last = max("".join(steps))
    with pytest.raises(ValidationError, match="in a circle") as refusal:
        add(f"/{last}/", "/a/?x=1#y")
    assert list(refusal.value.message_dict) == ["target"]
    assert table() == before


def test_a_loop_through_the_part_below_an_article_is_refused():
    with pytest.raises(ValidationError):
        add("/articles/a/", "/articles/a/comment/")
    add("/articles/a/", "/articles/b/comment/")
    with pytest.raises(ValidationError, match="in a circle"):
        add("/articles/b/", "/articles/a/comment/")


def test_when_a_page_is_back_at_an_address_nothing_leads_away_from_it_any_more():
    add("/articles/tea/", "/articles/coffee/")
    article = factories.article("Coffee")
    Redirect.objects.filter(old_path="/articles/tea/").update(
        set_at=timezone.now() - timedelta(hours=1)
    )
    tea = factories.article("Tea", slug="tea")
    tea.schedule(by=None, at=timezone.now() + timedelta(seconds=30))
    tea.editions.update(live_from=timezone.now() - timedelta(minutes=1))
    add("/articles/coffee/", "/articles/tea/")
    assert table() == {"/articles/coffee/": "/articles/tea/"}
    assert article.slug == "coffee"


def test_an_address_that_leads_somewhere_already_leads_to_the_new_place():
    first = add("/a/", "/b/", note="Once")
    again = add("/a/", "/c/")
    assert (again.pk, again.target, again.note) == (first.pk, "/c/", "Once")


def test_many_are_stored_together_or_not_at_all():
    with pytest.raises(RefusedError) as refusal:
        Redirect.objects.add_many(
            [("/a/", "/b/", ""), ("/admin/", "/b/", ""), ("/b/", "/a/", "")], by=None
        )
    assert list(refusal.value.errors) == [1, 2]
    assert not Redirect.objects.exists()


def test_the_order_of_many_does_not_matter():
    add("/a/", "/b/")
    outcome = Redirect.objects.add_many([("/b/", "/a/", ""), ("/a/", "/c/", "")], by=None)
    assert table() == {"/a/": "/c/", "/b/": "/c/"}
    assert (outcome.added, outcome.changed) == (1, 1)


def test_a_long_chain_of_many_is_settled_without_a_long_wait(django_assert_max_num_queries):
    wishes = [(f"/p{n}/", f"/p{n + 1}/", "") for n in range(2000)]
    with django_assert_max_num_queries(80):
        Redirect.objects.add_many(wishes, by=None)
    assert set(table().values()) == {"/p2000/"}


# The trail


def test_every_change_is_in_the_trail(django_user_model):
    erin = factories.editor("erin")
    row = Redirect.objects.add("/a/", "/b/", by=erin)
    Redirect.objects.add("/a/", "/b/", by=erin)
    Redirect.objects.add("/b/", "/c/", by=erin)
    Redirect.objects.remove([row], by=erin)
    trail = AuditEntry.objects.order_by("pk").values_list("action", "subject", "by__username")
    assert list(trail) == [
        ("redirect_added", "/a/ → /b/", "erin"),
        ("redirect_added", "/b/ → /c/", "erin"),
        ("redirect_changed", "/a/ → /c/", "erin"),
        ("redirect_deleted", "/a/ → /b/", "erin"),
    ]


# What readers get


def test_an_old_address_answers_with_301_and_keeps_the_query(client):
    add("/old/", "/new/")
    assert gone_to(client, "/old/") == (301, "/new/")
    assert gone_to(client, "/old") == (301, "/new/")
    assert gone_to(client, "/old/?page=2&x=%20y") == (301, "/new/?page=2&x=%20y")
    head = client.head("/old/")
    assert (head.status_code, head.headers["Location"]) == (301, "/new/")
    assert head.headers["Cache-Control"] == "public, max-age=3600"
    assert not head.cookies


def test_a_query_joins_the_one_of_the_destination_before_its_fragment(client):
    add("/old/", "/new/?page=2#cons")
    assert gone_to(client, "/old/?x=1") == (301, "/new/?page=2&x=1#cons")


def test_another_website_gets_no_query_of_ours(client):
    add("/old/", "https://example.org/a?b=c")
    assert gone_to(client, "/old/?secret=1") == (301, "https://example.org/a?b=c")


def test_what_is_sent_to_an_old_address_is_not_led_on(client):
    add("/old/", "/new/")
    assert client.post("/old/").status_code == 404
    assert client.put("/old/").status_code == 404


def test_what_lies_under_an_article_goes_along(client):
    add("/articles/old/", "/articles/new/")
    assert gone_to(client, "/articles/old/comment/?about=x") == (
        301,
        "/articles/new/comment/?about=x",
    )
    add("/section/", "/articles/new/")
    assert client.get("/section/below/").status_code == 404
    add("/articles/away/", "https://example.org/")
    assert client.get("/articles/away/comment/").status_code == 404


def test_a_page_is_served_before_any_redirect(client):
    add("/articles/tea/", "/new/")
    factories.live_article("Tea", slug="tea")
    assert client.get("/articles/tea/").status_code == 200
    assert not Redirect.objects.exists()


def test_an_article_that_comes_by_plan_takes_its_address_back_for_good(client):
    add("/articles/tea/", "/new/")
    article = factories.article("Tea", slug="tea")
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    assert client.get("/articles/tea/").status_code == 301
    article.editions.update(live_from=timezone.now() + timedelta(seconds=-1))
    Redirect.objects.update(set_at=timezone.now() - timedelta(minutes=1))
    assert client.get("/articles/tea/").status_code == 200
    article.unpublish(by=None)
    assert client.get("/articles/tea/").status_code == 404
    add("/articles/tea/", "/newer/")
    assert gone_to(client, "/articles/tea/") == (301, "/newer/")


def test_the_address_of_an_unpublished_article_can_lead_to_its_successor(client):
    factories.live_article("Tea", slug="tea").unpublish(by=None)
    add("/articles/tea/", "/articles/more-tea/")
    assert gone_to(client, "/articles/tea/") == (301, "/articles/more-tea/")


def test_a_page_that_is_not_there_costs_one_query(client, django_assert_num_queries):
    add("/articles/other/", "/new/")
    for address in ("/nothing/", "/articles/other/"):
        extra = address.startswith("/articles")  # the view of the article looks first
        with django_assert_num_queries(1 + extra):
            client.get(address)


def test_without_a_database_the_page_still_says_that_nothing_is_there(client, monkeypatch):
    def down(*arguments):
        raise DatabaseError

    monkeypatch.setattr(RedirectQuerySet, "location", down)
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "There is no page here" in answer.content.decode()


def test_strange_addresses_are_simply_not_found(client):
    add("/old/", "/new/")
    for address in ("/%00/", "/%ff/", "/old%5C/", "/" + 3000 * "a", "//old//x", "/a/../b/"):
        assert client.get(address).status_code == 404


def test_it_works_while_developing_too(client, settings):
    settings.DEBUG = True
    add("/old/", "/new/")
    assert gone_to(client, "/old/") == (301, "/new/")


def test_nobody_can_send_readers_elsewhere_by_an_address(client):
    add("/old/", "/new/")
    for asked in ("/old/?next=https://example.org", "/old/?//example.org"):
        assert client.get(asked).headers["Location"].startswith("/new/?")
    assert Client().get("/old//example.org/").status_code == 404
