import logging

import pytest
from django.core import signing
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from comments.forms import make_token
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


def url(article):
    return reverse("comments:write", args=[article.slug])


def payload(article, **values):
    """What a browser sends from the form under the article."""
    token = make_token(article.editions.live().first())
    defaults = {"about": "", "comment": "I drink it.", "name": "Ada", "email": "", "website": ""}
    return {**defaults, "token": token, **values}


def send(client, article, headers=None, **values):
    return client.post(url(article), payload(article, **values), headers=headers)


def html(response):
    return response.content.decode()


@pytest.fixture
def article():
    return factories.live_article(pros=["It warms"], cons=["It cools"])


def pro(article):
    return str(article.sections.get(kind="pro").key)


# What is stored


def test_a_comment_is_stored_as_pending_and_the_writer_sent_to_the_private_page(client, article):
    response = send(client, article, about=pro(article), name=" Ada\tB ", email="ada@example.org")
    comment = Comment.objects.get()
    assert response.status_code == 303
    assert response.url == f"/comments/{comment.key}/"
    assert (comment.status, comment.version) == ("pending", 1)
    assert (comment.name, comment.email, comment.text) == (
        "Ada B",
        "ada@example.org",
        "I drink it.",
    )
    assert str(comment.section_key) == pro(article)
    assert comment.article == article
    assert comment.edition == article.editions.get()


def test_neither_name_of_a_point_nor_e_mail_is_needed(client, article):
    send(client, article)
    comment = Comment.objects.get()
    assert (comment.section_key, comment.email) == (None, "")


def test_fields_that_the_form_does_not_have_are_ignored(client, article):
    send(
        client, article, status="approved", version="7", key="a", created_at="2000-01-01", html="x"
    )
    comment = Comment.objects.get()
    assert (comment.status, comment.version) == ("pending", 1)
    assert len(comment.key) == 43
    assert comment.created_at.year > 2000
    assert comment.html == "<p>I drink it.</p>\n"


def test_every_comment_has_its_own_long_random_key(client, article):
    send(client, article)
    send(client, article, name="Bob")
    keys = Comment.objects.values_list("key", flat=True)
    assert len(set(keys)) == 2
    assert {len(key) for key in keys} == {43}


def test_nul_and_control_characters_are_taken_out_before_the_database_sees_them(client, article):
    response = send(client, article, comment="a\x00b\x07c\r\nd", name="A\x00da")
    assert response.status_code == 303
    comment = Comment.objects.get()
    assert (comment.text, comment.name) == ("abc\nd", "Ada")


def test_the_limit_counts_a_line_end_as_one_character(client, article):
    assert send(client, article, comment="a\r\n" * 1499 + "ab").status_code == 303


# The form that comes back


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"comment": ""}, "comment", "Write your comment"),
        ({"comment": " \n "}, "comment", "Write your comment"),
        ({"comment": "\u200b\u200d"}, "comment", "Write your comment"),
        ({"comment": "> "}, "comment", "Write your comment"),
        (
            {"comment": "a" * 3001},
            "comment",
            "Shorten your comment to 3,000 characters; it has 3001",
        ),
        ({"name": ""}, "name", "Enter a name; a pen name will do"),
        ({"name": "\u3164"}, "name", "Enter a name; a pen name will do"),
        ({"name": "a" * 81}, "name", "The name can have up to 80 characters"),
        ({"email": "ada.example.org"}, "email", "Enter an e-mail address in the form"),
        (
            {"email": "a@b.example\nBcc: c@d.example"},
            "email",
            "Enter an e-mail address in the form",
        ),
        ({"about": "nonsense"}, "about", "Choose what your comment is about"),
        ({"website": "http://a.example"}, "website", "Leave this field empty"),
    ],
)
def test_an_error_is_said_above_and_at_the_field_and_nothing_is_stored(
    client, article, values, field, sentence
):
    response = send(client, article, **{"comment": "kept words", "name": "Kept", **values})
    page = html(response)
    assert response.status_code == 422
    assert not Comment.objects.exists()
    assert "<title>Error: Write a comment" in page
    assert f'<li><a href="#{field}">{sentence}' in page
    assert f'id="{field}_error"><span class="hidden">Error: </span>{sentence}' in page
    tag = page[page.rindex("<", 0, page.index(f' id="{field}"')) :].split(">")[0]
    assert 'aria-invalid="true"' in tag
    assert f"{field}_error" in tag
    assert page.index('role="alert"') < page.index("<h1>")
    if "comment" not in values:
        assert "kept words" in page
    if "name" not in values:
        assert 'value="Kept"' in page


def test_a_form_without_errors_says_error_nowhere(client, article):
    page = html(client.get(url(article)))
    assert "Error:" not in page
    assert 'role="alert"' not in page
    assert "aria-invalid" not in page


def test_labels_button_and_hints_are_these(client, article):
    page = html(client.get(url(article)))
    for label in ["What is it about?", "Comment", "Your name", "E-mail"]:
        assert f">{label}</label>" in page
    assert ">Send comment</button>" in page
    assert 'autocomplete="name"' in page
    assert 'autocomplete="email"' in page
    assert " novalidate" in page
    assert 'maxlength="3000"' not in page


