"""Who is at the other end of a request."""

import ipaddress

from django.conf import settings
from django.utils.crypto import salted_hmac


def client_address(request):
    """The address of the reader, from as many proxies as are known to stand in front; or None."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    forwarded = settings.PROXIES and len(hops) >= settings.PROXIES
    address = hops[-settings.PROXIES] if forwarded else request.META.get("REMOTE_ADDR", "")
    try:
        return ipaddress.ip_address(address.strip())
    except ValueError:
        return None


def network(address):
    """What one reader holds: an IPv4 address, or the /64 within which IPv6 addresses change."""
    if address.version == 6:
        if address.ipv4_mapped:
            return address.ipv4_mapped
        return ipaddress.ip_network((address, 64), strict=False)
    return address


def sender(request):
    """A keyed hash that is the same for one reader's requests and tells nobody who that is.

    It is stored nowhere by itself: only as one part of the digest of what was sent.
    """
    address = client_address(request)
    return salted_hmac("comments.sender", str(network(address)) if address else "").hexdigest()
