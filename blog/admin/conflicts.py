"""Saving beside colleagues: one after the other, and a page for what two of them changed."""

import json
import re
import uuid
from dataclasses import dataclass, replace

from django.contrib import messages
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog import marked
from blog.admin.forms import pressed
from blog.admin.merging import CONFLICT, JOINED
from blog.html import trusted_with_marks
from blog.models import Article, Version

# In what blog.marked merged, neither stands in itself, so either can be taken out as a whole.
_DELETED = re.compile(r"<del\b[^>]*>.*?</del>", re.DOTALL)
_INSERTED = re.compile(r"<ins\b[^>]*>.*?</ins>", re.DOTALL)


@dataclass(frozen=True)
class Difference:
    """A field that two people changed: both texts, with the words marked that the other lacks."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Conflict:
    """A part of the form that two people changed."""

    form: object
    part: str
    name: str
    kind: str
    heading: str

    @property
    def prefix(self):
        return self.form.add_prefix(f"use-{self.part}")

    @property
    def can_be_joined(self):
        return bool(JOINED.keys() & set(self.form.parts[self.part]))

    @property
    def differences(self):
        return [
            Difference(
                self.form[name].label,
                mine=trusted_with_marks(_DELETED.sub("", merged.html)),
                theirs=trusted_with_marks(_INSERTED.sub("", merged.html)),
            )
            for name in self.form.parts[self.part]
            for merged in [self._merged(name)]
            if not merged.is_same
        ]

    def _merged(self, name):
        merge = marked.bodies if name in self.form._html else marked.texts
        return merge(self._shown(name, self.theirs), self._shown(name, self.mine))

    @property
    def by_hand(self):
        """The fields that can be put together on the page, with what the sender typed."""
        return [
            {
                "id": f"id_{self.form.add_prefix(f'hand-{name}')}",
                "name": self.form.add_prefix(f"hand-{name}"),
                "label": self.form[name].label,
                "value": self.mine.get(name, ""),
                "theirs": self.theirs.get(name) or "",
                "is_html": name in self.form._html,
            }
            for name in self.form.parts[self.part]
            if isinstance(self.mine.get(name), str) and name in {"heading", "body", "summary"}
        ]

    @property
    def mine(self):
        return self.form._sent

    @property
    def theirs(self):
        return self.form.initial

    def _shown(self, name, values):
        value = values.get(name)
        if name in self.form._html:
            return value or ""
        field = self.form.fields[name]
        if hasattr(field, "choices") and value not in (None, ""):
            return ", ".join(self._labels(field, value))
        return "" if value is None else str(value)

    @staticmethod
    def _labels(field, value):
        many = hasattr(value, "__iter__") and not isinstance(value, str)
        chosen = {str(getattr(item, "pk", item)) for item in (value if many else [value])}
        if queryset := getattr(field, "queryset", None):
            return [str(row) for row in queryset.filter(pk__in=chosen)]
        return [str(label) for key, label in field.choices if str(key) in chosen]


class Merging:
    """For the admin of articles."""

    def get_object(self, request, object_id, from_field=None):
        is_number = re.fullmatch("[0-9]{1,18}", str(object_id))
        if request.method == "POST" and is_number and connection.in_atomic_block:
            # One after the other: what the form is merged with must not change under it.
            Article.objects.select_for_update().filter(pk=object_id).values("pk").first()
        return super().get_object(request, object_id, from_field)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None and (article := self.already_added(request)):
            object_id = str(article.pk)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @staticmethod
    def already_added(request):
        """The article that this form of a new one has made already, by saving itself."""
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError:
            return None
        return Article.objects.filter(key=key).first()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.finish_saving(request, form, formsets, reason=Version.Reason.SAVED)
        self._tell_about_colleagues(request, form, formsets)

    def finish_saving(self, request, form, formsets, *, reason):
        """What belongs to every saving, by whatever door: order, digest, history."""
        article = form.instance
        article.sections.all().untie()
        article.sources.all().untie()
        content = article.refresh_digest()
        if article.drop_unsigned_plan(by=request.user):
            sentence = _(
                "The schedule is cancelled: it was made before the article was marked clinical. "
                "Schedule it again once it is signed off."
            )
            self.message_user(request, sentence, messages.WARNING)
        keep = Version.objects.keep
        if left := _not_chosen(content, form, formsets):
            keep(article, left, by=request.user, reason=Version.Reason.NOT_CHOSEN)
        note = form.cleaned_data.get("note", "") if reason == Version.Reason.SAVED else ""
        keep(article, content, by=request.user, reason=reason, note=note)
        return content

    def render_change_form(self, request, context, **kwargs):
        response = super().render_change_form(request, context, **kwargs)
        forms = list(_forms(context))
        if any(form.conflicts for form in forms) and _has_no_other_error(context, forms):
            response.template_name = "admin/blog/article/conflict.html"
            response.status_code = 409
            response.context_data |= {
                "conflicts": list(_conflicts(context)),
                "fields": list(_fields(request, context)),
                "button": pressed(request.POST),
                "last": kwargs["obj"].versions.select_related("saved_by").first(),
            }
        return response

    def _tell_about_colleagues(self, request, form, formsets):
        rescued = sum(formset.rescued for formset in formsets)
        if rescued:
            words = ngettext(
                "A colleague had deleted %d part of this form meanwhile. It is back, as you "
                "had it.",
                "A colleague had deleted %d parts of this form meanwhile. They are back, as you "
                "had them.",
                rescued,
            )
            self.message_user(request, words % rescued, messages.WARNING)
        if spared := sum(formset.spared for formset in formsets):
            words = ngettext(
                "A colleague changed %d part that you wanted to delete, so it is still there. "
                "Read it, and delete it again if it is to go.",
                "A colleague changed %d parts that you wanted to delete, so they are still "
                "there. Read them, and delete them again if they are to go.",
                spared,
            )
            self.message_user(request, words % spared, messages.WARNING)
        if any(row.kept for row in [form, *_rows(formsets)]):
            sentence = _("What a colleague changed elsewhere in the article meanwhile is kept.")
            self.message_user(request, sentence)


def _rows(formsets):
    return [form for formset in formsets for form in formset.forms]


def _forms(context):
    yield context["adminform"].form
    for formset in context["inline_admin_formsets"]:
        yield from formset.formset.forms


def _has_no_other_error(context, forms):
    if any(formset.formset.non_form_errors() for formset in context["inline_admin_formsets"]):
        return False
    return all(
        error.code == CONFLICT
        for form in forms
        for errors in form.errors.as_data().values()
        for error in errors
    )


def _conflicts(context):
    form = context["adminform"].form
    for part in form.conflicts:
        yield Conflict(form, part, str(form[part].label).capitalize(), "text", "")
    for card in [*context["sections"], *context["sources"]]:
        for part in card.form.conflicts:
            yield Conflict(card.form, part, card.name, card.kind, card.heading)


def _fields(request, context):
    """All that was sent, as names and values, with what the sender has seen by now."""
    form = context["adminform"].form
    formsets = [formset.formset for formset in context["inline_admin_formsets"]]
    forms = [form, *_rows(formsets)]
    seen = {row.add_prefix("opened"): row for row in forms if row.conflicts}
    left_out = ("csrfmiddlewaretoken", "_")
    starts = tuple(f"{formset.prefix}-" for formset in formsets)
    data = [(name, values) for name, values in request.POST.lists() if not name.startswith(starts)]
    for formset in formsets:
        data += [
            (name, values)
            for name, values in formset.data.lists()
            if name.startswith(f"{formset.prefix}-")
        ]
    for name, values in data:
        if name.startswith(left_out) or "-use-" in f"-{name}" or "-hand-" in f"-{name}":
            continue
        if row := seen.get(name):
            parts = {part: row.stored[part] for part in row.conflicts}
            values = [json.dumps(row.opened_with | parts)]
        for value in values:
            yield name, value


def _not_chosen(content, form, formsets):
    """The content with the texts that the sender wrote and then left for a colleague's."""
    chosen = {
        name: value
        for name, value in form.not_chosen.items()
        if isinstance(value, str) and hasattr(content, name)
    }
    sections = {
        str(row.instance.key): row.not_chosen for row in _rows(formsets) if "body" in row.not_chosen
    }
    if not chosen and not sections:
        return None
    return replace(
        content,
        **chosen,
        sections=tuple(
            replace(
                section,
                **{name: sections[section.key][name] for name in ("heading", "body")},
            )
            if section.key in sections
            else section
            for section in content.sections
        ),
    )
