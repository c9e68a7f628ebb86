"""The pages that lead to articles: home, topics, tags, people and the archive."""

from datetime import date
from itertools import compress

from django.db.models import Exists
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog import crumbs, paging
from blog.models import Category, Edition, Person, TagListing
from blog.shared import shared_under
from blog.stamps import LISTS

# The archive offers so many years at most; each costs a look into the index.
YEARS = 100


@require_safe
@shared_under(LISTS)
def home(request):
    page = paging.page(request, Edition.objects.live().newest_first())
    topics = Category.objects.with_articles()
    return render(request, "blog/home.html", {"page": page, "topics": topics})


@require_safe
@shared_under(LISTS)
def topics(request):
    context = {"topics": Category.objects.with_articles(), "trail": [crumbs.home()]}
    return render(request, "blog/topics.html", context)


@require_safe
@shared_under(LISTS)
def topic(request, slug):
    category = get_object_or_404(Category, slug=slug)
    page = _page_or_404(request, category.editions.live().newest_first())
    context = {"category": category, "page": page, "trail": [crumbs.home(), crumbs.topics()]}
    return render(request, "blog/topic.html", context)


@require_safe
@shared_under(LISTS)
def tag(request, slug):
    rows = TagListing.objects.filter(slug=slug).live().newest_first()
    page = _page_or_404(request, rows, key="edition_id")
    # By the name that the newest of these articles was published with.
    label = page.editions[0].content.tag(slug)
    url = reverse("blog:tag", args=[slug])
    context = {"tag": label, "url": url, "page": page, "trail": [crumbs.home()]}
    return render(request, "blog/tag.html", context)


@require_safe
@shared_under(LISTS)
def person(request, slug):
    subject = get_object_or_404(Person, slug=slug)
    page = _page_or_404(request, subject.listings.live().newest_first(), key="edition_id")
    context = {"person": subject, "page": page, "trail": [crumbs.home()]}
    return render(request, "blog/person.html", context)


@require_safe
@shared_under(LISTS)
def archive(request):
    context = {"years": _years(), "trail": [crumbs.home()]}
    return render(request, "blog/archive.html", context)


@require_safe
@shared_under(LISTS)
def year(request, year):
    page = _page_or_404(request, _of_year(int(year)).newest_first())
    context = {
        "year": year,
        "url": reverse("blog:year", args=[year]),
        "page": page,
        "trail": [crumbs.home(), crumbs.archive()],
    }
    return render(request, "blog/year.html", context)


def _page_or_404(request, rows, **options):
    page = paging.page(request, rows, **options)
    if not page.editions:
        raise Http404
    return page


def _of_year(year):
    return Edition.objects.live().filter(published_on__range=(date(year, 1, 1), date(year, 12, 31)))


def _years():
    """Those in which readers find an article, the newest first."""
    live = Edition.objects.live().newest_first()
    newest, oldest = live.first(), live.last()
    if newest is None:
        return []
    last = newest.published_on.year
    years = range(last, max(oldest.published_on.year, last - YEARS + 1) - 1, -1)
    # One row with a yes or no for each of them.
    has_any = [Exists(_of_year(year)) for year in years]
    return list(compress(years, Edition.objects.filter(pk=newest.pk).values_list(*has_any).get()))
