from django import template

from blog import html
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
