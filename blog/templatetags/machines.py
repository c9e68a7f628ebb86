"""What pages say to machines, and what feeds hold of an article."""

from django import template
from django.conf import settings
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from blog import colours, feeds, html
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
