import pytest
from django.test import Client
from django.utils import timezone

from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


def html(response):
    return response.content.decode()


def decide(comment, to, reason=""):
    Comment.objects.decide(to=to, by=None, seen={comment.pk: comment.version}, reason=reason)
    comment.refresh_from_db()


@pytest.fixture
def comment():
    article = factories.live_article("Is tea good for you?", pros=["It warms"])
    return factories.comment(article, about=article.sections.get(kind="pro").key, text="*Mine.*")


def page(client, comment):
    return html(client.get(comment.get_status_url()))


def test_a_pending_comment_is_held_and_says_so(client, comment):
    text = page(client, comment)
    assert "<h1>Your comment is waiting to be read</h1>" in text.replace("\n", "")
    assert "We have it, and it is safe." in text
    assert '<li aria-current="step"><strong>Held for a moderator</strong>' in text
    assert "Pro 1: It warms" in text
    assert "<em>Mine.</em>" in text
    assert "Ada" in text
    assert "Withdraw it" in text


def test_an_approved_comment_links_to_its_public_place(client, comment):
    decide(comment, "approved")
    text = page(client, comment)
    assert "Your comment is approved" in text
    assert f'href="/articles/is-tea-good-for-you/comments/{comment.pk}/"' in text
    assert "Withdraw it" in text


def test_a_rejected_comment_gives_the_reason_and_cannot_be_withdrawn(client, comment):
    decide(comment, "rejected", reason="personal")
    text = page(client, comment)
    assert "Your comment was not published" in text
    assert "It could identify somebody." in text
    assert "personal" not in text.replace("Personal", "").split("<main")[1].split("</main>")[0]
    assert "Withdraw it" not in text
    assert f"/comments/{comment.pk}/" not in text


@pytest.mark.parametrize("reason", ["", "Leave out the <name>."])
def test_a_rejected_comment_gives_a_sentence_in_any_case(client, comment, reason):
    decide(comment, "rejected", reason=reason)
    expected = (
        "Leave out the &lt;name&gt;." if reason else "It does not keep to the comment policy."
    )
    assert expected in page(client, comment)


def test_what_was_taken_for_spam_is_told_kindly(client, comment):
    decide(comment, "spam", reason="an internal word")
    text = page(client, comment)
    assert "They took it for advertising." in text
    assert "an internal word" not in text


@pytest.mark.parametrize("status", ["pending", "approved", "rejected", "spam", "withdrawn"])
def test_the_page_is_private_in_every_status(client, comment, status):
    Comment.objects.update(status=status)
    response = client.get(comment.get_status_url())
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html(response)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("key", ["x", "a" * 43, "..", "%00", "ü", "a" * 5000])
def test_an_unknown_key_is_not_found(client, comment, key):
    assert client.get(f"/comments/{key}/").status_code == 404
    assert client.post(f"/comments/{key}/withdraw/").status_code == 404


def test_neither_number_nor_part_of_the_key_opens_it(client, comment):
    assert client.get(f"/comments/{comment.pk}/").status_code == 404
    assert client.get(f"/comments/{comment.key[:-1]}/").status_code == 404


def test_the_page_survives_the_article(client, comment):
    decide(comment, "approved")
    comment.article.unpublish(by=None)
    text = page(client, comment)
    assert "because the article is not public" in text
    assert "/articles/" not in text.split("<main")[1].split("</main>")[0]


def test_it_shows_the_point_as_the_writer_saw_it(client, comment):
    comment.article.sections.filter(kind="pro").update(heading="Rewritten")
    comment.article.publish(by=None)
    text = page(client, comment)
    assert "Pro 1: It warms" in text
    assert "Rewritten" not in text


def test_hostile_names_and_texts_are_text(client, comment):
    hostile = factories.comment(
        comment.article, name='"><script>a</script>', text="<script>b</script> {{ 7 }}"
    )
    text = page(client, hostile)
    assert "<script>" not in text
    assert "&lt;script&gt;b&lt;/script&gt; {{ 7 }}" in text


# Withdrawing


def withdraw(client, comment, **headers):
    return client.post(f"{comment.get_status_url()}withdraw/", headers=headers)


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_the_writer_withdraws_it_without_cookie_or_token(comment, status):
    if status == "approved":
        decide(comment, status)
    client = Client(enforce_csrf_checks=True)
    response = withdraw(client, comment)
    assert (response.status_code, response.url) == (303, comment.get_status_url())
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    comment.refresh_from_db()
    assert comment.status == "withdrawn"
    text = page(client, comment)
    assert "You have withdrawn your comment" in text
    assert "Withdrawn by you" in text
    public = html(client.get(comment.article.get_absolute_url()))
    assert "Mine." not in public


@pytest.mark.parametrize("status", ["rejected", "spam"])
def test_what_is_decided_against_stays_so(client, comment, status):
    decide(comment, status)
    assert withdraw(client, comment).status_code == 303
    comment.refresh_from_db()
    assert comment.status == status


def test_opening_the_address_withdraws_nothing(client, comment):
    assert client.get(f"{comment.get_status_url()}withdraw/").status_code == 405
    comment.refresh_from_db()
    assert comment.status == "pending"


@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": "http://elsewhere.example"}, False),
        # What a browser without Sec-Fetch-Site says on a page that sends no referrer.
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
    ],
)
def test_another_site_cannot_withdraw_it(client, comment, headers, accepted):
    response = withdraw(client, comment, **headers)
    comment.refresh_from_db()
    assert response.status_code == (303 if accepted else 403)
    assert (comment.status == "withdrawn") == accepted


def test_every_date_is_a_time_element(client, comment):
    decide(comment, "approved")
    text = page(client, comment)
    year = str(timezone.localtime().year)
    outside = "".join(part.split("</time>")[-1] for part in text.split("<time"))
    assert text.count("<time datetime=") == 2
    assert year not in outside
