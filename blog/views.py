"""What readers get. Every page is a function of live editions; none reads the working copy."""

from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe
from django.views.static import serve

from blog import related, renditions, share_image, sharing
from blog.models import Edition, PreviewLink
from blog.models.previews import browser_family
from blog.prepared import MOMENT, Prepared
from blog.shared import shared, shared_under
from blog.stamps import article_tag, teaser_tag

# For previews: their comment form is there to be looked at.
NOTHING_SENT = {"form-action": [NONE]}


_LIVE_AT = Prepared(Edition.objects.at, slug="\0", now=MOMENT)


@require_safe
def article(request, slug):
    now = timezone.now()
    found = _LIVE_AT.find(slug=slug, now=now)
    if not found:
        raise Http404
    [pk], [article_pk] = found.column("id"), found.column("article_id")
    alike = related.shown_with(pk, now)
    # Lazy: a page that is kept as a whole does without them.
    edition = SimpleLazyObject(lambda: found.objects[0])
    context = _article_page(edition, article_pk, alike) | {"page_key": [found.key, alike.key]}
    response = render(request, "blog/article.html", context)
    teasers = map(teaser_tag, alike.column("article_id"))
    return shared(request, response, article_tag(article_pk), *teasers)


def _article_page(edition, article_pk, alike):
    return {
        "edition": edition,
        "article_pk": article_pk,
        "content": SimpleLazyObject(lambda: edition.content),
        "related": alike,
    }


def preview_page(request, edition, **preview):
    """The article's page with marks on it, for nobody but the one who asked for it.

    Without the marks it has the bytes that readers get of this edition, which may be unsaved.
    """
    if edition.pk:
        alike = related.shown_with(edition.pk, timezone.now())
    else:
        alike = related.would_be_shown_with(edition)
    context = _article_page(edition, edition.article_id, alike) | {"preview": preview}
    return unlisted(render(request, "blog/article.html", context))


def unlisted(response):
    """Kept by no cache and no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@csp_replace(NOTHING_SENT)
def preview(request, token):
    """For people without a login: what a preview link shows."""
    link = PreviewLink.objects.find(token)
    if link is None:
        response = unlisted(render(request, "blog/preview_over.html", status=404))
    elif not link.is_open():
        response = unlisted(render(request, "blog/preview_over.html", status=410))
    else:
        if _is_opened_by_a_person(request):
            link.log_opening(browser_family(request.headers.get("User-Agent", "")))
        edition = link.edition_shown()
        response = preview_page(request, edition, link=link, is_public=edition.is_live())
    # The address is a key; it is not told to the sites that the article links to.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _is_opened_by_a_person(request):
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


@require_safe
@shared_under()
def how_we_work(request):
    return render(request, "blog/how_we_work.html")


@require_safe
def media(request, path):
    """Pictures. Their names are random and never used twice, so they may be kept for good.

    What the worker has not made yet is answered with something in its stead: a rendition with the
    picture itself, a share image with that of the site.
    """
    file = Path(settings.MEDIA_ROOT) / path
    stand_in = None if file.is_file() else _stand_in(path)
    is_there, file = stand_in is None, stand_in or file
    response = serve(request, file.name, document_root=file.parent)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_there else "public, max-age=60"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _stand_in(path):
    if sharing.is_share_image(path):
        return Path(finders.find(share_image.DEFAULT))
    files = (Path(settings.MEDIA_ROOT) / name for name in renditions.originals(path))
    return next(filter(Path.is_file, files), None)
