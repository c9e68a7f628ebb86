"""What pages say to machines, and what feeds hold of an article."""

from django import template
from django.conf import settings
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from blog import colours, feeds, html, sharing
from blog import structured_data as data
from blog.feed_formats import FORMATS

register = template.Library()


@register.simple_tag
def portable(body, page_url, level=3):
    return html.portable(body, page_url, level) if body else ""


@register.filter
def paragraphs(text):
    return [each.strip() for each in normalize_newlines(text).split("\n\n") if each.strip()]


@register.inclusion_tag("blog/_feed_links.html")
def feed_links(subject=None):
    """The feeds of the site, or of a topic, a tag or a person."""
    name = settings.SITE_NAME if subject is None else str(subject)
    return {
        "links": [
            {
                "type": kind.mime_type,
                "title": _("%(name)s, as a feed (%(format)s)") % {"name": name, "format": form},
                "url": feeds.address(subject, form),
            }
            for form, kind in FORMATS.items()
        ]
    }


@register.simple_tag
def page_colours():
    """The background of the pages, light and dark."""
    return colours.page()


@register.inclusion_tag("blog/_meta.html")
def article_meta(edition, content, index=True):
    """What the head of a page says of it, when it is an article's. `index=False` asks search
    engines to leave the page out."""
    return _meta(sharing.of_article(edition, content, index=index))


@register.inclusion_tag("blog/_meta.html")
def page_meta(title, path, description="", index=True, canonical=True, kind=""):
    """The same for any other page. `path` is its address; `canonical` whether it is the one that
    counts."""
    values = {"title": title, "path": path, "description": description, "kind": kind}
    return _meta(sharing.of_page(**values, index=index, canonical=canonical))


@register.inclusion_tag("blog/_meta.html")
def list_meta(title, path, page, description="", thin=False, kind="website"):
    """The same for a page of a list (blog/paging.py).

    The first one counts. The others have places in their addresses that move with every
    publication, so search engines follow them and keep none. `thin` is for a first page that has
    too little to be kept.
    """
    values = {"title": title, "path": path, "description": description, "kind": kind}
    meta = sharing.of_page(**values, index=page.is_first and not thin, canonical=page.is_first)
    return _meta(meta) | {"page": page}


def _meta(meta):
    return {"meta": meta, "SITE_NAME": settings.SITE_NAME}


@register.simple_tag
def structured_data(edition, content, thread):
    """JSON-LD of an article. `thread` has the `entries` that the page shows, each with its
    `comment`, and the `count` of all."""
    comments = [entry.comment for entry in thread.entries]
    return _block(data.article(edition, content, comments, thread.count))


@register.simple_tag
def home_data():
    return _block(data.home())


@register.simple_tag
def collection_data(name, path, description="", trail=(), editions=()):
    """Of a list of articles, as `structured_data.collection` has it."""
    values = {"name": name, "path": path, "description": description}
    return _block(data.collection(**values, trail=trail, editions=editions))


@register.simple_tag
def profile_data(person):
    return _block(data.profile(person))


def _block(graph):
    return html.data_block("application/ld+json", graph)
