"""Links that show a text before readers see it, to people without a login."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.versions import Version

# The desk shows an address again at any time, and a copy of the database alone opens nothing.
_signer = signing.Signer(sep=".", salt="blog.preview_link")


def make_secret():
    return secrets.token_urlsafe(24)


class PreviewLinkQuerySet(models.QuerySet):
    def open_(self, now=None):
        return self.filter(revoked_at=None, expires_at__gt=now or timezone.now())

    def find(self, token):
        """The link of this address, open or not, or None."""
        try:
            secret = _signer.unsign(token)
        except signing.BadSignature:
            return None
        return (
            self.filter(secret=secret)
            .select_related("article", "version", "edition__article")
            .first()
        )

    @transaction.atomic
    def make(self, article, *, by, days, note="", shows="draft"):
        """A link to the working copy as it develops ("draft"), to the text as it is now ("now"),
        or to an edition by its number.

        Raises ValueError for a number of days out of range or an unknown edition.
        """
        if not 1 <= days <= PreviewLink.MOST_DAYS:
            raise ValueError(f"A preview link lasts 1 to {PreviewLink.MOST_DAYS} days.")
        link = PreviewLink(
            article=article,
            note=note,
            created_by=by,
            expires_at=timezone.now() + timedelta(days=days),
        )
        if shows == "now":
            link.version = _version_of(article, by)
        elif shows != "draft":
            link.edition = article.editions.filter(number=shows).first()
            if link.edition is None:
                raise ValueError(f"There is no edition {shows}.")
        link.save(force_insert=True)
        AuditEntry.record(Action.LINK_MADE, by=by, article=article, detail=link.in_words)
        return link


def _version_of(article, by):
    """The stored text as a version that stays as it is: one that was saved by itself may grow."""
    content = article.content()
    newest = article.versions.first()
    is_fixed = newest and newest.reason != Version.Reason.AUTOSAVED
    if is_fixed and newest.digest == content.digest:
        return newest
    return Version.objects.keep(
        article, content, by=by, reason=Version.Reason.SAVED, note=_("For a preview link")
    )


class PreviewLink(models.Model):
    DAYS = 7
    MOST_DAYS = 90

    article = models.ForeignKey(
        "blog.Article", on_delete=models.CASCADE, related_name="preview_links"
    )
    # Neither: it follows the working copy.
    version = models.ForeignKey(Version, on_delete=models.RESTRICT, null=True, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")
    secret = models.CharField(max_length=64, unique=True, default=make_secret, editable=False)
    note = models.CharField(
        gettext_lazy("for whom"),
        max_length=200,
        blank=True,
        help_text=gettext_lazy("Whoever opens the link reads this."),
    )
    created_at = models.DateTimeField(gettext_lazy("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField(gettext_lazy("until"))
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = gettext_lazy("preview link")
        verbose_name_plural = gettext_lazy("preview links")
        default_permissions = []
        constraints = [
            models.CheckConstraint(
                condition=Q(version=None) | Q(edition=None), name="preview_link_shows_one_thing"
            )
        ]

    def __str__(self):
        return self.in_words

    def get_absolute_url(self):
        return reverse("blog:preview", args=[_signer.sign(self.secret)])

    def is_open(self, now=None):
        is_ended = self.revoked_at or self.article.trashed_at
        return not is_ended and (now or timezone.now()) < self.expires_at

    @property
    def shows(self):
        if self.edition:
            return _("Edition %d") % self.edition.number
        if self.version:
            saved_at = date_format(timezone.localtime(self.version.saved_at), "j F Y, H:i")
            return _("The text as it was on %s") % saved_at
        return _("The draft as it develops")

    @property
    def in_words(self):
        until = date_format(timezone.localtime(self.expires_at), "j F Y, H:i")
        words = {"shows": self.shows, "until": until, "note": self.note}
        if self.note:
            return _("%(shows)s, for %(note)s, until %(until)s") % words
        return _("%(shows)s, until %(until)s") % words

    def edition_shown(self):
        """What it shows now, as an edition that may be unsaved."""
        if self.edition:
            return self.edition
        content = self.version.content if self.version else self.article.content()
        if shown := self.article.shown_as(content.digest):
            return shown
        return Edition.draft(self.article, content, live_from=timezone.now())

    @transaction.atomic
    def log_opening(self, browser=""):
        """`browser` is a family such as "Firefox"; nothing else about its user is kept."""
        now = timezone.now()
        PreviewLink.objects.filter(pk=self.pk).update(opened=F("opened") + 1, last_opened_at=now)
        PreviewOpening.objects.create(link=self, at=now, browser=browser)
        old = self.openings.values("pk")[PreviewOpening.KEPT : PreviewOpening.KEPT + 100]
        PreviewOpening.objects.filter(pk__in=[row["pk"] for row in old]).delete()

    @transaction.atomic
    def revoke(self, *, by):
        """From now on it shows nothing. True if it was open."""
        now = timezone.now()
        done = PreviewLink.objects.open_(now).filter(pk=self.pk)
        if not done.update(revoked_at=now, revoked_by=by):
            return False
        self.refresh_from_db(fields=["revoked_at", "revoked_by"])
        AuditEntry.record(Action.LINK_REVOKED, by=by, article=self.article, detail=self.in_words)
        return True


class PreviewOpening(models.Model):
    # The newest of each link; all of them are in its count.
    KEPT = 50

    link = models.ForeignKey(PreviewLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField(default=timezone.now)
    browser = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = []

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.browser}".strip()


# In this order: browsers name those that they descend from as well.
_FAMILIES = {
    "bot": gettext_lazy("a machine"),
    "preview": gettext_lazy("a machine"),
    "facebookexternalhit": gettext_lazy("a machine"),
    "whatsapp": gettext_lazy("a machine"),
    "edg": "Edge",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
}


def browser_family(user_agent):
    """A word such as "Firefox"; empty when there is none for it."""
    text = user_agent.lower()
    return str(next((name for sign, name in _FAMILIES.items() if sign in text), ""))
