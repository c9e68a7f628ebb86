"""What readers get. Every page is a function of live editions; none reads the working copy."""

from pathlib import Path

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.static import serve

from blog import renditions
from blog.models import Category, Edition, Person

PER_PAGE = 12


@require_safe
def home(request):
    page = _page(request, Edition.objects.live().newest_first())
    topics = Category.objects.filter(editions__in=Edition.objects.live()).annotate(
        live_count=Count("editions")
    )
    return render(request, "blog/home.html", {"page": page, "topics": topics})


@require_safe
def article(request, slug):
    edition = get_object_or_404(
        Edition.objects.live().select_related("article"), article__slug=slug
    )
    return render(request, "blog/article.html", {"edition": edition, "content": edition.content})


@require_safe
def topic(request, slug):
    category = get_object_or_404(Category, slug=slug)
    page = _page(request, category.editions.live().newest_first(), may_be_empty=False)
    return render(request, "blog/topic.html", {"category": category, "page": page})


@require_safe
def person(request, slug):
    subject = get_object_or_404(Person, slug=slug)
    editions = Edition.objects.live().by_person(subject).newest_first()
    page = _page(request, editions, may_be_empty=False)
    return render(request, "blog/person.html", {"person": subject, "page": page})


@require_safe
def how_we_work(request):
    return render(request, "blog/how_we_work.html")


@require_safe
def media(request, path):
    """Pictures. Their names are random and never used twice, so they may be kept for good.

    A rendition that the worker has not made yet is answered with the picture itself.
    """
    folder = Path(settings.MEDIA_ROOT)
    stand_ins = [name for name in renditions.originals(path) if (folder / name).is_file()]
    is_there = not stand_ins or (folder / path).is_file()
    response = serve(request, path if is_there else stand_ins[0], document_root=folder)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_there else "public, max-age=60"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _page(request, editions, *, may_be_empty=True):
    """The page that `?page=` names. A number that is none, or past the end, is a 404."""
    number = request.GET.get("page", "1")
    paginator = Paginator(editions, PER_PAGE)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    if not may_be_empty and not paginator.count:
        raise Http404
    try:
        page = paginator.page(number)
    except InvalidPage as error:
        raise Http404 from error
    page.object_list = list(page.object_list)
    return page
