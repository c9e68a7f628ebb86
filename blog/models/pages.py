"""What articles, topics, people and tags share: the last part of an address, and its changes."""

import re
import unicodedata

from django.db import models, transaction
from django.utils import timezone

from blog import paths, pings
from blog.models.redirects import Redirect
from blog.slugs import slug_base, slug_field, unused_slug
from blog.stamps import EVERYTHING, changed


class Page(models.Model):
    """A row with a slug. A change of it leaves a redirect where readers found something."""

    # The field that the slug is made from when nobody types one.
    NAMED_BY = "name"
    # Whether there are rows that readers cannot see yet. Their address follows the name, and a
    # redirect from there goes on until they are public.
    HAS_DRAFTS = False

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args, by=None, update_fields=None, **kwargs):
        """`by` is who changes it, for the trail; None for a command."""
        if update_fields is not None and "slug" not in update_fields:
            super().save(*args, update_fields=update_fields, **kwargs)
            return
        was = self.settle_slug()
        super().save(*args, update_fields=update_fields, **kwargs)
        if was is None or was.slug != self.slug:
            self._take_address(was, by)

    def settle_slug(self):
        """Make the slug what it is saved as; the stored row, or None."""
        rows = type(self)._default_manager
        was = rows.filter(pk=self.pk).first() if self.pk else None
        self.slug = unicodedata.normalize("NFC", self.slug)
        if not self.slug or (was and self._follows_name(was)):
            self.slug = self._unused_slug()
        return was

    @property
    def has_been_public(self):
        """Whether readers ever found something at its address. Runs a query."""
        return False

    @property
    def is_public(self):
        """Whether readers find something at its address now. Runs a query."""
        return False

    def _follows_name(self, was):
        """Nobody typed the slug, now or earlier, and no reader knows it."""
        name, new_name = getattr(was, self.NAMED_BY), getattr(self, self.NAMED_BY)
        if self.slug != was.slug or name == new_name or not self.HAS_DRAFTS:
            return False
        was_made = re.fullmatch(
            re.escape(slug_base(name, fallback=self._meta.model_name)) + r"(-\d+)?", was.slug
        )
        return bool(was_made) and not was.has_been_public

    def _unused_slug(self):
        name = getattr(self, self.NAMED_BY)
        rows = type(self)._default_manager.exclude(pk=self.pk)
        return unused_slug(rows, name, fallback=self._meta.model_name, is_free=self._is_free)

    def _is_free(self, slug):
        """Links that lead on by a redirect mean another text."""
        if not hasattr(self, "get_absolute_url"):
            return True
        path = paths.typed_path(type(self)(slug=slug).get_absolute_url())
        return not Redirect.objects.filter(old_path=path).exists()

    def _take_address(self, was, by):
        if not hasattr(self, "get_absolute_url"):
            return
        moved = was is not None and was.has_been_public
        if moved:
            changed(EVERYTHING)
            Redirect.objects.moved(
                was.get_absolute_url(), self.get_absolute_url(), by=by, note=str(self)[:300]
            )
            self.record_move(was, by)
            if self.is_public:
                for page in (was, self):
                    pings.announce(path=page.get_absolute_url(), at=timezone.now())
        elif not self.HAS_DRAFTS:
            Redirect.objects.give_way(self.get_absolute_url(), by=by)

    def record_move(self, was, by):
        """Note in the trail that its address changed."""


class NamedPage(Page):
    """Something with a name and perhaps a page of its own."""

    slug = slug_field()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        # Its name and description may stand on any page.
        changed(EVERYTHING)

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        changed(EVERYTHING)
        return deleted
