"""The feeds of live editions: of the site, and of each topic, tag and person."""

from datetime import datetime, time

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.content import LabelContent
from blog.feed_formats import FORMATS
from blog.models import Category, Edition, Person, TagListing
from blog.shared import shared_under
from blog.stamps import LISTS

ENTRIES = 20

_NAMES = {Category: "blog:topic_feed", LabelContent: "blog:tag_feed", Person: "blog:person_feed"}


@require_safe
@shared_under(LISTS)
def site(request, form):
    editions = Edition.objects.live().newest_first()[:ENTRIES]
    return ArticlesFeed(form, editions)(request)


@require_safe
@shared_under(LISTS)
def topic(request, slug, form):
    category = get_object_or_404(Category, slug=slug)
    return _of(category, category.editions.live().newest_first(), form)(request)


@require_safe
@shared_under(LISTS)
def tag(request, slug, form):
    editions = _listed(TagListing.objects.filter(slug=slug))
    if not editions:
        raise Http404
    return _of(editions[0].content.tag(slug), editions, form)(request)


@require_safe
@shared_under(LISTS)
def person(request, slug, form):
    subject = get_object_or_404(Person, slug=slug)
    return _of(subject, _listed(subject.listings), form)(request)


def _listed(listings):
    return [listing.edition for listing in listings.live().newest_first()[:ENTRIES]]


def address(subject, form):
    """Where the feed of a topic, tag or person is; without one, that of the site."""
    if subject is None:
        return reverse("blog:feed", args=[form])
    return reverse(_NAMES[type(subject)], args=[subject.slug, form])


def page_of(subject):
    """The page that the feed of a topic, tag or person follows."""
    if isinstance(subject, LabelContent):
        return reverse("blog:tag", args=[subject.slug])
    return subject.get_absolute_url()


def whole(path):
    return f"{settings.SITE_URL}{path}"


class SiteFeed(Feed):
    """What all feeds of this site have in common, in the format that was asked for."""

    language = settings.LANGUAGE_CODE
    author_name = settings.SITE_NAME
    item_guid_is_permalink = False

    def __init__(self, form):
        self.feed_type = FORMATS[form]

    def __call__(self, request):
        response = super().__call__(request)
        # It is that of the newest entry, and would hide that an entry has gone.
        del response.headers["Last-Modified"]
        return response

    def feed_extra_kwargs(self, obj):
        return {"hub": settings.WEBSUB_HUB}


class ArticlesFeed(SiteFeed):
    def __init__(self, form, editions, subject=None):
        super().__init__(form)
        self.editions, self.subject = editions, subject
        self.feed_url = whole(address(subject, form))

    def title(self):
        return f"{self.subject} – {settings.SITE_NAME}" if self.subject else settings.SITE_NAME

    def description(self):
        own = getattr(self.subject, "description", "")
        return own or _("The pros and cons of questions that people ask, fairly weighed.")

    subtitle = description

    def link(self):
        return whole(page_of(self.subject) if self.subject else reverse("blog:home"))

    def items(self):
        return self.editions

    def item_title(self, edition):
        return edition.content.title

    def item_description(self, edition):
        return escape(edition.content.summary) or None

    def item_link(self, edition):
        return whole(edition.get_absolute_url())

    def item_guid(self, edition):
        return edition.article.key.urn

    def item_comments(self, edition):
        return f"{self.item_link(edition)}#comments"

    def item_pubdate(self, edition):
        return timezone.make_aware(datetime.combine(edition.published_on, time()))

    def item_updateddate(self, edition):
        return edition.changed_at

    def item_categories(self, edition):
        content = edition.content
        labels = [content.category, *content.tags] if content.category else content.tags
        return list(dict.fromkeys(label.name for label in labels))

    def item_extra_kwargs(self, edition):
        content = edition.content
        context = {
            "content": content,
            "page_url": self.item_link(edition),
            "SITE_URL": settings.SITE_URL,
        }
        return {
            "content_html": render_to_string("blog/feed_entry.html", context),
            "summary": content.summary,
            "image": whole(content.image.url) if content.image else "",
            "authors": _authors(content),
        }


def _of(subject, editions, form):
    """The feed of something that has a page only while it has articles."""
    editions = list(editions[:ENTRIES])
    if not editions:
        raise Http404
    return ArticlesFeed(form, editions, subject)


def _authors(content):
    people = [content.author] if content.author else []
    return [
        {
            "name": person.full_name,
            "url": whole(reverse("blog:person", args=[person.slug])),
        }
        for person in people
    ]
