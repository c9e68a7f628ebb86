"""What the article page needs of its comments.

    {% load comments %}
    {% load_comments article content edition as thread %}
    {% comment_thread thread %}

One query serves the thread, its number and the number at every point. Nothing here looks at the
visitor, so that everybody gets the same bytes.
"""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from blog.feed_formats import FORMATS
from blog.models import Edition
from comments.thread import Thread

register = template.Library()


@register.simple_tag
def load_comments(article, content, edition=None):
    """Runs its one query when the thread is first printed."""
    return Thread(article, content, edition if isinstance(edition, Edition) else None)


@register.inclusion_tag("comments/_thread.html")
def comment_thread(thread):
    return {"thread": thread}


@register.inclusion_tag("comments/_form.html")
def comment_form(form):
    return {"form": form}


@register.inclusion_tag("blog/_feed_links.html")
def comment_feed_links(article):
    links = [
        {
            "type": kind.mime_type,
            "title": _("Comments on this article, as a feed (%s)") % form,
            "url": reverse("comments:feed", args=[article.slug, form]),
        }
        for form, kind in FORMATS.items()
    ]
    return {"links": links}


@register.inclusion_tag("comments/_on_point.html")
def comment_on_point(thread, point):
    """The link with which a reader comments on this point, with the number there are."""
    return {"thread": thread, "point": point, "number": thread.counts.get(point.key)}
