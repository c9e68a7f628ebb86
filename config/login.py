"""Stops the guessing of staff passwords: django-axes counts, and these say for whom and how."""

import logging

from axes.handlers.cache import AxesCacheHandler
from django.conf import settings

from comments.client import client_address, network
from config import errors

logger = logging.getLogger(__name__)


def guesser(request):
    """Who is counted: the address of the client, an IPv6 network as one."""
    address = client_address(request)
    return str(network(address)) if address else None


def locked_out(request, original_response=None, credentials=None):
    return errors.too_many_requests(request, seconds=settings.AXES_COOLOFF_TIME.seconds)


class CountingHandler(AxesCacheHandler):
    def is_allowed(self, request, credentials=None):
        """While the cache is down nobody logs in: guesses could not be counted."""
        try:
            return super().is_allowed(request, credentials)
        except Exception as error:  # noqa: BLE001
            # Whatever a cache raises when it is down; its text could hold an address.
            logger.warning("Logins are closed: %s from the cache.", type(error).__name__)
            return False

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        except Exception:  # noqa: BLE001  (said by is_allowed)
            request.axes_locked_out = True
