"""How many comments one address may send.

Counted in the cache, under a keyed hash of the address whose key changes every day: the address
itself is stored nowhere. Every server process counts for itself unless CACHE_URL names a shared
cache.
"""

import logging
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from comments.client import client_address, network

logger = logging.getLogger(__name__)

MINUTE, DAY = 60, 24 * 60 * 60

# (comments, seconds). The first stops a machine and lets through a class or a ward behind one
# address; the second is still a number that a moderator can read in a day.
LIMITS = [(20, MINUTE), (200, DAY)]


def take(request):
    """Count one comment. Returns the seconds to wait when it is one too many, else 0."""
    return _guarded(_take, request)


def give_back(request):
    """Uncount it: it was a duplicate after all."""
    _guarded(lambda windows: [_add(key, -1, seconds) for key, _, seconds in windows], request)


def _guarded(function, request):
    address = client_address(request)
    if address is None:
        logger.warning("A comment came without a network address and was not counted.")
        return 0
    try:
        return function(list(_windows(network(address))))
    except Exception as error:  # noqa: BLE001
        # Whatever a cache raises when it is down. The comment is held for a person anyway, so
        # it is let through; the error's name is logged, its text could hold the key.
        logger.warning("Comments are not being counted: %s from the cache.", type(error).__name__)
        return 0


def _take(windows):
    now = time.time()
    waits = [
        seconds - int(now) % seconds
        for key, limit, seconds in windows
        if _add(key, 1, seconds) > limit
    ]
    if waits:
        for key, _limit, seconds in windows:
            _add(key, -1, seconds)
    return max(waits, default=0)


def _windows(address):
    now = int(time.time())
    for limit, seconds in LIMITS:
        name = salted_hmac(f"comments.throttle.{now // DAY}", str(address)).hexdigest()
        yield f"comments:{seconds}:{now // seconds}:{name}", limit, seconds


def _add(key, number, seconds):
    cache.add(key, 0, timeout=seconds)
    return cache.incr(key, number)
