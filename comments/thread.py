"""The comments that readers see: some of them under the article, the rest page by page.

A page begins after a comment and not at a number, so that the last one costs no more than the
first. One query serves a page, the number of all comments, and the number at every point.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.urls import reverse

from blog.prepared import MOMENT, Prepared
from comments.forms import CommentForm
from comments.models import Comment

PER_PAGE = 20
SHOWN = ["article", "section_key", "name", "html", "created_at"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cursor(comment):
    """The place of a comment among the others. It stays when that comment is withdrawn."""
    return f"{(comment.created_at - _EPOCH) // timedelta(microseconds=1)}_{comment.pk}"


def read_cursor(text):
    """The moment and the primary key that `cursor` wrote. Raises ValueError."""
    found = re.fullmatch("(-?[0-9]{1,17})_([0-9]{1,18})", text)
    # One spelling for each place, since every page is kept.
    if not found or text != f"{int(found[1])}_{int(found[2])}":
        raise ValueError(text)
    try:
        return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError as error:
        raise ValueError(text) from error


def place(comment):
    """The address at which an approved comment stands now, which changes with those before it."""
    article = comment.article
    before = list(article.comments.approved().before(comment)[:PER_PAGE])
    page = article.get_absolute_url()
    if len(before) == PER_PAGE:
        page = _page_url(article, before[0])
    return f"{page}#{comment.anchor}"


def _page_url(article, comment):
    return f"{reverse('comments:thread', args=[article.slug])}?after={cursor(comment)}"


def _shown(article):
    return Comment.objects.filter(article=article).approved().with_tally().only(*SHOWN)


# One more than are shown, to know whether there are any after them.
_FIRST = Prepared(lambda article: _shown(article)[: PER_PAGE + 1], article=-1)
_AFTER = Prepared(
    lambda article, at, pk: _shown(article).after(at, pk)[: PER_PAGE + 1],
    article=-1,
    at=MOMENT,
    pk=-2,
)


class Thread:
    """A page of the comments of an article, and the form.

    The edition may be lazy, and that of a preview is unsaved. The key is that of the article, None
    for an unsaved one. `after` is what `read_cursor` gives; without it, it is the first page.
    """

    def __init__(self, edition, article_pk, *, after=None):
        self.edition, self.article_pk, self.after = edition, article_pk, after

    @cached_property
    def entries(self):
        points = {point.key: point for point in self.edition.content.points}
        for comment in self._rows:
            comment.article = self.edition.article
        return [
            Entry(comment, points.get(str(comment.section_key)))
            for comment in self._rows[:PER_PAGE]
        ]

    @property
    def count(self):
        return self._rows[0].tally_total or 0 if self._rows else 0

    @cached_property
    def counts(self):
        """The number for each key of a point that has any."""
        return self._rows[0].tally_by_section or {} if self._rows else {}

    @property
    def next_url(self):
        """Where the comments after these are, if there are any."""
        if len(self._rows) <= PER_PAGE:
            return ""
        return _page_url(self.edition.article, self._rows[PER_PAGE - 1])

    @cached_property
    def write_url(self):
        return reverse("comments:write", args=[self.edition.article.slug])

    @cached_property
    def form(self):
        return CommentForm(edition=self.edition)

    @property
    def key(self):
        """Names all that was found of the comments, their number included."""
        return self._found.key if self._found else ""

    @cached_property
    def _found(self):
        if not self.article_pk:
            return None
        if not self.after:
            return _FIRST.find(article=self.article_pk)
        at, pk = self.after
        return _AFTER.find(article=self.article_pk, at=at, pk=pk)

    @property
    def _rows(self):
        return self._found.objects if self._found else []


@dataclass(frozen=True)
class Entry:
    comment: Comment
    # None for the whole article, and for a point that the article no longer has.
    point: object