def test_the_trap_is_out_of_sight_and_out_of_reach(client, article):
    page = html(client.get(url(article)))
    trap = page[page.index('<div class="hidden" aria-hidden="true">') :].split("</div>")[0]
    assert 'name="website"' in trap
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap


def test_what_was_typed_is_text_on_the_form_and_nothing_else(client, article):
    page = html(
        send(client, article, name="", comment="</textarea><script>alert(1)</script>{{ 7 }}")
    )
    assert "<script>" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in page


# What it is about


def test_the_points_can_be_chosen_by_side(client, article):
    page = html(client.get(url(article)))
    assert '<optgroup label="Pros">' in page
    assert f'<option value="{pro(article)}">Pro 1: It warms</option>' in page
    assert "Con 1: It cools</option>" in page
    assert '<p class="subject' not in page


def test_the_address_can_choose_a_point(client, article):
    page = html(client.get(url(article), {"about": pro(article)}))
    assert f'<option value="{pro(article)}" selected>' in page
    assert '<p class="subject pro">' in page


@pytest.mark.parametrize(
    "about", ["nonsense", "<script>", "\x00", "00000000-0000-4000-8000-000000000000"]
)
def test_an_address_with_an_unknown_point_chooses_none(client, article, about):
    response = client.get(url(article), {"about": about}, follow=True)
    assert response.status_code == 200
    assert '<p class="subject' not in html(response)
    assert '<option value="" selected>' in html(response) or " selected" not in html(response)


def test_a_text_between_the_points_is_no_point(client):
    article = factories.article()
    text = factories.section(article, kind="text")
    article.publish(by=None)
    assert send(client, article, about=str(text.key)).status_code == 422


# The token


def test_a_comment_written_under_an_edition_that_was_replaced_is_accepted(client, article):
    values = payload(article)
    first = article.editions.live().first()
    article.publish(by=None)
    assert client.post(url(article), values).status_code == 303
    assert Comment.objects.get().edition == first


def test_a_point_that_went_meanwhile_keeps_its_key(client, article):
    factories.section(article, kind="pro", heading="A second pro")
    article.publish(by=None)
    values = payload(article, about=pro_named(article, "A second pro"))
    article.sections.filter(heading="A second pro").delete()
    article.publish(by=None)
    wrong = html(client.post(url(article), values | {"name": ""}))
    assert '<optgroup label="Changed since you began">' in wrong
    assert "A second pro</strong>" in wrong
    assert client.post(url(article), values).status_code == 303
    assert str(Comment.objects.get().section_key) == values["about"]


def pro_named(article, heading):
    return str(article.sections.get(heading=heading).key)


@pytest.mark.parametrize("fault", ["missing", "empty", "nonsense", "forged", "another article"])
def test_a_bad_token_keeps_the_text_and_brings_a_fresh_one(client, article, fault):
    values = payload(article, comment="kept words")
    good = values["token"]
    other = factories.live_article("Another")
    values["token"] = {
        "missing": "",
        "empty": "",
        "nonsense": "a:b:ü",
        "forged": signing.Signer(salt="other").sign_object([article.pk, 1]),
        "another article": make_token(other.editions.get()),
    }[fault]
    if fault == "missing":
        del values["token"]
    response = client.post(url(article), values)
    page = html(response)
    assert response.status_code == 422
    assert not Comment.objects.exists()
    assert "This form was out of date. Nothing is lost: send your comment once more" in page
    assert "kept words" in page
    assert f'value="{good}"' in page


def test_the_token_is_the_same_for_everybody(article):
    edition = article.editions.get()
    assert make_token(edition) == make_token(edition)


# Where it works


@pytest.mark.parametrize("state", ["draft", "unpublished", "unknown"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_live_takes_no_comments(client, article, state, method):
    values = payload(article)
    target = url(article)
    if state == "draft":
        target = url(factories.article("A draft"))
    elif state == "unknown":
        target = "/articles/nothing/comment/"
    else:
        article.unpublish(by=None)
    response = client.post(target, values) if method == "post" else client.get(target)
    assert response.status_code == 404
    assert not Comment.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, article, method):
    assert getattr(client, method)(url(article)).status_code == 405


def test_an_address_in_another_script_works(client):
    article = factories.live_article("هل الشاي مفيد؟")
    assert client.get(url(article)).status_code == 200


def test_an_address_with_a_nul_is_not_found(client):
    assert client.get("/articles/a%00b/comment/").status_code == 404


# No session, no cookie


@pytest.mark.parametrize(("values", "answer"), [({}, 303), ({"name": ""}, 422)])
def test_sending_needs_no_cookie_and_sets_none(article, values, answer):
    strict = Client(enforce_csrf_checks=True)
    sent = send(strict, article, **values)
    assert sent.status_code == answer
    for response in [sent, strict.get(url(article))]:
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_the_form_is_the_same_bytes_for_everybody(client, article):
    before = client.get(url(article)).content
    client.force_login(factories.moderator())
    assert client.get(url(article)).content == before


# Other sites

OWN = "http://testserver"


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Origin": OWN}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://testserver:81"}, False),
        ({"Origin": "http://elsewhere.example"}, False),
        ({"Origin": "http://testserver.elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Referer": f"{OWN}/"}, False),
        ({"Referer": f"{OWN}/articles/x/"}, True),
        ({"Referer": "http://elsewhere.example/testserver"}, False),
        ({"Referer": "http://testserver@elsewhere.example/"}, False),
        ({"Referer": "http://[broken"}, False),
        ({"Referer": "nonsense"}, False),
    ],
)
def test_a_form_on_another_site_is_refused(client, article, headers, accepted):
    response = send(client, article, headers=headers)
    assert response.status_code == (303 if accepted else 403)
    assert Comment.objects.exists() == accepted


