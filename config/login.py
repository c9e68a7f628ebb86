"""Stops the guessing of staff passwords: django-axes counts, and these say for whom and how."""

from comments.throttle import client_address, network
from config import errors

PAUSE_MINUTES = 15


def guesser(request):
    """Who is counted: the address of the client, an IPv6 network as one."""
    address = client_address(request)
    return str(network(address)) if address else None


def locked_out(request, original_response=None, credentials=None):
    return errors.too_many_requests(request, seconds=PAUSE_MINUTES * 60)
