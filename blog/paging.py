"""Pages of lists that stay fast however long the list is, and however deep the page.

An address names a place in the list (`?before=2026-11-22-417`: the articles that stand below that
one), and not the number of a page: nothing is counted and nothing is skipped. A place is a day and
the key of an edition, compared as values, so that it stays one when that edition is replaced or
taken down.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F, Subquery
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from django.http import Http404
from django.utils.encoding import escape_uri_path

PER_PAGE = 12

# One spelling for each place. Keys have 63 bits.
_PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-(0|[1-9][0-9]{0,18})")


class Place(NamedTuple):
    day: date
    pk: int

    def __str__(self):
        return f"{self.day.isoformat()}-{self.pk}"

    @classmethod
    def read(cls, text):
        """Raises Http404 for what is no place."""
        found = _PLACE.fullmatch(text)
        if not found or int(found[2]) >= 2**63:
            raise Http404
        try:
            return cls(date.fromisoformat(found[1]), int(found[2]))
        except ValueError as error:
            raise Http404 from error


@dataclass(frozen=True)
class Page:
    editions: list
    # Addresses, or None where the list ends.
    newer: str | None = None
    older: str | None = None
    # Where the list begins: the address without a place.
    is_first: bool = True

    @property
    def is_thin(self):
        """Too few for a page of a search engine, where the page has no words of its own."""
        return self.is_first and len(self.editions) < 2


def page(request, rows, *, key="pk"):
    """The page of `rows` (newest first) that the request names, in one query.

    `rows` are editions, or listings with `key="edition_id"`. Raises Http404 for a page without
    any, but for the first.
    """
    before, after = request.GET.get("before"), request.GET.get("after")
    path = escape_uri_path(request.path)
    if before is None and after is None:
        found = list(rows[: PER_PAGE + 1])
        older = _link(path, "before", found[PER_PAGE - 1], key) if len(found) > PER_PAGE else None
        return Page(_editions(found[:PER_PAGE], key), older=older)
    if before is not None and after is not None:
        raise Http404
    if before is not None:
        return _before(rows, Place.read(before), path, key)
    return _after(rows, Place.read(after), path, key)


def _before(rows, place, path, key):
    at = Tuple(F("published_on"), F(key))
    above = rows.filter(TupleGreaterThanOrEqual(at, place)).reverse()
    below = rows.filter(TupleLessThan(at, place))
    found = list(below.annotate(far=_nth(above, PER_PAGE + 1))[: PER_PAGE + 1])
    if not found:
        raise Http404
    return Page(
        _editions(found[:PER_PAGE], key),
        newer=_link(path, "after", found[0], key) if found[0].far else path,
        older=_link(path, "before", found[PER_PAGE - 1], key) if found[PER_PAGE:] else None,
        is_first=False,
    )


def _after(rows, place, path, key):
    at = Tuple(F("published_on"), F(key))
    above = rows.filter(TupleGreaterThan(at, place)).reverse()
    below = rows.filter(TupleLessThanOrEqual(at, place))
    found = list(above.annotate(far=_nth(above, 2 * PER_PAGE + 1), below=_nth(below, 1))[:PER_PAGE])
    if not found:
        raise Http404
    found.reverse()
    return Page(
        _editions(found, key),
        newer=_link(path, "after", found[0], key) if found[0].far else path,
        older=_link(path, "before", found[-1], key) if found[0].below else None,
        is_first=False,
    )


def _nth(rows, number):
    """The key of the row with this number, from 1, for a small number; null without one."""
    return Subquery(rows.values("pk")[number - 1 : number])


def _editions(found, key):
    return found if key == "pk" else [row.edition for row in found]


def _link(path, name, row, key):
    return f"{path}?{name}={Place(row.published_on, getattr(row, key))}"
