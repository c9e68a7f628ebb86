import re

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator

from blog import html, related, renditions
from blog.content import Evidence

register = template.Library()

register.filter("trusted", html.trusted)


@register.filter
def short_url(url):
    """An address as people read it: without the scheme, and cut where it gets long."""
    bare = url.partition("://")[2].removeprefix("www.").rstrip("/")
    return bare if len(bare) <= 70 else f"{bare[:69]}…"


@register.filter
def cited_by(content, source):
    return content.cited_by(source)


@register.simple_tag
def evidence_grades():
    return list(Evidence)


@register.simple_tag
def day(date):
    return format_html(
        '<time datetime="{}">{}</time>', date.isoformat(), date_format(date, "j F Y")
    )


@register.simple_tag
def picture(image, place, alt=None, **attributes):
    """`place` is where it stands, in renditions.SIZES; without `alt`, the picture's own words."""
    words = (image.alt or "") if alt is None else alt
    return renditions.picture(image, place, alt=words, attributes=tuple(attributes.items()))


@register.simple_tag
def related_articles(edition):
    return related.shown_with(edition)


@register.filter
def first_sentences(text, limit):
    """As many whole sentences as fit into so many characters; one that is longer is cut."""
    kept = ""
    for sentence in re.split(r"(?<=[.!?…])\s+", text.strip()):
        if len(kept) + len(sentence) > limit:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or Truncator(text).chars(limit)
