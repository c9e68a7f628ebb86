import pytest
from django.core import mail
from django.db import IntegrityError

from comments.mail import tell_moderators, tell_writer
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

WRITER = "ada@example.org"


def submit(article=None, **values):
    article = article or factories.live_article("Is tea good for you?")
    values = {"name": "Ada", "text": "PLANTED", "email": WRITER} | values
    edition = article.editions.live().first()
    return Comment.objects.submit(Comment(article=article, edition=edition, **values))[0]


def decide(comment, to, **values):
    comment.refresh_from_db()
    Comment.objects.decide(to=to, by=None, seen={comment.pk: comment.version}, **values)
    comment.refresh_from_db()


def to_writer():
    return [message for message in mail.outbox if message.to == [WRITER]]


# Moderators


def test_those_who_may_decide_are_told_that_a_comment_waits_and_nothing_of_it():
    factories.moderator("mo")
    comment = submit(name="PLANTED")
    message = mail.outbox[0]
    assert message.to == ["mo@example.org"]
    assert message.subject == "A comment waits to be read: Is tea good for you?"
    assert f"http://testserver/admin/comments/comment/{comment.pk}/change/" in message.body
    everything = message.message().as_string()
    for private in ["PLANTED", WRITER, comment.key]:
        assert private not in everything


def test_each_moderator_gets_a_mail_of_their_own():
    factories.moderator("mo")
    factories.moderator("mia")
    submit()
    assert [message.to for message in mail.outbox] == [["mo@example.org"], ["mia@example.org"]]
    assert not any(message.cc or message.bcc for message in mail.outbox)


@pytest.mark.parametrize("who", ["editor", "author", "inactive", "no longer staff", "without mail"])
def test_nobody_else_is_told(who):
    if who in {"editor", "author"}:
        getattr(factories, who)()
    else:
        account = factories.moderator("mo")
        account.is_active = who != "inactive"
        account.is_staff = who != "no longer staff"
        account.email = "" if who == "without mail" else account.email
        account.save()
    submit()
    assert mail.outbox == []


def test_the_same_form_sent_twice_tells_once():
    factories.moderator("mo")
    comment = submit()
    submit(comment.article)
    assert len(mail.outbox) == 1


def test_an_import_tells_nobody():
    factories.moderator("mo")
    Comment.objects.submit(
        Comment(article=factories.live_article(), name="Ada", text="Tea."), announce=False
    )
    assert mail.outbox == []


def test_nobody_is_told_of_a_comment_that_is_decided_already():
    factories.moderator("mo")
    comment = submit()
    decide(comment, "approved")
    mail.outbox.clear()
    tell_moderators.call(comment.pk)
    tell_moderators.call(0)
    assert mail.outbox == []


def test_a_comment_that_is_not_stored_is_not_announced(monkeypatch):
    factories.moderator("mo")
    comment = submit()
    mail.outbox.clear()
    monkeypatch.setattr("comments.models.comment.CommentQuerySet.same_as", lambda *args: None)
    with pytest.raises(IntegrityError):
        submit(comment.article)
    assert mail.outbox == []


# The writer


def test_the_writer_of_an_approved_comment_gets_the_public_link():
    comment = submit()
    decide(comment, "approved")
    (message,) = to_writer()
    assert message.subject == "Your comment is public"
    assert f"http://testserver/articles/is-tea-good-for-you/comments/{comment.pk}/" in message.body
    assert f"http://testserver/comments/{comment.key}/" in message.body
    assert "PLANTED" not in message.message().as_string()


def test_the_writer_of_a_rejected_comment_gets_the_reason():
    comment = submit()
    decide(comment, "rejected", reason="personal")
    (message,) = to_writer()
    assert message.subject == "Your comment was not published"
    assert "It could identify somebody." in message.body
    assert "#comment-" not in message.body
    assert f"http://testserver/comments/{comment.key}/" in message.body


def test_a_rejection_without_a_reason_is_told_too():
    decide(submit(), "rejected")
    assert "decided not to publish it" in to_writer()[0].body


@pytest.mark.parametrize("to", ["spam", "withdrawn"])
def test_spam_and_withdrawn_comments_are_not_answered(to):
    comment = submit()
    if to == "spam":
        decide(comment, to)
    else:
        comment.withdraw()
    assert to_writer() == []


def test_without_an_address_nobody_is_written_to():
    decide(submit(email=""), "approved")
    assert mail.outbox == []


def test_nobody_is_told_twice():
    comment = submit()
    for to in ["approved", "rejected", "approved", "spam", "rejected"]:
        decide(comment, to)
    assert len(to_writer()) == 1


def test_what_became_spam_first_is_never_told():
    comment = submit()
    for to in ["spam", "approved"]:
        decide(comment, to)
    assert to_writer() == []


@pytest.mark.parametrize("now", ["spam", "withdrawn", "pending"])
def test_a_mail_that_goes_out_late_tells_what_is_so_by_then(now):
    comment = submit()
    Comment.objects.update(status=now)
    tell_writer.call(comment.pk)
    assert to_writer() == []


def test_an_approved_comment_under_an_article_that_is_gone_has_no_public_link():
    comment = submit()
    comment.article.unpublish(by=None)
    decide(comment, "approved")
    assert "/articles/" not in to_writer()[0].body


# Headers


def test_a_line_break_in_a_title_or_a_name_adds_no_header():
    factories.moderator("mo")
    article = factories.live_article("Tea\r\nBcc: victim@example.org")
    comment = submit(article, name="Ada\r\nBcc: victim@example.org")
    decide(comment, "approved")
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert message.message()["Bcc"] is None
        assert message.recipients() in (["mo@example.org"], [WRITER])


def test_titles_are_written_as_they_are():
    article = factories.live_article("Tea & “milk” <b>")
    decide(submit(article), "approved")
    assert "Tea & “milk” <b>" in to_writer()[0].body
