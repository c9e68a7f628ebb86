from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import trash
from blog.models.audit import Action, AuditEntry
from blog.stamps import EVERYTHING, changed


class Trashing:
    """The part of an article that goes into the trash, comes back, or is deleted for good."""

    TO_THE_TRASH = "An article is not deleted. Move it to the trash."

    @transaction.atomic
    def trash(self, *, by):
        """Take it from readers and from the desk; all it has is kept for 30 days. True if it was
        not in the trash."""
        self.lock(also_in_trash=True)
        if self.trashed_at:
            return False
        self.unpublish(by=by)
        self.trashed_at, self.trashed_by = timezone.now(), by
        self._save_trashed()
        AuditEntry.record(Action.TRASHED, by=by, article=self)
        trash.empty_later()
        return True

    @transaction.atomic
    def untrash(self, *, by):
        """Back to the desk as it was, and not public. Raises ValidationError when it is too late.

        True if it was in the trash.
        """
        self.lock(also_in_trash=True)
        if not self.trashed_at:
            return False
        if not self.days_in_trash:
            raise ValidationError(_("“%s” was in the trash for too long.") % self)
        self.trashed_at = self.trashed_by = None
        self._save_trashed()
        AuditEntry.record(Action.UNTRASHED, by=by, article=self)
        return True

    @property
    def days_in_trash(self):
        """How many days are left to take it out, today included; 0 for none."""
        left = self.trashed_at + trash.KEPT_FOR - timezone.now()
        return max(0, -(-left // timedelta(days=1)))

    def delete(self, *args, **kwargs):
        raise TypeError(self.TO_THE_TRASH)

    def _save_trashed(self):
        # Not save(): when it was last changed stays true.
        type(self).objects.filter(pk=self.pk).update(
            trashed_at=self.trashed_at, trashed_by=self.trashed_by
        )

    @transaction.atomic
    def purge(self, until):
        rows = type(self).objects.select_for_update().filter(trashed_at__lte=until)
        article = rows.filter(pk=self.pk).first()
        if article is None:
            # Taken out, or deleted by another worker, meanwhile.
            return False
        AuditEntry.record(Action.DELETED, by=None, article=article)
        purge = trash.Purge(using=self._state.db, origin=article)
        purge.collect([article])
        purge.delete()
        # Its comments' addresses, and perhaps the last article of the demo.
        changed(EVERYTHING)
        return True

    def refuse_an_address_in_the_trash(self):
        trashed = type(self).objects.exclude(trashed_at=None).exclude(pk=self.pk)
        if self.slug and trashed.filter(slug=self.slug).exists():
            raise ValidationError(
                {
                    "slug": _(
                        "An article in the trash has this address. Choose another one, or take "
                        "that article out of the trash."
                    )
                }
            )
