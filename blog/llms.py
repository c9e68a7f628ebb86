"""Articles for language models: each as Markdown, and /llms.txt, which lists them."""

from itertools import groupby

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog import markdown
from blog.characters import one_line
from blog.feeds import whole
from blog.models import Edition
from blog.shared import shared, shared_under
from blog.sitemaps import listed
from blog.stamps import LISTS, article_tag

# The sitemap has the rest.
LISTED = 100


@require_safe
def article(request, slug):
    edition = get_object_or_404(Edition.objects.at(slug))
    page_url = whole(edition.get_absolute_url())
    text = markdown.article(edition, page_url)
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    # Search engines show the page in its stead.
    response.headers["Link"] = f'<{page_url}>; rel="canonical"'
    return shared(request, response, article_tag(edition.article_id))


@require_safe
@shared_under(LISTS)
def index(request):
    """The newest articles by topic."""
    editions = listed().newest_first()[:LISTED]
    by_topic = sorted(editions, key=_topic)
    lines = [f"# {settings.SITE_NAME}", "", f"> {_introduction()}"]
    for topic, rows in groupby(by_topic, key=_topic):
        lines += ["", f"## {markdown.inline(topic or _('Other articles'))}", ""]
        lines += [_line(edition) for edition in rows]
    pages = {
        _("How we work"): reverse("blog:how_we_work"),
        _("Newest articles, in full"): reverse("blog:feed", args=["json"]),
        _("Addresses of all articles"): reverse("blog:sitemaps"),
    }
    lines += ["", "## Optional", ""]
    lines += [f"- {markdown.link(name, whole(path))}" for name, path in pages.items()]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _topic(edition):
    category = edition.content.category
    return one_line(category.name) if category else ""


def _introduction():
    return _(
        "The pros and cons of questions that people ask, with the strength of the evidence and the "
        "name of who checked it. General information, no advice for one person."
    )


def _line(edition):
    url = whole(reverse("blog:markdown", args=[edition.article.slug]))
    line = f"- {markdown.link(edition.content.title, url)}"
    summary = one_line(edition.content.summary)
    return f"{line}: {markdown.inline(summary)}" if summary else line
