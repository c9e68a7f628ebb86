"""The mails of this app, sent by the worker. None holds a word of a comment.

The models enqueue these jobs, so they are looked up by name here.
"""

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from comments import markup
from comments.models.status import Status


@task()
def tell_moderators(pk):
    """One job for each, so that an address that is refused stops nobody else's mail."""
    for moderator in _moderators():
        tell_moderator.enqueue(pk, moderator.email)


@task()
def tell_moderator(pk, address):
    """That a comment waits, and where; nothing of what it says or of who wrote it."""
    comment = _comments().pending().filter(pk=pk).first()
    if comment is None:
        return
    subject = _("A comment waits to be read: %s") % comment.article_title
    link = _absolute(reverse("admin:comments_comment_change", args=[pk]))
    body = render_to_string(
        "comments/mail/to_moderators.txt", {"title": _line(comment.article_title), "link": link}
    )
    _send(subject, body, address)


@task()
def tell_writer(pk):
    """What became of the comment, as it stands when the mail goes out."""
    comment = _comments().filter(pk=pk, status__in=_SUBJECTS).exclude(email="").first()
    if comment is None:
        return
    public = comment.is_public
    body = render_to_string(
        "comments/mail/to_writer.txt",
        {
            "approved": comment.status == Status.APPROVED,
            "title": _line(comment.article_title),
            "explanation": comment.last_decision and _line(comment.last_decision.explanation),
            "public_link": _absolute(comment.get_absolute_url()) if public else "",
            "status_link": _absolute(comment.get_status_url()),
        },
    )
    _send(str(_SUBJECTS[comment.status]), body, comment.email)


_SUBJECTS = {
    Status.APPROVED: gettext_lazy("Your comment is public"),
    Status.REJECTED: gettext_lazy("Your comment was not published"),
}


def _comments():
    return apps.get_model("comments", "Comment").objects.select_related("article", "edition")


def _moderators():
    accounts = get_user_model().objects.with_perm(
        "comments.change_comment", backend="django.contrib.auth.backends.ModelBackend"
    )
    return accounts.filter(is_staff=True).exclude(email="").order_by("pk")


def _send(subject, body, recipient):
    EmailMessage(_line(subject), body, to=[recipient]).send()


def _line(text):
    # A line break in a title or a reason must not start a header, or a paragraph of its own.
    return markup.plain_line(text)


def _absolute(path):
    return f"{settings.SITE_URL}{path}"
