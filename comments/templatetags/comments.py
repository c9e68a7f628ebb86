"""What the article page needs of its comments.

    {% load comments %}
    {% load_comments edition article_pk as thread %}
    {% comment_thread thread %}

One query serves the thread, its number and the number at every point. Nothing here looks at the
visitor, so that everybody gets the same bytes.
"""

from django import template
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from blog.feed_formats import FORMATS
from comments.thread import Thread

register = template.Library()

# Not a template: that takes ten times as long, and a page has many of them.
ENTRY = """\
<li><article class="comment" id="{anchor}" aria-labelledby="{anchor}-by">
  <span class="initials" aria-hidden="true">{initials}</span>
  <header class="row">
    <h{level} id="{anchor}-by"><bdi>{name}</bdi></h{level}>
    <time class="soft" datetime="{sent_at}">{sent_on}</time>
  </header>
  <p class="hint">{about}</p>
  <div class="prose" dir="auto">{body}</div>
  <p class="actions row"><a href="{url}" data-copy>{link}<span class="hidden"> {to} <bdi>{name}</bdi></span></a></p>
</article></li>
"""  # noqa: E501
ABOUT_POINT = '{} <a href="{}#{}">{}: {}</a>'


@register.simple_tag
def load_comments(edition, article_pk):
    """The first page of a Thread."""
    return Thread(edition, article_pk)


@register.inclusion_tag("comments/_thread.html")
def comment_thread(thread):
    return {"thread": thread}


@register.simple_tag
def comment_list(thread, level, page=""):
    """The comments of a thread, under headings of this level; `page` is that of their points."""
    words = {"level": level, "link": _("Link"), "to": _("to the comment by")}
    on, on_all, on_gone = (
        _("On"),
        _("On the whole article"),
        _("On a point that has since been changed"),
    )
    # What Comment.get_absolute_url gives, looked up once.
    base = reverse("comments:thread", args=[thread.edition.article.slug])

    def values(comment, point):
        about = on_gone if comment.section_key else on_all
        if point:
            about = format_html(ABOUT_POINT, on, page, point.anchor, point.name, point.heading)
        sent = timezone.localtime(comment.created_at)
        return words | {
            "anchor": comment.anchor,
            "initials": comment.initials,
            "name": comment.name,
            "sent_at": sent.isoformat(timespec="seconds"),
            "sent_on": dateformat.format(sent, "j F Y"),
            "about": about,
            "body": comment.body,
            "url": f"{base}{comment.pk}/",
        }

    entries = (values(entry.comment, entry.point) for entry in thread.entries)
    return format_html(
        '<ol class="thread" role="list">\n{}</ol>', format_html_join("", ENTRY, entries)
    )


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


@register.simple_tag
def comment_on_point(thread, point):
    """The link with which a reader comments on this point, with the number there are."""
    number = thread.counts.get(point.key)
    return format_html(
        '<a href="{}?about={}">{}{}<span class="hidden">: {}</span></a>',
        thread.write_url,
        point.key,
        _("Comment on this point"),
        f" ({number})" if number else "",
        point.name,
    )
