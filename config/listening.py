"""Hears from other machines what changed. They share the database, which is PostgreSQL then."""

import fcntl
import logging
import threading
import time

from django.db import DatabaseError, InterfaceError, connections

from blog.stamps import CHANNEL, EVERYTHING

logger = logging.getLogger(__name__)

# Seconds. How often a quiet connection is tried, and how long a lost one rests.
_TRY, _REST = 5, 1
# A peer that vanished without a word is noticed after about ten seconds.
_KEEPALIVE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
    "connect_timeout": 5,
}


class Listener:
    """A thread of one server process of each machine; the others wait to take its place.

    While nobody listens, no page of this machine is kept or served from memory.
    """

    def __init__(self, stamps):
        self.stamps = stamps
        self.is_running, self.starting = False, threading.Lock()

    def ensure_running(self):
        """To be called in the process that serves, after any fork."""
        if self.is_running:
            return
        with self.starting:
            if self.is_running:
                return
            # A process before this one may have died before it told the others.
            self.stamps.renew([EVERYTHING])
            if connections["default"].vendor == "postgresql":
                turn = open(f"{self.stamps.path}.lock", "a")  # noqa: SIM115  (until the end)
                if _is_ours(turn, fcntl.LOCK_EX | fcntl.LOCK_NB):
                    # The stamps may be those of an earlier run. Nobody has listened since.
                    self.stamps.distrust()
                thread = threading.Thread(
                    target=self._take_turns, args=[turn], name="stamps", daemon=True
                )
                thread.start()
            else:
                self.stamps.trust()
            self.is_running = True

    def _take_turns(self, turn):
        # Held until this process ends, however it ends.
        _is_ours(turn, fcntl.LOCK_EX)
        self.stamps.distrust()
        self.stamps.rename()
        while True:
            try:
                self._listen()
            except (DatabaseError, InterfaceError, OSError) as error:
                logger.warning("No word from the other machines; trying again: %s", error)
            finally:
                self.stamps.distrust()
            time.sleep(_REST)

    def _listen(self):
        connection = connections["default"].copy()
        connection.settings_dict["OPTIONS"] |= _KEEPALIVE
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                self.stamps.trust()
                while True:
                    with connection.wrap_database_errors:
                        for heard in connection.connection.notifies(timeout=_TRY):
                            self._hear(heard.payload)
                    cursor.execute("SELECT 1")
        finally:
            connection.close()

    def _hear(self, payload):
        machine, _space, tags = payload.partition(" ")
        if machine != self.stamps.machine:
            self.stamps.renew(tags.split())


def _is_ours(file, how):
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True
