"""The page that publishing an article's form would give, before anything of it is saved."""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.forms import all_valid
from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from blog import content
from blog.html import MAX_LENGTH, StaffHTMLField, sanitize
from blog.models import Edition, Section
from blog.views import NOTHING_SENT, preview_page

POLICY = NOTHING_SENT | {"frame-ancestors": [SELF]}


def as_stored(row):
    """The same row with its rich text as the database would have it."""
    for field in row._meta.concrete_fields:
        if isinstance(field, StaffHTMLField):
            setattr(row, field.attname, sanitize(getattr(row, field.attname)))
    return row


def take_typed(form):
    """Put words that the form does not accept, such as too many, into its unsaved row as well."""
    for name in form.errors:
        field = form.fields.get(name)
        is_words = isinstance(field, forms.CharField)
        if is_words and not isinstance(field, forms.URLField | forms.SlugField | forms.UUIDField):
            if hasattr(form.instance, name):
                # No more than could be saved: cleaning longer HTML would take long.
                typed = field.to_python(form[name].data)
                setattr(form.instance, name, typed[:MAX_LENGTH])


class UnsavedRows:
    """The rows of one kind as saving would leave them, in order."""

    def __init__(self, formsets, stored):
        self._forms = {}
        kept = {row.pk: row for row in stored}
        rows = []
        for formset in formsets:
            for form in formset.forms:
                row = self._row(form, formset, kept.pop(form.instance.pk, None))
                if row:
                    self._forms[id(row)] = form
                    rows.append(row)
        # What the form does not hold, such as a section that a colleague added meanwhile.
        rows += kept.values()
        # A new row gets a higher number than any other; sorting keeps those in their order.
        self.rows = sorted(rows, key=lambda row: (row.ordering, row.pk or float("inf")))

    @staticmethod
    def _row(form, formset, stored):
        if formset.can_delete and formset._should_delete_form(form):
            return None
        if not form.has_changed():
            return stored  # and None for a blank row
        take_typed(form)
        return as_stored(form.instance)

    def form_of(self, row):
        """The form that holds this row, or None."""
        return self._forms.get(id(row))


class Unsaved:
    """What a bound article form and its formsets hold, valid or not.

    `article` is the row with what was typed, `content` what `Article.content` would be after
    saving, and `problems` sentences with the names of what they are about. Saves nothing.
    """

    def __init__(self, form, formsets):
        self.form, self.formsets = form, formsets
        form.is_valid()
        take_typed(form)
        all_valid(formsets)
        self.article = as_stored(form.instance)
        self.article.settle_slug()
        self._sections, self._sources = self._stored_rows()
        self.content = self._content()

    def _stored_rows(self):
        sections, sources = [], []
        if self.article.pk:
            sections = list(self.article.sections.prefetch_related("sources"))
            sources = list(self.article.sources.all())
        return (
            UnsavedRows([f for f in self.formsets if f.model is Section], sections),
            UnsavedRows([f for f in self.formsets if f.model is not Section], sources),
        )

    def _content(self):
        by_pk = {source.pk: source for source in self._sources.rows if source.pk}
        return content.build(
            self.article,
            sections=self._sections.rows,
            sources=self._sources.rows,
            cites=lambda section: [by_pk[pk] for pk in self._cited(section) if pk in by_pk],
            tags=self._tags(),
        ).signed(self.article.last_sign_off)

    def _cited(self, section):
        form = self._sections.form_of(section)
        if form and form.has_changed() and "sources" in form.cleaned_data:
            return form.cleaned_data["sources"]
        return [source.pk for source in section.sources.all()] if section.pk else []

    def _tags(self):
        if "tags" in self.form.cleaned_data:
            return self.form.cleaned_data["tags"]
        return self.article.tags.all() if self.article.pk else ()

    @property
    def edition(self):
        """The edition that publishing would show: the next one, or the live one as it is."""
        correction = self.form.cleaned_data.get("correction", "")
        adds_something = "take_down_on" in self.form.changed_data or correction
        if not adds_something and not self.form.cleaned_data.get("note"):
            if shown := self.article.shown_as(self.content.digest):
                return shown
        return Edition.draft(
            self.article, self.content, live_from=timezone.now(), correction=correction
        )

    @property
    def problems(self):
        yield from _sentences(self.form)
        for row, section in zip(self._sections.rows, self.content.sections, strict=True):
            if form := self._sections.form_of(row):
                yield from _sentences(form, section.name)
        for number, row in enumerate(self._sources.rows, 1):
            if form := self._sources.form_of(row):
                yield from _sentences(form, _("Source %d") % number)
        for formset in self.formsets:
            yield from formset.non_form_errors()


def _sentences(form, name=""):
    for field, errors in form.errors.items():
        label = form[field].label if field in form.fields and field != NON_FIELD_ERRORS else ""
        where = ", ".join(str(part) for part in (name, label) if part)
        yield from (f"{where}: {error}" if where else error for error in errors)


class Previews:
    """For the admin of articles."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("add/preview/", wrap(self.preview_view), name="blog_article_preview_new"),
            path("<path:object_id>/preview/", wrap(self.preview_view), name="blog_article_preview"),
            *super().get_urls(),
        ]

    @method_decorator([require_POST, xframe_options_sameorigin, csp_replace(POLICY)])
    def preview_view(self, request, object_id=None):
        unsaved = self.unsaved(request, object_id)
        problems = list(unsaved.problems)
        if request.FILES:
            problems.append(_("A new picture shows once it is saved."))
        edition = unsaved.edition
        is_public = bool(edition.pk)
        return preview_page(request, edition, problems=problems, is_public=is_public)

    def unsaved(self, request, object_id=None):
        """What the posted form of an article holds; `object_id` is None for a new one.

        Binds the same forms as saving does. Raises PermissionDenied, and Http404 when there is no
        such article.
        """
        if object_id is None:
            article = self.already_added(request)
        else:
            article = self.get_object(request, unquote(object_id))
        if object_id is None and article is None:
            allowed = self.has_add_permission(request)
        else:
            allowed = self.has_change_permission(request, article)
        if not allowed:
            raise PermissionDenied
        if object_id is not None and article is None:
            raise Http404
        fields = flatten_fieldsets(self.get_fieldsets(request, article))
        form_class = self.get_form(request, article, change=bool(article), fields=fields)
        # Files stay out: nobody can show them before they are stored.
        form = form_class(request.POST, instance=article)
        formsets, _inlines = self._create_formsets(request, form.instance, change=bool(article))
        return Unsaved(form, formsets)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, **kwargs):
        if kwargs["change"]:
            address = reverse("admin:blog_article_preview", args=[kwargs["obj"].pk])
        else:
            address = reverse("admin:blog_article_preview_new")
        return super().render_change_form(request, context | {"preview_address": address}, **kwargs)
