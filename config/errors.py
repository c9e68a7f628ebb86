"""The error pages, in the site's design. None of them runs a query or says anything internal."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.template.loader import render_to_string


def _page(template, status):
    # Without the request: a page that must work when the database is down reads no session.
    context = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL}
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request, exception=None):
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return _page("400.html", 400)


def too_large(request):
    return _page("413.html", 413)


def permission_denied(request, exception=None):
    return _page("403.html", 403)


def csrf_failure(request, reason=""):
    return _page("403_csrf.html", 403)


def not_found(request, exception=None):
    return _page("404.html", 404)


def too_many_requests(request, *, seconds):
    """`seconds` until the next try makes sense."""
    response = _page("429.html", 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def server_error(request):
    return _page("500.html", 500)
