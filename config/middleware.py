from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponsePermanentRedirect

from blog.models import Redirect
from config import errors


def security_headers(get_response):
    """Headers that neither Django 5.2 nor django-csp sets, on every response."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        return response

    return middleware


def limit_body(get_response):
    """Refuse a body that is too large before any of it is read, uploaded files included."""

    def middleware(request):
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if "Transfer-Encoding" in request.headers and not length:
            # Django would read it as empty, and the text in it would be lost.
            return errors.bad_request(request)
        if length > settings.MAX_BODY_SIZE:
            response = errors.too_large(request)
            response.headers["Connection"] = "close"
            return response
        return get_response(request)

    return middleware


def old_addresses(get_response):
    """Lead on from an address that has no page any more. A page is always shown before that."""

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        try:
            location = Redirect.objects.location(request.path_info, request.META["QUERY_STRING"])
        except DatabaseError:
            # The page that says so must work without a database.
            return response
        if location is None:
            return response
        moved = HttpResponsePermanentRedirect(location)
        # Not for good: an editor may correct it, and a new page may take the address.
        moved.headers["Cache-Control"] = "public, max-age=3600"
        return moved

    return middleware
