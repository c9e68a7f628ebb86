"""Redirects from CSV: from, to and perhaps a note in each row, with or without a header."""

import csv
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.models import Redirect
from blog.models.redirects import RefusedError
from blog.spreadsheets import typed_cell

MAX_ROWS = 5000
MAX_BYTES = 1024 * 1024

NO_HEADER = [0, 1, 2]
COLUMNS = [{"from", "old", "old_path"}, {"to", "new", "target"}, {"note", "why"}]


def import_redirects(table, *, by):
    """Add the redirects of a CSV `table` (bytes or text): the Outcome.

    Raises ValidationError with a sentence for each row that is wrong; then nothing is stored.
    """
    rows, errors = _rows(_text(table))
    try:
        # Also when a row cannot be read, so that everything that is wrong is said at once.
        outcome = Redirect.objects.add_many(rows.values(), by=by, only_check=bool(errors))
    except RefusedError as refused:
        numbers = list(rows)
        errors |= {
            numbers[place]: " ".join(error.messages) for place, error in refused.errors.items()
        }
    if errors:
        raise ValidationError(
            [
                _("Row %(number)d: %(sentence)s") % {"number": number, "sentence": sentence}
                for number, sentence in sorted(errors.items())
            ]
        )
    return outcome


def summary(outcome):
    return ", ".join(
        [
            ngettext("%d added", "%d added", outcome.added) % outcome.added,
            ngettext("%d changed", "%d changed", outcome.changed) % outcome.changed,
            ngettext("%d unchanged", "%d unchanged", outcome.unchanged) % outcome.unchanged,
        ]
    )


def _text(table):
    size = len(table if isinstance(table, bytes) else table.encode(errors="replace"))
    if size > MAX_BYTES:
        raise ValidationError(_("This is more than 1 MB. Import it in several parts."))
    if isinstance(table, str):
        return table.removeprefix("\ufeff")
    try:
        return table.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(
            _("This file is no text in UTF-8. Save it from your spreadsheet as “CSV UTF-8”.")
        ) from error


def _rows(text):
    """({number of the row: (from, to, note)}, {number: sentence})."""
    lines = list(StringIO(text, newline=""))
    first = next((line for line in lines if line.strip()), "")
    rows, errors, order, number = {}, {}, None, 0
    reader = csv.reader(lines, delimiter=_delimiter(first))
    try:
        for number, cells in enumerate(reader, 1):
            cells = [typed_cell(cell.strip()) for cell in cells]
            if not any(cells):
                continue
            if order is None:
                order = _order(cells)
                if order:
                    continue
                order = NO_HEADER
            elif len(rows) + len(errors) >= MAX_ROWS:
                raise ValidationError(
                    _("These are more than %d rows. Import them in several parts.") % MAX_ROWS
                )
            _sort_in(number, cells, order, rows, errors)
    except csv.Error as error:
        raise ValidationError(
            _("Row %d cannot be read; perhaps a quotation mark is missing.") % (number + 1)
        ) from error
    if not rows and not errors:
        raise ValidationError(_("There is no row in it. Each row needs two addresses: from, to."))
    return rows, errors


def _sort_in(number, cells, order, rows, errors):
    if order is NO_HEADER and any(cells[3:]):
        errors[number] = _("It has more than three cells. Give from, to and perhaps a note.")
        return
    old, target, note = (
        cells[place] if place is not None and place < len(cells) else "" for place in order
    )
    if old and target:
        rows[number] = (old, target, note or None)
    else:
        errors[number] = _("One of its two addresses is missing: from, to.")


def _delimiter(line):
    """The one that makes two addresses of the line, or else a comma."""
    for delimiter in "\t;,":
        cells = [
            cell.strip().lower()
            for cell in next(csv.reader([line[:2000]], delimiter=delimiter), [])
        ]
        if len(cells) > 1 and (_order(cells) or _looks_like_target(cells[1])):
            return delimiter
    return ","


def _looks_like_target(cell):
    return cell.lstrip("'").startswith(("/", "http"))


def _order(cells):
    """Where from, to and the note stand when this row is a header, else None."""
    names = [cell.lower() for cell in cells]
    order = [
        next((place for place, name in enumerate(names) if name in known), None)
        for known in COLUMNS
    ]
    return None if None in order[:2] else order
