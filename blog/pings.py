"""Tells search engines (IndexNow) and the readers of feeds (WebSub) what has changed.

Off without its setting. The models note a change in their own transaction, as a row and a job; the
worker tells everything that is due in one go, so that many changes are few requests. No request of
a reader or an editor waits for the network, and none hears of a failure.
"""

import json
import logging
from datetime import timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_tasks import task

TIMEOUT = 10
# Minutes until the next attempt after one that failed; after the last one it is given up.
WAITS = (1, 10, 60, 360)

logger = logging.getLogger(__name__)


def announce(*, at, article=None, path=""):
    """Note what changes for readers at this time: the page of an article, or a public address.

    To be called in a transaction. A plan may be dropped and a draft may move, so an article is
    told with the address that it has by then, and only if readers have seen it.
    """
    rows = [
        _pings().model(service=service, path=path, article=article, due_at=at)
        for service in _services()
    ]
    _pings().bulk_create(rows)
    for row in rows:
        job = tell.using(run_after=at) if at > timezone.now() else tell
        job.enqueue(row.service)


@task()
def tell(service):
    """Everything that is due for this service: how many addresses it was."""
    rows = _pings().claim(service) if service in _services() else []
    if not rows:
        return 0
    pks = [row.pk for row in rows]
    try:
        told = _TELL[service](_ever_public(pks))
    except (OSError, HTTPException) as error:
        _try_again(service, rows, error)
        return 0
    _pings().filter(pk__in=pks).delete()
    return told


@require_safe
def key_file(request, key):
    """By which IndexNow knows that whoever tells it something speaks for this site."""
    if key != settings.INDEXNOW_KEY:
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8")


def _services():
    on = {"indexnow": settings.INDEXNOW_KEY, "websub": settings.WEBSUB_HUB}
    return [service for service, value in on.items() if value]


@transaction.atomic
def _try_again(service, rows, error):
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    logger.warning("%s was not told of %d changes. %s", service, len(rows), reason)
    given_up = [row.pk for row in rows if row.attempts >= len(WAITS)]
    _pings().filter(pk__in=given_up).delete()
    rest = [row for row in rows if row.attempts < len(WAITS)]
    if rest:
        wait = WAITS[max(row.attempts for row in rest)]
        next_try = timezone.now() + timedelta(minutes=wait)
        _pings().filter(pk__in=[row.pk for row in rest]).update(due_at=next_try)
        tell.using(run_after=next_try).enqueue(service)


def _pings():
    return apps.get_model("blog", "Ping").objects


def _shown():
    editions = apps.get_model("blog", "Edition").objects
    return editions.filter(live_from__lte=timezone.now())


def _ever_public(pks):
    shown = Exists(_shown().filter(article=OuterRef("article")))
    return _pings().filter(Q(article=None) | shown, pk__in=pks).order_by("pk")


def _tell_indexnow(pings):
    paths = dict.fromkeys(
        ping.path or ping.article.get_absolute_url() for ping in pings.select_related("article")
    )
    if not paths:
        return 0
    key = settings.INDEXNOW_KEY
    body = {
        "host": urlsplit(settings.SITE_URL).netloc,
        "key": key,
        "keyLocation": settings.SITE_URL + reverse("blog:indexnow_key", args=[key]),
        "urlList": [settings.SITE_URL + path for path in paths],
    }
    _post(settings.INDEXNOW_URL, json.dumps(body), "application/json; charset=utf-8")
    return len(paths)


# By these answers a hub says that it does not serve a feed.
_REFUSED = {400, 403, 410, 422}


def _tell_websub(pings):
    feeds = _changed_feeds(pings)
    told = 0
    for feed in feeds:
        body = urlencode({"hub.mode": "publish", "hub.url": settings.SITE_URL + feed})
        try:
            _post(settings.WEBSUB_HUB, body, "application/x-www-form-urlencoded")
        except HTTPError as error:
            # An answer about this feed alone if the hub has taken another one, or perhaps will.
            if error.code not in _REFUSED or (feed == feeds[-1] and not told):
                raise
            error.close()
            logger.warning("websub does not want %s. HTTP %d", feed, error.code)
        else:
            told += 1
    return told


_TELL = {"indexnow": _tell_indexnow, "websub": _tell_websub}


def _changed_feeds(pings):
    """Those of the site and of every topic and person that these articles had or have."""
    articles = pings.exclude(article=None).values("article")
    slugs = ("category__slug", "author__slug", "reviewer__slug")
    rows = _shown().filter(article__in=articles).values_list(*slugs).distinct()
    found = set()
    for topic, *people in rows:
        found.add(("blog:feed",))
        found.add(("blog:topic_feed", topic))
        found.update(("blog:person_feed", person) for person in people)
    return [
        reverse(name, args=[*slug, form])
        for name, *slug in sorted(found, key=str)
        if None not in slug
        for form in ("atom", "rss", "json")
    ]


class _Stay(HTTPRedirectHandler):
    """What was set is what is told; an answer that leads elsewhere is a failure."""

    def redirect_request(self, *arguments):
        return None


def _post(url, body, content_type):
    headers = {"Content-Type": content_type, "User-Agent": f"{settings.SITE_NAME}/1"}
    request = Request(url, body.encode(), headers, method="POST")  # noqa: S310  (env.web_address)
    with build_opener(_Stay).open(request, timeout=TIMEOUT):
        pass
