"""A review: asked for, decided, withdrawn; on the desk's page and in the model."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from blog.models import Article, AuditEntry, Review
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_article_changelist")


@pytest.fixture
def author():
    return factories.author("author")


@pytest.fixture
def reviewer():
    return factories.reviewer("rita")


def review_url(article):
    return reverse("admin:blog_article_review", args=[article.pk])


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def submitted(by=None, **values):
    article = factories.article()
    return article.submit_for_review(by=by, **values)


def send(client, article, button, form_id="decision_form", **changes):
    page = client.get(review_url(article))
    return client.post(review_url(article), fill(page, changes, button=button, form_id=form_id))


def change(article):
    article.sections.update(body="<p>Other words.</p>")
    article.refresh_digest()


def said(page):
    return " ".join(str(message) for message in page.context["messages"])


# The model


def test_asking_is_recorded(author, reviewer):
    article = factories.article()
    review = article.submit_for_review(by=author, asked=reviewer, note=" Please look at Con 1. ")
    assert (review.state, review.note) == ("waiting", "Please look at Con 1.")
    assert review.digest == article.content().substance
    entry = AuditEntry.objects.get(article=article)
    assert (entry.action, entry.by) == ("submitted", author)


def test_one_review_waits_at_a_time(author):
    article = submitted(author).article
    with pytest.raises(ValidationError, match="already"):
        article.submit_for_review(by=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        article.reviews.create(digest="x")
    article.reviews.get().withdraw(by=author)
    article.submit_for_review(by=author)
    assert [review.state for review in article.reviews.all()] == ["waiting", "withdrawn"]


def test_only_somebody_else_who_may_review_can_be_asked(author, reviewer):
    article = factories.article()
    for asked in (author, factories.moderator(), factories.user("nobody")):
        with pytest.raises(ValidationError):
            article.submit_for_review(by=author, asked=asked)
    with pytest.raises(ValidationError, match="somebody else"):
        article.submit_for_review(by=reviewer, asked=reviewer)
    assert not article.reviews.exists()


def test_approving(author, reviewer):
    review = submitted(author)
    review.approve(by=reviewer, note="Fine.", seen=review.digest)
    review.refresh_from_db()
    assert (review.state, review.decided_by, review.answer) == ("approved", reviewer, "Fine.")
    assert AuditEntry.objects.filter(action="approved", by=reviewer).exists()
    assert not review.article.editions.exists()


def test_returning_needs_a_note(author, reviewer):
    review = submitted(author)
    with pytest.raises(ValidationError, match="Say what should change"):
        review.return_(by=reviewer, note=" ")
    review.return_(by=reviewer, note="Con 1 is unfair.")
    assert Review.objects.get().state == "returned"


def test_the_one_who_asked_decides_nothing():
    editor = factories.editor()
    review = submitted(editor)
    for decide in (review.approve, review.return_):
        with pytest.raises(ValidationError, match="somebody else"):
            decide(by=editor, note="Fine.")
    assert Review.objects.get().is_waiting
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.update(state="approved", decided_by=editor, decided_at="2026-01-01T00:00Z")


def test_a_closed_review_is_not_decided_again(author, reviewer):
    review = submitted(author)
    other = Review.objects.get()
    review.approve(by=reviewer)
    for act in (
        lambda: other.return_(by=reviewer, note="No."),
        lambda: other.approve(by=reviewer),
        lambda: other.withdraw(by=author),
    ):
        with pytest.raises(ValidationError, match="closed already"):
            act()
    assert Review.objects.get().state == "approved"


def test_a_decision_is_about_the_text_that_was_seen(author, reviewer):
    review = submitted(author)
    change(review.article)
    with pytest.raises(ValidationError, match="has changed"):
        review.approve(by=reviewer, seen=review.digest)
    assert Review.objects.get().is_waiting


# What awaits whom


def test_what_awaits_whom(author, reviewer, django_assert_num_queries):
    other = factories.reviewer("rob")
    asked_me, asked_all = submitted(author, asked=reviewer), submitted(author)
    submitted(author, asked=other)
    submitted(reviewer)
    closed = submitted(author)
    closed.approve(by=other)
    reviewer.has_perm("blog.review_article")
    with django_assert_num_queries(1):
        assert set(Review.objects.awaiting(reviewer)) == {asked_me, asked_all}
    assert not Review.objects.awaiting(author)


def test_a_returned_review_awaits_its_author_until_it_is_answered(author, reviewer):
    review = submitted(author)
    review.return_(by=reviewer, note="No.")
    assert list(Review.objects.awaiting(author)) == [review]
    assert list(Review.objects.awaiting(reviewer)) == []
    review.article.submit_for_review(by=author)
    assert list(Review.objects.awaiting(author)) == []


def test_a_new_edition_is_an_answer_too(author, reviewer):
    review = submitted(author)
    review.return_(by=reviewer, note="No.")
    review.article.publish(by=None)
    assert list(Review.objects.awaiting(author)) == []


# The page


def test_an_author_asks_and_withdraws(client, author, reviewer):
    client.force_login(author)
    article = factories.article()
    changes = {"ask-asked": str(reviewer.pk), "ask-note": "Look at Con 1."}
    answer = send(client, article, "_ask", "ask_form", **changes)
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert "Asked rita for a review." in said(page)
    assert "author asked rita for a review on" in page.content.decode()
    assert "Look at Con 1." in page.content.decode()
    assert b"Waits for review" in client.get(LIST).content
    assert send(client, article, "_withdraw", "ask_form").status_code == 302
    assert article.reviews.get().state == "withdrawn"
    assert b"Waits for review" not in client.get(LIST).content


def test_the_button_of_the_form_saves_and_leads_to_the_page(client, author):
    client.force_login(author)
    article = factories.article()
    data = fill(client.get(change_url(article)), {"title": "Newer"}, button="_review")
    answer = client.post(change_url(article), data)
    assert answer.url == review_url(article)
    article.refresh_from_db()
    assert article.title == "Newer"
    assert not article.reviews.exists()


def test_a_reviewer_reads_the_working_copy_and_approves(client, author, reviewer):
    review = submitted(author)
    client.force_login(reviewer)
    page = client.get(review_url(review.article))
    assert b"It warms" in page.content
    assert b"Some words." in page.content
    assert {"_approve", "_return", "_sign_off"} == set(read(page, "decision_form")[1])
    answer = send(client, review.article, "_approve", **{"decide-note": "Fine."})
    assert "Approved." in said(client.get(answer.url))
    assert Review.objects.get().answer == "Fine."


def test_a_reviewer_returns_with_a_note(client, author, reviewer):
    review = submitted(author)
    client.force_login(reviewer)
    page = send(client, review.article, "_return")
    assert page.status_code == 422
    assert b"Say what should change" in page.content
    send(client, review.article, "_return", **{"decide-note": "Con 1 is unfair."})
    assert Review.objects.get().state == "returned"
    client.force_login(author)
    assert b"Con 1 is unfair." in client.get(change_url(review.article)).content


@pytest.mark.parametrize("button", ["_approve", "_return", "_sign_off"])
def test_a_text_that_changed_meanwhile_comes_back(client, author, button):
    reviewer = factories.reviewer("rita", person_name="Rita Example")
    review = submitted(author)
    client.force_login(reviewer)
    data = fill(
        client.get(review_url(review.article)),
        {"decide-note": "Typed"},
        button=button,
        form_id="decision_form",
    )
    change(review.article)
    page = client.post(review_url(review.article), data)
    assert page.status_code == 422
    assert b"The text has changed since you opened this page" in page.content
    assert b"Other words." in page.content
    assert b"Typed" in page.content
    assert Review.objects.get().is_waiting
    assert not review.article.sign_offs.exists()
    again = fill(page, button=button, form_id="decision_form")
    assert client.post(review_url(review.article), again).status_code == 302


def test_without_the_text_seen_nothing_is_decided(client, author, reviewer):
    review = submitted(author)
    client.force_login(reviewer)
    assert client.post(review_url(review.article), {"_approve": "1"}).status_code == 422
    assert Review.objects.get().is_waiting


def test_a_decision_on_what_was_withdrawn(client, author, reviewer):
    review = submitted(author)
    client.force_login(reviewer)
    data = fill(client.get(review_url(review.article)), button="_approve", form_id="decision_form")
    review.withdraw(by=author)
    assert b"No review is waiting" in client.post(review_url(review.article), data).content


def test_the_page_lists_what_the_checks_found(client, reviewer):
    client.force_login(reviewer)
    article = factories.article(cons=())
    page = client.get(review_url(article)).content.decode()
    assert "There is no con." in page
    assert f'href="{change_url(article)}#sections"' in page


def test_what_others_wrote_is_escaped(client, author, reviewer):
    article = factories.article("<script>alert(1)</script>")
    article.submit_for_review(by=author, note="<script>alert(2)</script>")
    client.force_login(reviewer)
    for url in (review_url(article), change_url(article)):
        assert b"<script>alert" not in client.get(url).content


# The doors

BUTTONS = ["_ask", "_withdraw", "_approve", "_return", "_sign_off"]
DATA = {"decide-note": "x", "decide-seen": "x", "ask-note": "x"}


def test_without_logging_in_nothing_opens(client, author):
    review = submitted(author)
    url = review_url(review.article)
    for answer in [client.get(url), *(client.post(url, DATA | {name: "1"}) for name in BUTTONS)]:
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("admin:login"))
    assert Review.objects.get().is_waiting


@pytest.mark.parametrize("make", [factories.moderator, factories.user])
def test_who_has_no_part_in_articles_stays_outside(client, author, make):
    review = submitted(author)
    client.force_login(make())
    url = review_url(review.article)
    for answer in [client.get(url), *(client.post(url, DATA | {name: "1"}) for name in BUTTONS)]:
        assert answer.status_code == 403
    assert Review.objects.get().is_waiting


@pytest.mark.parametrize(
    ("make", "buttons"),
    [
        (factories.author, ["_approve", "_return", "_sign_off"]),
        (factories.reviewer, ["_ask", "_withdraw"]),
    ],
)
def test_each_role_has_its_own_buttons(client, make, buttons):
    review = submitted(factories.editor("ed"))
    article = review.article
    client.force_login(make("me"))
    page = client.get(review_url(article))
    shown = {*read(page, "decision_form")[1], *read(page, "ask_form")[1]}
    assert not shown & set(buttons)
    data = DATA | {"decide-seen": article.content().substance}
    for button in buttons:
        assert client.post(review_url(article), data | {button: "1"}).status_code == 403
    assert Review.objects.get().is_waiting
    assert not article.sign_offs.exists()


def test_looking_changes_nothing(client, author, reviewer):
    review = submitted(author)
    client.force_login(reviewer)
    for button in BUTTONS:
        client.get(review_url(review.article), DATA | {button: "1"})
    assert client.put(review_url(review.article)).status_code == 405
    assert client.post(review_url(review.article), DATA).status_code == 403
    assert Review.objects.get().is_waiting
    assert AuditEntry.objects.count() == 1


def test_a_form_from_elsewhere_is_refused(client, author, reviewer):
    review = submitted(author)
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(reviewer)
    assert strict.post(review_url(review.article), DATA | {"_approve": "1"}).status_code == 403
    assert Review.objects.get().is_waiting


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999"])
def test_no_such_article(client, reviewer, key):
    client.force_login(reviewer)
    answer = client.get(reverse("admin:blog_article_review", args=[key]))
    assert answer.status_code == 302
    assert not Article.objects.exists()
