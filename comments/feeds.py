"""The approved comments of an article as a feed, the newest first."""

import uuid

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.feeds import SiteFeed, whole
from blog.models import Edition
from blog.shared import shared
from blog.stamps import article_tag

ENTRIES = 30


@require_safe
def comments(request, slug, form):
    edition = get_object_or_404(Edition.objects.at(slug))
    response = CommentsFeed(form, edition)(request)
    return shared(request, response, article_tag(edition.article_id))


class CommentsFeed(SiteFeed):
    def __init__(self, form, edition):
        super().__init__(form)
        self.edition = edition
        self.page_url = whole(edition.get_absolute_url())
        self.feed_url = whole(reverse("comments:feed", args=[edition.article.slug, form]))

    def title(self):
        title = self.edition.content.title
        return _("Comments on “%(title)s” – %(site)s") % {
            "title": title,
            "site": settings.SITE_NAME,
        }

    def description(self):
        return _("What readers say about it. A person reads every comment before it appears.")

    subtitle = description

    def link(self):
        return f"{self.page_url}#comments"

    def items(self):
        return self.edition.article.comments.approved().order_by("-created_at", "-pk")[:ENTRIES]

    def item_title(self, comment):
        point = comment.section_key and self.edition.content.point(comment.section_key)
        if not point:
            return _("Comment by %(name)s") % {"name": comment.name}
        return _("Comment by %(name)s on %(point)s: %(heading)s") % {
            "name": comment.name,
            "point": point.name,
            "heading": point.heading,
        }

    def item_description(self, comment):
        return None

    def item_link(self, comment):
        return f"{self.page_url}#{comment.anchor}"

    def item_guid(self, comment):
        # Not the comment's own key: that opens its writer's private page.
        return uuid.uuid5(self.edition.article.key, comment.anchor).urn

    def item_pubdate(self, comment):
        return comment.created_at

    item_updateddate = item_pubdate

    def item_extra_kwargs(self, comment):
        return {
            "content_html": comment.body,
            "summary": "",
            "image": "",
            "authors": [{"name": comment.name}],
        }
