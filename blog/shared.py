"""Pages that are the same for everybody, and may be kept and passed on by caches."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps

from django.db.models import Exists, Subquery
from django.utils import timezone

from blog.models import Article, Edition
from blog.prepared import MOMENT, Prepared
from blog.stamps import EVERYTHING, LISTS, NONE, stamps

# A cache on the way may be this late, in seconds, unless it is purged by Cache-Tag; our own is
# never. An error of ours is bridged with the last good page for an hour.
CACHE_CONTROL = "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=3600"


# The query parameters that the pages at such a path look at.
_LOOKED_AT = {
    re.compile("/articles/[^/]+/comment/"): {"about"},
    re.compile("/articles/[^/]+/comments/"): {"after"},
    re.compile("/|/(?:topics|tags|people|archive)/[^/]+/"): {"after", "before"},
}


def parameters(path):
    """Of a shared page. The page cache drops all others, so that they make no further pages."""
    return next((names for shape, names in _LOOKED_AT.items() if shape.fullmatch(path)), set())


# In the WSGI environment: when the page cache passed the request on (seconds since 1970), and what
# `shared` tells it in return.
STARTED, FOUND = "evenhand.started", "evenhand.shared"


@dataclass(frozen=True)
class Site:
    """What every page depends on besides its own rows."""

    is_demo: bool = False
    # When the next edition begins or ceases to be live; None: nothing is planned.
    next_change: datetime | None = None


@dataclass(frozen=True)
class Shared:
    tags: tuple[str, ...]
    until: datetime | None


def shared(request, response, *tags):
    """Let caches keep this response under these tags (see blog/stamps.py)."""
    tags = (EVERYTHING, *dict.fromkeys(tags))
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Cache-Tag"] = ",".join(tags)
    request.META[FOUND] = Shared(tags, site(request).next_change)
    return response


def shared_under(*tags):
    """`shared`, for a view whose tags are always the same."""

    def decorate(view):
        @wraps(view)
        def with_tags(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            return shared(request, response, *tags) if response.status_code == 200 else response

        return with_tags

    return decorate


# The last one, with the stamps under which it was found.
_kept = {}


def site(request):
    """Runs one query for a request, at most."""
    if not hasattr(request, "_evenhand_site"):
        started = request.META.get(STARTED)
        # From when the request began: what fell due while the page was made is a change too.
        now = datetime.fromtimestamp(started, UTC) if started else timezone.now()
        request._evenhand_site = _site(now)
    return request._evenhand_site


def _site(now):
    try:
        seen = stamps().of(EVERYTHING, LISTS)
    except OSError:
        return _find_site(now)
    under, since, kept = _kept.get("site", (None, now, None))
    # One that was found for a later moment says nothing of what fell due before it.
    if seen != under or NONE in seen or now < since or _is_over(kept.next_change, now):
        kept = _find_site(now)
        _kept["site"] = (seen, now, kept)
    return kept


def _is_over(moment, now):
    return moment is not None and moment <= now


def _find_site(now):
    for is_demo, *moments in _ABOUT_SITE.find(now=now):
        return Site(is_demo, min(filter(None, moments), default=None))
    return Site()


def _first(field, now):
    rows = Edition.objects.filter(**{f"{field}__gt": now}).order_by(field)
    return Subquery(rows.values(field)[:1])


_ABOUT_SITE = Prepared(
    lambda now: Edition.objects.order_by().values_list(
        Exists(Article.objects.filter(is_demo=True)),
        _first("live_from", now),
        _first("live_until", now),
    )[:1],
    now=MOMENT,
)
