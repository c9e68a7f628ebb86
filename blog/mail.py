"""The mails about reviews, sent by the worker. None holds a word of an article but its title.

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


@task()
def tell_reviewers(pk):
    """One job for each, so that an address that is refused stops nobody else's mail."""
    review = _reviews().filter(pk=pk).first()
    for account in _reviewers(review) if review else ():
        tell_reviewer.enqueue(pk, account.email)


@task()
def tell_reviewer(pk, address):
    """That an article waits for a review, as long as it does."""
    review = _reviews().waiting().filter(pk=pk).first()
    if review:
        subject = _("Please review: %s") % review.article
        _send("to_reviewer", review, subject, address, note=review.note)


@task()
def tell_asker(pk):
    """What became of the review, as it stands when the mail goes out."""
    review = _reviews().filter(pk=pk, state__in=_SUBJECTS).first()
    asker = review and review.requested_by
    if asker and asker.is_active and asker.email:
        subject = _SUBJECTS[review.state] % {"title": review.article}
        _send("to_asker", review, subject, asker.email, note=review.answer)


_SUBJECTS = {
    "approved": gettext_lazy("Approved: %(title)s"),
    "returned": gettext_lazy("Returned with a note: %(title)s"),
}


def _reviews():
    people = ("article", "requested_by", "asked", "decided_by")
    return apps.get_model("blog", "Review").objects.select_related(*people)


def _reviewers(review):
    accounts = get_user_model().objects.with_perm(
        "blog.review_article", backend="django.contrib.auth.backends.ModelBackend"
    )
    if review.asked_id:
        accounts = accounts.filter(pk=review.asked_id)
    elif review.requested_by_id:
        accounts = accounts.exclude(pk=review.requested_by_id)
    return accounts.filter(is_staff=True).exclude(email="").order_by("pk")


def _send(template, review, subject, recipient, *, note):
    path = reverse("admin:blog_article_review", args=[review.article_id])
    body = render_to_string(
        f"blog/mail/{template}.txt",
        {
            "title": _line(review.article.title),
            "asker": _line(_name(review.requested_by)),
            "decider": _line(_name(review.decided_by)),
            "approved": review.state == "approved",
            "note": note,
            "link": f"{settings.SITE_URL}{path}",
        },
    )
    EmailMessage(_line(subject), body, to=[recipient]).send()


def _name(account):
    return account.get_full_name() or account.get_username() if account else ""


def _line(text):
    # A line break in a title or a name must not start a header, or a paragraph of its own.
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
