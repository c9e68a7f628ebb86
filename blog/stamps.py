"""Stamps: how every server process learns at once that a page is no longer what it was.

A page carries tags that name what it shows ("article-12", "lists"). Each tag has a stamp, a number
in a small file that all processes of a machine have mapped into memory. A page is kept together
with the stamps it was rendered under, and is fresh while they stay the same. A writer calls
`changed` with the tags; when its transaction is committed, they get new stamps.

On PostgreSQL other machines are told as well, by NOTIFY; `config/listening.py` hears it.
"""

import fcntl
import logging
import mmap
import os
import zlib
from array import array
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

# On every page. Its stamp is NONE while nobody listens to the other machines.
EVERYTHING = "everything"
# On every page that lists articles, feeds and the sitemap included.
LISTS = "lists"

CHANNEL = "evenhand_stamps"
NONE = 0
_SLOTS = 1 << 14
# The first two numbers are the stamp of EVERYTHING and the name of this machine.
_RESERVED = 2


def article_tag(pk):
    """On every page of an article, with its comments."""
    return f"article-{pk}"


def teaser_tag(pk):
    """On pages of others that show the article without its comments."""
    return f"teaser-{pk}"


class Stamps:
    """The file of stamps. Two tags may share a slot; then one is dropped too often, never too
    seldom. Raises OSError when the file cannot be used."""

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a+b") as file:
            # Two processes may make it at the same moment.
            fcntl.flock(file, fcntl.LOCK_EX)
            if file.seek(0, os.SEEK_END) != _SLOTS * 8:
                file.truncate(0)
                file.write(bytes(8) + os.urandom((_SLOTS - 1) * 8))
                file.flush()
            self.path = path
            self.numbers = memoryview(mmap.mmap(file.fileno(), _SLOTS * 8)).cast("Q")
            # The mapping keeps the file open, and would keep its lock.
            fcntl.flock(file, fcntl.LOCK_UN)

    @property
    def machine(self):
        return f"{self.numbers[1]:x}"

    @staticmethod
    def slot(tag):
        if tag == EVERYTHING:
            return 0
        return _RESERVED + zlib.crc32(tag.encode()) % (_SLOTS - _RESERVED)

    def of(self, *tags):
        return [self.numbers[self.slot(tag)] for tag in tags]

    def snapshot(self):
        """All stamps as they are now: a copy of 128 KB, in a few microseconds."""
        return array("Q", self.numbers)

    def renew(self, tags):
        """A random number, so that two writers at the same moment need no lock."""
        for tag in tags:
            slot = self.slot(tag)
            if slot or self.numbers[0] != NONE:
                self.numbers[slot] = _random()

    def trust(self):
        """From now on pages may be kept; those from before are dropped."""
        self.numbers[0] = _random()

    def rename(self):
        """A copy of this machine, with its files, must not take the other's words for its own."""
        self.numbers[1] = _random()

    def distrust(self):
        """No page is kept, nor served from memory, until `trust`."""
        self.numbers[0] = NONE


def _random():
    return int.from_bytes(os.urandom(8)) or 1


@cache
def stamps():
    return Stamps(settings.STAMPS_FILE)


class _Announcement:
    """Runs once after the commit, with the tags of the whole transaction."""

    def __init__(self):
        self.tags = set()

    def __call__(self):
        try:
            stamps().renew(self.tags)
        except OSError as error:
            logger.error("What changed cannot be told. STAMPS_FILE cannot be used: %s", error)
            return
        if connection.vendor == "postgresql":
            self._tell_other_machines()

    def _tell_other_machines(self):
        tags = self.tags if len(self.tags) <= 100 else {EVERYTHING}
        payload = " ".join([stamps().machine, *sorted(tags)])
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
        except DatabaseError as error:
            logger.error("Other machines could not be told what changed: %s", error)


def changed(*tags):
    """What readers see under these tags is another thing once this transaction is committed."""
    for _savepoints, function, _robust in connection.run_on_commit:
        if isinstance(function, _Announcement):
            function.tags.update(tags)
            return
    announcement = _Announcement()
    announcement.tags.update(tags)
    transaction.on_commit(announcement, robust=True)
