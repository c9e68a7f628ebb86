"""Keeps other sites from posting through a reader's browser, without a session or a cookie.

A reader has no session here that another site could abuse, and pages that set no cookie can be
cached. What remains is that a foreign page could make its visitors send comments; browsers say
where a form came from, and that is checked.
"""

from functools import wraps
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied


def same_origin(view=None, *, hidden=False):
    """Refuse a POST that a page of another site has sent: 403.

    `hidden` is for a form on a page that sends no referrer. Some browsers then call its origin
    "null", as they do for foreign pages that hide theirs; the view must be safe for another
    reason, such as an address that only its reader knows.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.method == "POST" and not _is_own(request, hidden=hidden):
                raise PermissionDenied("The form was not sent from a page of this site.")
            return view(request, *args, **kwargs)

        return guarded

    return decorate(view) if view else decorate


def _is_own(request, *, hidden):
    own = f"{request.scheme}://{request.get_host()}"
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return origin == own or (hidden and origin == "null")
    if referer := request.headers.get("Referer"):
        return _host(referer) == request.get_host()
    # No browser sends a form across sites without one of the three.
    return True


def _host(address):
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None
