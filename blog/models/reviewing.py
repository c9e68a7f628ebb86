from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import mail
from blog.models.audit import Action, AuditEntry
from blog.models.people import Person
from blog.models.reviews import REVIEW, SignOff


class Reviewing:
    """The part of an article that says who looked at its text, and who stands up for it."""

    @transaction.atomic
    def submit_for_review(self, *, by, asked=None, note=""):
        """Ask `asked`, or anybody who may review, for a look; they get a mail. The review.

        Raises ValidationError when one is waiting already, or that account cannot review it.
        """
        self.lock()
        if self.reviews.waiting().exists():
            raise ValidationError(_("Somebody has asked for a review already, and it waits."))
        if asked is not None and asked == by:
            raise ValidationError(_("Ask somebody else; nobody reviews at their own request."))
        if asked is not None and not (asked.is_staff and asked.has_perm(REVIEW)):
            raise ValidationError(_("%s cannot review articles. Ask somebody else.") % asked)
        review = self.reviews.create(
            requested_by=by, asked=asked, note=note.strip(), digest=self.content().substance
        )
        AuditEntry.record(Action.SUBMITTED, by=by, article=self, detail=review.note)
        mail.tell_reviewers.enqueue(review.pk)
        return review

    @transaction.atomic
    def sign_off(self, *, by, next_review_on=None, note="", seen=None):
        """The person of the account stands up for exactly this text; the sign-off.

        `seen` is the Content.substance of the text that was on the screen, `next_review_on` the
        day by which it is to be checked again. A review that waits is approved with it. Raises
        ValidationError with what is missing.
        """
        self.lock()
        person = self._signer(by)
        digest = self.unchanged_since(seen)
        self.next_review_on = self._next_review(next_review_on)
        self.reviewer = self.reviewer or person
        self.save(update_fields=["next_review_on", "reviewer", "changed_at"])
        sign_off = SignOff.objects.create(
            article=self,
            person=person,
            credentials=person.job_title,
            digest=digest,
            signed_by=by,
            note=note.strip(),
        )
        AuditEntry.record(Action.SIGNED_OFF, by=by, article=self, detail=str(person))
        self.refresh_digest()
        waiting = self.reviews.waiting().first()
        if waiting and waiting.requested_by_id != by.pk:
            waiting.approve(by=by, note=note)
        return sign_off

    def _signer(self, account):
        person = account and Person.objects.filter(user=account).first()
        if not person:
            raise ValidationError(
                _(
                    "Readers see who signed off, and your account belongs to no person they know. "
                    "Ask an administrator to choose your account on your page under “People”."
                )
            )
        if person.pk == self.author_id:
            raise ValidationError(
                _("You are the author of this article. Ask somebody else to sign it off.")
            )
        if self.is_clinical and self._was_written_by(account):
            raise ValidationError(
                _(
                    "You have changed this text yourself. It gives health information, so somebody "
                    "else has to sign it off."
                )
            )
        return person

    def _was_written_by(self, account):
        """Whether this account saved any of it since it was last signed off."""
        saved = self.versions.filter(saved_by=account)
        if last := self.last_sign_off:
            saved = saved.filter(saved_at__gt=last.signed_at)
        return saved.exists()

    def _next_review(self, day):
        day = day or self.next_review_on
        if day is None and self.is_clinical:
            raise ValidationError(_("Choose the day of the next review."))
        if day is not None and day <= timezone.localdate():
            raise ValidationError(_("Choose a day in the future for the next review."))
        return day

    def unchanged_since(self, seen):
        """The Content.substance of the stored text. Raises ValidationError when it is not `seen`;
        None is taken for any."""
        now = self.content().substance
        if seen is not None and seen != now:
            raise ValidationError(
                _(
                    "The text has changed since you opened this page, so nothing was decided. "
                    "Read it as it is now, and decide again."
                )
            )
        return now
