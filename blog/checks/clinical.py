"""What is asked of articles that somebody may act on, and of promises to look again."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from blog.checks.finding import error, warning


def sources(content, texts):
    if not content.is_clinical:
        return
    for point in content.points:
        if not point.cites:
            yield error(
                "unsourced_point",
                _("%(point)s cites no source. On a clinical article every point needs one.")
                % {"point": point.name},
                *("section", point.key, "sources"),
            )


def sign_off(content, texts):
    if not content.is_clinical:
        return
    if content.reviewer is None or content.reviewed_on is None:
        yield error(
            "no_sign_off",
            _(
                "Nobody has signed off the text as it stands. On a clinical article a reviewer "
                "other than the author has to; ask for a review."
            ),
            *("article", "sign_off"),
        )
    elif content.author and content.reviewer.slug == content.author.slug:
        yield error(
            "no_sign_off",
            _("The author signed it off. Ask somebody else for a review."),
            *("article", "sign_off"),
        )


def next_review(content, texts):
    if content.is_clinical and content.next_review_on is None:
        yield error(
            "no_next_review",
            _("There is no day of the next review. A clinical article needs one; set it."),
            *("article", "next_review_on"),
        )


def overdue(content, texts):
    day = content.next_review_on
    if day and day < timezone.localdate():
        yield warning(
            "review_overdue",
            _("Its review was due on %(day)s. Have it reviewed, and set the next day.")
            % {"day": date_format(day, "j F Y")},
            *("article", "next_review_on"),
        )