def test_a_foreign_page_may_link_to_the_form(client, article):
    assert client.get(url(article), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


# The same form twice


def test_the_same_form_sent_twice_makes_one_comment_and_leads_to_the_same_page(client, article):
    first = send(client, article)
    second = send(client, article, comment=" I  drink\r\nit. ")
    assert Comment.objects.count() == 1
    assert second.url == first.url


@pytest.mark.parametrize(
    "values", [{"name": "Bob"}, {"email": "b@example.org"}, {"comment": "No."}]
)
def test_two_people_or_two_texts_stay_two(client, article, values):
    send(client, article)
    send(client, article, **values)
    assert Comment.objects.count() == 2


def test_the_same_text_about_another_point_or_article_is_another_comment(client, article):
    send(client, article)
    send(client, article, about=pro(article))
    send(client, factories.live_article("Another"))
    assert Comment.objects.count() == 3


def test_what_was_withdrawn_can_be_sent_again(client, article):
    send(client, article)
    Comment.objects.get().withdraw()
    send(client, article)
    assert sorted(Comment.objects.values_list("status", flat=True)) == ["pending", "withdrawn"]


@pytest.mark.parametrize("later", [None, "rejected", "spam"])
def test_copying_a_comment_that_was_ever_public_does_not_open_its_private_page(
    client, article, later
):
    send(client, article)
    comment = Comment.objects.get()
    for to in ["approved", later] if later else ["approved"]:
        comment.refresh_from_db()
        Comment.objects.decide(to=to, by=None, seen={comment.pk: comment.version})
    response = send(client, article)
    where = "" if later else f"comments/{comment.pk}/"
    assert response.url == f"/articles/{article.slug}/{where}"
    assert comment.key not in str(response.headers)


# What leaks


def test_no_log_holds_a_word_of_a_comment(client, article, caplog):
    caplog.set_level(logging.DEBUG)
    secret = {"comment": "PLANTED text", "name": "PLANTED name", "email": "planted@example.org"}
    send(client, article, **secret)
    send(client, article, **secret | {"email": "PLANTED"})
    send(client, article, headers={"Origin": "null"}, **secret)
    lines = [
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    ]
    assert not [line for line in lines if "planted" in line.lower()]


def test_two_people_who_write_the_same_words_have_a_page_each(client, article):
    values = {"comment": "I agree.", "name": "Anna", "token": make_token(article.editions.get())}
    url = reverse("comments:write", args=[article.slug])
    pages = [
        client.post(url, values, REMOTE_ADDR=address).headers["Location"]
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    ]
    assert pages[0] == pages[2] != pages[1]
    assert Comment.objects.count() == 2


def test_nobody_finds_out_the_address_of_a_writer_by_sending_the_comment_again(client, article):
    values = {"comment": "Public.", "name": "Anna", "token": make_token(article.editions.get())}
    url = reverse("comments:write", args=[article.slug])
    right = values | {"email": "anna@example.org"}
    client.post(url, right, REMOTE_ADDR="192.0.2.1")
    row = Comment.objects.get()
    Comment.objects.decide(to="approved", by=None, seen={row.pk: row.version})
    hit = client.post(url, right, REMOTE_ADDR="192.0.2.9").headers["Location"]
    miss = client.post(url, right | {"email": "x@example.org"}, REMOTE_ADDR="192.0.2.9")
    assert hit.startswith("/comments/")
    assert miss.headers["Location"].startswith("/comments/")


def test_a_database_that_stays_locked_gives_the_text_back(client, article, monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Comment, "save", locked)
    values = {"comment": "Kept words", "name": "Anna", "token": make_token(article.editions.get())}
    response = client.post(reverse("comments:write", args=[article.slug]), values)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "Kept words" in response.content.decode()
    assert "We could not store your comment" in response.content.decode()


def test_an_e_mail_address_that_no_mail_can_reach_is_refused(client, article):
    values = {"comment": "a", "name": "b", "token": make_token(article.editions.get())}
    values["email"] = f"a@{'ü' * 60}.example"
    response = client.post(reverse("comments:write", args=[article.slug]), values)
    assert response.status_code == 422
