"""The sitemap: an index, and files of at most 50,000 addresses each.

A file holds the rows of one range of primary keys, so that the last one costs what the first one
does and nothing is counted or skipped. `lastmod` is when the content changed for readers; lists
have none, since their own text hardly ever changes.
"""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import BigIntegerField, Exists, F, Max, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog.models import Category, Edition, Person
from blog.shared import shared_under
from blog.stamps import LISTS

LIMIT = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
CONTENT_TYPE = "application/xml; charset=utf-8"


@require_safe
@shared_under(LISTS)
def index(request):
    files = [_entry("sitemap", reverse("blog:sitemap", args=["pages", 0]))]
    for name, kind in _kinds().items():
        for number, changed_at in kind.files():
            files.append(
                _entry("sitemap", reverse("blog:sitemap", args=[name, number]), changed_at)
            )
    return _document("sitemapindex", files)


@require_safe
@shared_under(LISTS)
def part(request, kind, number):
    number = int(number)
    if (kind, number) == ("pages", 0):
        pages = [reverse("blog:home"), reverse("blog:how_we_work")]
        return _document("urlset", [_entry("url", path) for path in pages])
    kinds = _kinds()
    if kind not in kinds or number > 10**12:
        raise Http404
    rows = [_entry("url", path, changed_at) for path, changed_at in kinds[kind].rows(number)]
    if not rows:
        raise Http404
    return _document("urlset", rows)


@dataclass(frozen=True)
class Kind:
    """Pages of one kind: their rows, and the names of what makes their addresses."""

    found: QuerySet
    key: str
    slug: str
    view: str
    changed_at: str = ""

    def files(self):
        """The number of each file that is not empty, and when something in it changed. One query,
        which reads one index."""
        ranges = self.found.order_by().annotate(file=Cast(F(self.key), BigIntegerField()) / LIMIT)
        latest = Max(self.changed_at) if self.changed_at else Max(self.key)
        for number, changed_at in ranges.values_list("file").annotate(latest).order_by("file"):
            yield number, changed_at if self.changed_at else None

    def rows(self, number):
        keys = {f"{self.key}__gte": number * LIMIT, f"{self.key}__lt": (number + 1) * LIMIT}
        columns = [self.slug, self.changed_at or self.key]
        # Reversing 50,000 addresses one by one would take most of the time.
        before, after = reverse(self.view, args=["-"]).rsplit("-", 1)
        for slug, changed_at in (
            self.found.filter(**keys).order_by(self.key).values_list(*columns).iterator(5000)
        ):
            yield f"{before}{quote(slug)}{after}", changed_at if self.changed_at else None


def listed():
    """The live editions that search engines may show."""
    return Edition.objects.live().filter(noindex=False)


def _kinds():
    topics = Category.objects.filter(Exists(listed().filter(category=OuterRef("pk"))))
    wrote = Exists(listed().filter(author=OuterRef("pk")))
    reviewed = Exists(listed().filter(reviewer=OuterRef("pk")))
    people = Person.objects.filter(wrote | reviewed)
    return {
        "articles": Kind(listed(), "article_id", "article__slug", "blog:article", "changed_at"),
        "topics": Kind(topics, "pk", "slug", "blog:topic"),
        "people": Kind(people, "pk", "slug", "blog:person"),
    }


def _entry(tag, path, changed_at=None):
    # No path holds a character that XML gives a meaning to: all of them are percent-encoded.
    lastmod = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%S+00:00}</lastmod>" if changed_at else ""
    return f"<{tag}><loc>{settings.SITE_URL}{path}</loc>{lastmod}</{tag}>\n"


def _document(tag, entries):
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{NAMESPACE}">\n'
    return HttpResponse([head, *entries, f"</{tag}>\n"], content_type=CONTENT_TYPE)
