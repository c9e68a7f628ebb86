"""The files that machines look for at the root of a site."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog import colours
from blog.shared import shared_under

ICON_SIZES = (192, 512)
# What is nobody's to find: the desk, pages with a secret address, and forms. Searches are found by
# none but /search/ itself, which all of them name as canonical.
HIDDEN = ("/preview/", "/comments/", "/articles/*/comment/")


@require_safe
@shared_under()
def robots(request):
    hidden = [reverse("admin:index"), *HIDDEN]
    return _text(
        "User-agent: *",
        *(f"Disallow: {path}" for path in hidden),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('blog:sitemaps')}",
    )


@require_safe
@shared_under()
def humans(request):
    page = f"{settings.SITE_URL}{reverse('blog:how_we_work')}"
    return _text(
        settings.SITE_NAME,
        _("Articles are written and checked by the people whose names they carry."),
        _("How we work: %s") % page,
    )


@require_safe
@shared_under()
def security(request):
    """RFC 9116. There is none without a contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    return _text(
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expiry(timezone.now())}",
        f"Canonical: {settings.SITE_URL}{request.path_info}",
        "Preferred-Languages: en",
    )


def expiry(now):
    """The end of the next half-year: six to twelve months ahead, and the same for months."""
    end = f"{now.year}-12-31" if now.month <= 6 else f"{now.year + 1}-06-30"
    return f"{end}T23:59:59Z"


@require_safe
@shared_under()
def manifest(request):
    paper = colours.page()["light"]
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    values = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "lang": settings.LANGUAGE_CODE,
        "start_url": reverse("blog:home"),
        "display": "browser",
        "theme_color": paper,
        "background_color": paper,
        "icons": icons,
    }
    return JsonResponse(values, content_type="application/manifest+json")


@require_safe
def icon(request, name):
    kind = "image/x-icon" if name.endswith(".ico") else "image/png"
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(_image(name), content_type=kind, headers=headers)


@cache
def _image(name):
    return Path(finders.find(f"img/{name}")).read_bytes()


def _text(*lines):
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
