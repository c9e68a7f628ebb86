from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import checks, pings, related, search
from blog.models.audit import Action, AuditEntry
from blog.models.edition import Edition
from blog.models.redirects import Redirect
from blog.share_image import draw_share_image


class Publishing:
    """The part of an article that changes what readers see; nothing else does.

    Each of these takes its turn with the others on the same article, and goes by the stored row:
    unsaved changes are dropped.
    """

    def publish(self, *, by, note="", correction=""):
        """Cut an edition and show it from now on. `correction` tells readers what was wrong.

        It takes the place of any scheduled edition, which was cut from an older working copy, and
        keeps a time of expiry that was set. Raises ValidationError when the content must not be
        published as it is.
        """
        return self._cut(by=by, at=None, note=note, correction=correction)

    def schedule(self, *, by, at, note="", correction=""):
        """Cut an edition now and show it from `at` on; until then readers keep what they have.

        It takes the place of an edition scheduled earlier. Raises ValidationError for a time that
        has passed, and like `publish`.
        """
        return self._cut(by=by, at=at, note=note, correction=correction)

    @transaction.atomic
    def expire(self, *, by, at):
        """Take down the last edition that is live or scheduled at `at`; None: never.

        Raises ValidationError when nothing is public or scheduled, or `at` comes too early.
        """
        self.lock()
        last = self.editions.current_or_scheduled().order_by("live_from").last()
        if last is None:
            raise ValidationError(_("This article is not public, so it cannot expire."))
        if at is not None and at <= max(last.live_from, timezone.now()):
            raise ValidationError(
                _("Choose a time of expiry in the future, and after the planned publication.")
            )
        last.live_until, last.end_set_by = at, by
        last.save(update_fields=["live_until", "end_set_by"])
        detail = timezone.localtime(at).isoformat(timespec="minutes") if at else _("no limit")
        AuditEntry.record(Action.EXPIRY_SET, by=by, article=self, detail=detail)
        if at is not None:
            pings.announce(article=self, at=at)
        return last

    @transaction.atomic
    def unpublish(self, *, by):
        """Take the article from readers at once and drop what is scheduled. True if that did
        anything."""
        self.lock(also_in_trash=True)
        now = timezone.now()
        dropped = self._unschedule(now)
        live = self.editions.live(now).first()
        if live:
            live.end(now)
            live.taken_down_at, live.end_set_by = now, by
            live.save(update_fields=Edition.INTERVAL)
        if live:
            pings.announce(article=self, at=now)
        if dropped or live:
            AuditEntry.record(Action.UNPUBLISHED, by=by, article=self)
        return bool(dropped or live)

    @transaction.atomic
    def unschedule(self, *, by):
        """Drop what is scheduled; what is live stays, with the end it had. True if that did
        anything."""
        self.lock()
        planned = list(self.editions.scheduled().order_by("live_from"))
        if planned:
            self._unschedule(timezone.now())
            numbers = ", ".join(str(edition.number) for edition in planned)
            detail = _("Edition %s") % numbers
            AuditEntry.record(Action.UNSCHEDULED, by=by, article=self, detail=detail)
        return bool(planned)

    @transaction.atomic
    def drop_unsigned_plan(self, *, by):
        """Drop what was scheduled before the article was marked clinical, and so was held to
        weaker rules. True if that did anything."""
        planned = self.editions.scheduled()
        if not self.is_clinical or all(edition.content.is_clinical for edition in planned):
            return False
        return self.unschedule(by=by)

    @transaction.atomic
    def _cut(self, *, by, at, note, correction):
        self.lock()
        now = timezone.now()
        correction = " ".join(correction.split())
        if len(correction) > Edition.MAX_CORRECTION:
            raise ValidationError(
                _("Say what was corrected in up to %d characters.") % Edition.MAX_CORRECTION
            )
        if at is not None and at <= now:
            raise ValidationError(_("This time has passed. Choose a time in the future."))
        value = self.refresh_digest()
        if errors := checks.errors(value):
            raise ValidationError(errors)
        self._unschedule(now)
        start, until = at or now, None
        if replaced := self.editions.live(start).first():
            until = replaced.live_until
            replaced.end(start)
            replaced.save(update_fields=Edition.INTERVAL)
        edition = Edition.cut(
            self,
            value,
            by=by,
            note=note,
            correction=correction,
            replaces=replaced,
            live_from=start,
            live_until=until,
            end_set_by=replaced and replaced.end_set_by,
        )
        search.index(edition)
        related.relate(edition)
        if at is None:
            Redirect.objects.give_way(self.get_absolute_url(), by=by)
        draw_share_image.enqueue(edition.pk)
        pings.announce(article=self, at=start)
        detail = _("Edition %(number)d, from %(start)s") % {
            "number": edition.number,
            "start": timezone.localtime(start).isoformat(timespec="minutes"),
        }
        if correction:
            detail += "; " + _("corrected: %s") % correction
        action = Action.SCHEDULED if at else Action.PUBLISHED
        AuditEntry.record(action, by=by, article=self, detail=detail)
        return edition

    def _unschedule(self, now):
        """Take every planned edition out of the plan; what it would have replaced stays live."""
        planned = list(self.editions.scheduled(now).order_by("-live_from"))
        for edition in planned:
            until = edition.live_until
            edition.live_from = edition.live_until = None
            edition.save(update_fields=Edition.INTERVAL)
            if replaced := edition.replaces:
                replaced.live_until = until
                replaced.save(update_fields=["live_until"])
        return len(planned)

    def lock(self, *, also_in_trash=False):
        """Others who lock it wait for the end of this transaction. Unsaved changes are dropped.

        Raises ValidationError for what is in the trash, where nothing is done to it.
        """
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        if self.trashed_at and not also_in_trash:
            raise ValidationError(_("“%s” is in the trash. Take it out of the trash first.") % self)

    def shown_as(self, digest):
        """The live edition, when readers see exactly this already and nothing else is planned."""
        if not self.pk or self.editions.scheduled().exists():
            return None
        return self.editions.live().filter(digest=digest).select_related("article").first()
