from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SPAM = "spam", _("Spam")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Where staff may move a comment, and from where. Nobody but the writer withdraws one, and what
# is withdrawn stays so.
DECIDED = (Status.APPROVED, Status.REJECTED, Status.SPAM)
STAFF_MAY_MOVE = {to: {Status.PENDING, *DECIDED} - {to} for to in DECIDED}
WRITER_MAY_WITHDRAW = {Status.PENDING, Status.APPROVED}


class Reason(models.TextChoices):
    """Why a comment was not published: for the moderator a name, for the writer a sentence."""

    MISINFORMATION = "misinformation", _("Misinformation")
    PERSONAL = "personal", _("Personal information")
    ADVICE = "advice", _("Medical advice to a person")
    ABUSE = "abuse", _("Abuse")
    ADVERTISING = "advertising", _("Advertising")
    OFF_TOPIC = "off_topic", _("Off topic")
    ILLEGAL = "illegal", _("Illegal")
    DUPLICATE = "duplicate", _("Duplicate")

    @property
    def sentence(self):
        return _SENTENCES[self]


_SENTENCES = {
    Reason.MISINFORMATION: _(
        "It states as fact something that good evidence contradicts, and others could act on it."
    ),
    Reason.PERSONAL: _(
        "It could identify somebody. You are welcome to send it again without names, dates, "
        "places or contact details."
    ),
    Reason.ADVICE: _(
        "It tells a person what to do about their health. That needs somebody who knows the case."
    ),
    Reason.ABUSE: _("It attacks people. You are welcome to send the argument without that."),
    Reason.ADVERTISING: _("It advertises something."),
    Reason.OFF_TOPIC: _("It is about something other than the article."),
    Reason.ILLEGAL: _("Publishing it could break the law."),
    Reason.DUPLICATE: _("It says what another comment of yours already says."),
}
