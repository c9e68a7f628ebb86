"""What the template of the article's form needs beside Django's own: sections in one order."""

from dataclasses import dataclass
from functools import cached_property
from itertools import count

from django.utils.html import format_html
from django.utils.translation import gettext as _

from blog.admin.sections import SectionInline
from blog.html import plain
from blog.models.article import Status

# With more sections than this the form opens as an outline.
OPEN_AT_MOST = 12


def chip(status):
    return format_html('<span class="chip {}">{}</span>', status, Status(status).label)


@dataclass
class Card:
    """A row of a formset: a section, or a source."""

    kind: str
    row: object  # Django's InlineAdminForm
    # False for those who may only read.
    is_editable: bool
    name: str = ""
    is_open: bool = True

    @property
    def form(self):
        return self.row.form

    @property
    def id(self):
        return self.form.prefix

    @property
    def original(self):
        return self.row.original

    @property
    def sign(self):
        return {"pro": "+", "con": "−"}.get(self.kind, "¶")

    @property
    def is_point(self):
        return self.kind in {"pro", "con"}

    @cached_property
    def is_deleted(self):
        return bool("DELETE" in self.form.fields and self.form["DELETE"].value())

    @cached_property
    def heading(self):
        return self._value("title" if self.kind == "source" else "heading")

    @cached_property
    def excerpt(self):
        return " ".join(plain(self._body).split())[:160]

    @cached_property
    def words(self):
        return len(f"{self.heading} {plain(self._body)}".split())

    @property
    def _body(self):
        return "" if self.kind == "source" else self._value("body")

    def _value(self, name):
        if name in self.form.fields:
            value = self.form[name].value()
        else:
            value = getattr(self.original, name)
        return "" if value is None else value

    @property
    def has_errors(self):
        return bool(self.form.is_bound and self.form.errors)

    @property
    def place(self):
        try:
            place = int(self._value("ordering"))
        except (TypeError, ValueError):
            place = float("inf")
        return place, self.original.pk if self.original else float("inf")


def context(page, article):
    sections, blanks, sources = [], [], []
    for formset in page["inline_admin_formsets"]:
        is_section = isinstance(formset.opts, SectionInline)
        kind = formset.opts.kind if is_section else "source"
        rows, blank = _rows(formset, kind)
        if is_section:
            sections += rows
        else:
            sources = rows
        blanks += [blank] if blank else []
    sections.sort(key=lambda card: card.place)
    sources.sort(key=lambda card: card.place)
    _name(sections)
    for card in sections:
        card.is_open = len(sections) <= OPEN_AT_MOST or card.has_errors or not card.original
    return {
        "sections": sections,
        "is_outline": bool(sections) and not any(card.is_open for card in sections),
        "sources": sources,
        "blanks": blanks,
        "problems": list(_problems(page, sections, sources)),
        "pros": [card for card in sections if card.kind == "pro" and not card.is_deleted],
        "cons": [card for card in sections if card.kind == "con" and not card.is_deleted],
        "article": article,
    }


def _rows(formset, kind):
    """The rows of a formset as cards, and the empty one that new rows are made from."""
    rows = list(formset)
    blank = None
    if formset.has_add_permission and rows:
        blank = Card(kind, rows.pop(), is_editable=True)
        _name([blank])
    editable = formset.has_change_permission
    return [Card(kind, row, is_editable=editable) for row in rows], blank


def _name(cards):
    numbers = {"pro": count(1), "con": count(1)}
    for card in cards:
        if card.kind not in numbers:
            card.name = _("Text") if card.kind == "text" else _("Source")
        elif card.is_deleted:
            card.name = _("Pro") if card.kind == "pro" else _("Con")
        else:
            name = _("Pro %d") if card.kind == "pro" else _("Con %d")
            card.name = name % next(numbers[card.kind])


def _problems(page, sections, sources):
    """Every error of the form: the id of its field, what it belongs to, and the sentence."""
    form = page["adminform"].form
    yield from _form_problems(form, "")
    for card in [*sections, *sources]:
        if card.has_errors and not card.is_deleted:
            yield from _form_problems(card.form, card.name, fallback=card.id)
    for formset in page["inline_admin_formsets"]:
        for sentence in formset.formset.non_form_errors():
            yield {"id": "", "where": "", "sentence": sentence}


def _form_problems(form, name, fallback=""):
    if not form.is_bound:
        return
    for field, sentences in form.errors.items():
        is_field = field in form.fields
        label = form[field].label if is_field else ""
        where = ", ".join(str(part) for part in (name, label) if part)
        for sentence in sentences:
            yield {
                "id": form[field].id_for_label if is_field else fallback,
                "where": where,
                "sentence": sentence,
            }
