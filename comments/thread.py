"""The comments that readers see: some of them under the article, the rest page by page.

A page begins after a comment and not at a number, so that the last one costs no more than the
first. One query serves a page, the number of all comments, and the number at every point.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.urls import reverse

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
    if not found:
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


class Thread:
    """A page of the comments of an article, and the form when it is live.

    `after` is what `read_cursor` gives; without it, it is the first page.
    """

    def __init__(self, article, content, edition=None, *, after=None):
        self.article, self.content, self.edition, self.after = article, content, edition, after

    @cached_property
    def entries(self):
        points = {point.key: point for point in self.content.points}
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
        return _page_url(self.article, self._rows[PER_PAGE - 1])

    @property
    def is_open(self):
        """Not in a preview, where nobody can comment yet."""
        return bool(self.edition)

    @cached_property
    def write_url(self):
        return reverse("comments:write", args=[self.article.slug])

    @cached_property
    def form(self):
        return CommentForm(edition=self.edition) if self.is_open else None

    @property
    def subject_key(self):
        """All that the parts without comments are made of."""
        if self.edition:
            return [self.article.slug, self.edition.number, self.edition.digest]
        return [self.content.digest]

    @property
    def entries_key(self):
        """All that the comments of this page are made of."""
        made_of = [
            (row.pk, row.name, row.html, row.section_key, row.created_at) for row in self._rows
        ]
        return [*self.subject_key, made_of, self.next_url]

    @cached_property
    def _rows(self):
        # One more than are shown, to know whether there are any after them.
        if not self.article or not self.article.pk:
            return []
        comments = self.article.comments.approved().with_tally().only(*SHOWN)
        if self.after:
            comments = comments.after(*self.after)
        return list(comments[: PER_PAGE + 1])


@dataclass(frozen=True)
class Entry:
    comment: Comment
    # None for the whole article, and for a point that the article no longer has.
    point: object
