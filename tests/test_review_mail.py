import pytest
from django.core import mail

from blog.mail import tell_asker, tell_reviewer, tell_reviewers
from tests import factories

pytestmark = pytest.mark.django_db


def submitted(by=None, title="Is tea good for you?", **values):
    return factories.article(title).submit_for_review(by=by, **values)


def recipients():
    return [message.to for message in mail.outbox]


def test_the_one_who_is_asked_gets_a_mail_and_nobody_else():
    author, rita = factories.author("author"), factories.reviewer("rita")
    factories.reviewer("rob")
    review = submitted(author, asked=rita, note="Look at Con 1.")
    (message,) = mail.outbox
    assert message.to == ["rita@example.org"]
    assert message.subject == "Please review: Is tea good for you?"
    assert "author asks for a review of “Is tea good for you?”." in message.body
    assert "Look at Con 1." in message.body
    assert f"http://testserver/admin/blog/article/{review.article_id}/review/" in message.body
    assert "Some words." not in message.body


def test_without_a_name_all_who_may_review_get_one_each_but_the_one_who_asks():
    factories.reviewer("rita")
    factories.author("author")
    factories.moderator()
    factories.user("root", is_superuser=True)
    submitted(factories.editor("ed"))
    assert recipients() == [["rita@example.org"], ["root@example.org"]]


@pytest.mark.parametrize("why", ["is_active", "is_staff", "email"])
def test_who_has_left_or_has_no_address_gets_none(why):
    rita = factories.reviewer("rita")
    setattr(rita, why, "" if why == "email" else False)
    rita.save()
    submitted()
    assert mail.outbox == []


@pytest.mark.parametrize("state", ["approved", "returned"])
def test_the_one_who_asked_gets_the_answer(state):
    author, rita = factories.author("author"), factories.reviewer("rita")
    review = submitted(author)
    mail.outbox.clear()
    decide = review.approve if state == "approved" else review.return_
    decide(by=rita, note="Con 1 is unfair.\nPro 1 is fine.")
    (message,) = mail.outbox
    assert message.to == ["author@example.org"]
    assert message.subject.startswith({"approved": "Approved: "}.get(state, "Returned with a note"))
    assert f"rita has read “Is tea good for you?” and {state} it" in message.body
    assert "Con 1 is unfair.\nPro 1 is fine." in message.body


def test_a_sign_off_is_an_answer():
    author = factories.author("author")
    rita = factories.reviewer("rita", person_name="Rita Example")
    review = submitted(author)
    mail.outbox.clear()
    review.article.sign_off(by=rita)
    assert recipients() == [["author@example.org"]]


def test_nobody_is_told_of_what_is_no_longer_so():
    author, rita = factories.author("author"), factories.reviewer("rita")
    review = submitted(author)
    review.withdraw(by=author)
    mail.outbox.clear()
    tell_reviewer.call(review.pk, rita.email)
    tell_asker.call(review.pk)
    tell_reviewers.call(0)
    tell_asker.call(0)
    assert mail.outbox == []


def test_one_who_has_left_is_not_answered():
    author, rita = factories.author("author"), factories.reviewer("rita")
    review = submitted(author)
    mail.outbox.clear()
    author.is_active = False
    author.save()
    review.approve(by=rita)
    assert mail.outbox == []


def test_a_line_break_adds_no_header():
    rita = factories.reviewer("rita")
    author = factories.author("author")
    author.first_name = "Eve\r\nBcc: victim@example.org"
    author.save()
    title = "Tea\r\nBcc: victim@example.org"
    submitted(author, title).approve(by=rita)
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert message.message()["Bcc"] is None
        assert message.recipients() in (["rita@example.org"], ["author@example.org"])


def test_titles_are_written_as_they_are():
    factories.reviewer("rita")
    submitted(title="Tea & “milk” <b>")
    assert "Tea & “milk” <b>" in mail.outbox[0].body
