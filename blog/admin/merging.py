"""Several people in one form.

Each row of the form (the article, a section, a source) brings along what its parts were when it
was opened, as fingerprints. What its sender left alone keeps the stored value; what nobody else
changed is saved; what both changed is a conflict, which the sender decides on a page of its own.
"""

import hashlib
import json
import re
import uuid
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from blog.html import StaffHTMLField, sanitize

CONFLICT = "conflict"
# Characters; the longest that a form sends is a tenth of it.
MAX_PRINTS = 10_000
# Long texts of which both can be kept, and what goes between them.
JOINED = {"body": "", "summary": "\n\n"}
MAX_ROWS = 300


def fingerprint(values):
    text = json.dumps([_plain(value) for value in values], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value):
    if value is None:
        return ""
    if isinstance(value, str):
        # Browsers send line breaks of their own.
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Model):
        return value.pk
    if hasattr(value, "__iter__"):
        return sorted((_plain(item) for item in value), key=str)
    return value


class KeyField(forms.UUIDField):
    """The key of a row, from the page; nonsense is none, since nobody typed it."""

    def __init__(self):
        super().__init__(required=False, widget=forms.HiddenInput)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValidationError:
            return None


class MergingForm(forms.ModelForm):
    """A row of the form whose parts are merged with what is stored."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Parts that keep the stored value, and parts that both changed.
        self.kept, self.conflicts = [], []
        # The sender's text, when they chose the other one.
        self.not_chosen = {}
        self.is_spared = False

    def get_initial_for_field(self, field, field_name):
        if self.instance.pk and field_name == "opened":
            return json.dumps(self.stored)
        if self.instance.pk and field_name == "key":
            return self.instance.key
        return super().get_initial_for_field(field, field_name)

    @cached_property
    def parts(self):
        """Name of a part to the names of the fields that are merged as one."""
        raise NotImplementedError

    @cached_property
    def stored(self):
        """The fingerprint of each part as it is in the database."""
        return self._fingerprints(self.initial)

    @property
    def sent(self):
        """The fingerprint of each part as it was sent, where all its fields are valid."""
        return self._fingerprints(self._sent)

    @cached_property
    def opened_with(self):
        """The fingerprints that came with the form; empty when none or nonsense came."""
        try:
            prints = json.loads((self.data.get(self.add_prefix("opened")) or "{}")[:MAX_PRINTS])
        except ValueError:
            prints = {}
        return prints if isinstance(prints, dict) else {}

    @property
    def is_untouched(self):
        """Whether its sender changed nothing of its text."""
        return all(self.sent.get(part) == self.opened_with.get(part) for part in self.texts)

    @property
    def is_changed_elsewhere(self):
        opened = self.opened_with
        return any(part in opened and self.stored[part] != opened[part] for part in self.texts)

    @property
    def texts(self):
        return [part for part in self.parts if part != "ordering"]

    @property
    def changed_data(self):
        quiet = {"opened", "key", *(name for part in self.kept for name in self.parts[part])}
        return [name for name in super().changed_data if name not in quiet]

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        self._sent = dict(cleaned)
        if not self.instance.pk and cleaned.get("key"):
            self.instance.key = cleaned["key"]
        if self.instance.pk:
            sent = self.sent
            for part in self.opened_with.keys() & sent.keys():
                self._merge(part, sent[part])
        return cleaned

    def _get_validation_exclusions(self):
        # Keys are looked up together, in one query for all rows.
        return super()._get_validation_exclusions() | {"key"}

    def _merge(self, part, sent):
        stored, opened = self.stored[part], self.opened_with[part]
        if sent == stored:
            return
        if sent == opened:
            self._keep(part)
        elif opened == stored:
            self._decide(part)
        elif part != "ordering":
            self.conflicts.append(part)
            field = part if part in self.fields else None
            sentence = _("A colleague changed this as well while you wrote.")
            self.add_error(field, ValidationError(sentence, code=CONFLICT))

    def _keep(self, part):
        self.kept.append(part)
        for name in self.parts[part]:
            # What is not in there stays on the instance as it is stored.
            del self.cleaned_data[name]

    def _decide(self, part):
        """What the sender chose on the page of conflicts; without a choice it is theirs."""
        use = self.data.get(self.add_prefix(f"use-{part}"))
        if use in {"colleague", "hand"}:
            self.not_chosen |= {
                name: self._clean_html(name, self._sent[name]) for name in self.parts[part]
            }
        if use == "colleague":
            self._keep(part)
        elif use == "both":
            for name in JOINED.keys() & set(self.parts[part]):
                both = [self.cleaned_data[name], self.initial[name]]
                self.cleaned_data[name] = JOINED[name].join(filter(None, both))
        elif use == "hand":
            self._take_from_hand(part)

    def _take_from_hand(self, part):
        for name in self.parts[part]:
            value = self.data.get(self.add_prefix(f"hand-{name}"))
            if value is None:
                continue
            try:
                self.cleaned_data[name] = self.fields[name].clean(value)
            except ValidationError as error:
                self.add_error(name, error)

    def _fingerprints(self, values):
        return {
            part: fingerprint(self._clean_html(name, values[name]) for name in names)
            for part, names in self.parts.items()
            if all(name in values for name in names)
        }

    def _clean_html(self, name, value):
        is_html = name in self._html
        return sanitize(value or "") if is_html else value

    @cached_property
    def _html(self):
        fields = self._meta.model._meta.fields
        return {field.name for field in fields if isinstance(field, StaffHTMLField)}


class RowFormSet(forms.BaseInlineFormSet):
    """Rows that are known by their key, whatever their number in the form.

    A row that was saved by itself meanwhile is not added twice. One that a colleague deleted comes
    back if its sender changed it, with what was typed; otherwise it stays deleted. One that a
    colleague changed is not deleted.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # How many came back, and how many were not deleted.
        self.rescued, self.spared = 0, 0
        # The number in what was sent, by the number here.
        self.sent_numbers = None
        if self.is_bound and self.management_form.is_valid():
            self._sort_rows()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if index is not None and not form.instance.pk and not form.is_bound:
            # A blank row. The one that the page makes new rows from gets no key.
            form.initial["key"] = uuid.uuid4()
        # Django's field would look each row up once more, in a query of its own.
        form.fields["id"] = forms.IntegerField(
            required=False, initial=form.instance.pk, widget=forms.HiddenInput
        )

    def sent_prefix(self, form):
        """The prefix that the row had in what was sent."""
        number = self.forms.index(form)
        return self.add_prefix(self.sent_numbers[number] if self.sent_numbers else number)

    def _should_delete_form(self, form):
        if not super()._should_delete_form(form):
            return False
        if form.instance.pk and form.is_changed_elsewhere:
            self.spared += not form.is_spared
            form.is_spared = True
            return False
        return True

    def _sort_rows(self):
        """Put what exists first, as Django wants it, and drop what is deleted for both."""
        rows = [self._typed(number) for number in range(self.total_form_count())]
        self._give_keys(rows)
        known = self._known(rows)
        there, new = [], []
        for number, row in enumerate(rows):
            pk = known.get(self._name(row))
            if pk:
                row["id"] = [str(pk)]
                there.append(number)
            elif row.get("id", [""])[0]:
                if self._is_worth_keeping(number) and "DELETE" not in row:
                    self.rescued += 1
                    new.append(number)
                row["id"] = [""]
            else:
                new.append(number)
        self._rewrite(rows, there, new)

    def _give_keys(self, rows):
        """A new row that came without a key gets the same one by every button of the form."""
        form_key = self.data.get("key", "")
        candidates = {
            uuid.uuid5(uuid.NAMESPACE_OID, f"{form_key} {self.prefix}-{number}"): row
            for number, row in enumerate(rows)
            if form_key and not self._key(row) and not self._pk(row)
        }
        if candidates:
            taken = self.model.objects.filter(key__in=candidates).values_list("key", flat=True)
            for key in candidates.keys() - set(taken):
                candidates[key]["key"] = [str(key)]

    def _known(self, rows):
        """The rows of this article that exist, as key (or pk, for a row without) to pk."""
        keys = {self._key(row): row for row in rows if self._key(row)}
        found = self.model.objects.filter(key__in=keys).values_list("key", "pk", "article_id")
        known = {}
        for key, pk, article in found:
            if article == self.instance.pk:
                known[key] = pk
            else:
                # Nobody takes over a row of another article.
                keys[key]["key"] = [""]
        pks = {self._pk(row) for row in rows if not self._key(row)} - {None}
        if pks and self.instance.pk:
            own = self.model.objects.filter(article=self.instance, pk__in=pks)
            known |= {pk: pk for pk in own.values_list("pk", flat=True)}
        return known

    def _name(self, row):
        return self._key(row) or self._pk(row)

    @staticmethod
    def _key(row):
        try:
            return uuid.UUID(row.get("key", [""])[0])
        except ValueError:
            return None

    @staticmethod
    def _pk(row):
        value = row.get("id", [""])[0]
        return int(value) if re.fullmatch("[0-9]{1,18}", value) else None

    def _is_worth_keeping(self, number):
        form = self.form(self.data, prefix=self.add_prefix(number), **self.get_form_kwargs(number))
        form.full_clean()
        return not (form.opened_with and form.is_untouched)

    def _rewrite(self, rows, there, new):
        order = there + new
        self.sent_numbers = order
        data = self.data.copy()
        for name in [name for name in data if name.startswith(f"{self.prefix}-")]:
            del data[name]
        for number, old in enumerate(order):
            for field, values in rows[old].items():
                data.setlist(f"{self.prefix}-{number}-{field}", values)
        counts = {"TOTAL": len(order), "INITIAL": len(there), "MIN_NUM": 0, "MAX_NUM": MAX_ROWS}
        for name, count in counts.items():
            data[f"{self.prefix}-{name}_FORMS"] = str(count)
        self.data = data
        del self.management_form

    def _typed(self, number):
        start = f"{self.prefix}-{number}-"
        return {
            name.removeprefix(start): self.data.getlist(name)
            for name in self.data
            if name.startswith(start)
        }
