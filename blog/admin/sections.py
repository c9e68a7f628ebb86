"""The parts of an article's form: its sections, one formset for each kind, and its sources."""

import re

from content_editor.admin import ContentEditorInline
from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog.admin.widgets import DeskFields, OneParagraph
from blog.models import Section, Source


class OrderedForm(forms.ModelForm):
    """A row with its place. The page moves rows about; without JavaScript the number is typed."""

    ordering = forms.IntegerField(
        label=_("Place"), required=False, widget=forms.NumberInput({"data-ordering": ""})
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # A blank row comes with the place after the last. Left untouched it is not saved,
            # so the page has to send along what the place was.
            self.fields["ordering"].show_hidden_initial = True

    def clean_ordering(self):
        place = self.cleaned_data["ordering"]
        return self.instance.ordering if place is None else place

    def validate_constraints(self):
        # Each of them asks the database; what was stored has passed.
        if self.has_changed():
            super().validate_constraints()


class KnownRow(forms.ModelChoiceField):
    """The hidden number of a row that the formset has read already: no query for each."""

    def __init__(self, row, queryset, **kwargs):
        self.row = row
        super().__init__(queryset, required=False, widget=forms.HiddenInput, **kwargs)

    def to_python(self, value):
        if self.row.pk and value == str(self.row.pk):
            return self.row
        return super().to_python(value)


class SectionForm(OrderedForm):
    heading = OneParagraph(
        label=_("Heading"), max_length=200, required=False, placeholder=_("Heading")
    )
    # The content editor asks for it; an article has one region, so nothing is stored.
    region = forms.CharField(required=False, initial="main", widget=forms.HiddenInput)
    sources = forms.TypedMultipleChoiceField(
        label=_("Sources it cites"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, kind, source_choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.kind = kind
        self.fields["sources"].choices = source_choices
        self.initial["sources"] = [source.pk for source in self.initial.get("sources", ())]

    @property
    def changed_data(self):
        # A row of which nothing came but that it exists is a row that nobody filled in.
        return [name for name in super().changed_data if name != "region"]


MAX_ROWS = 300


class TextKeepingFormSet(forms.BaseInlineFormSet):
    """Rows that a colleague deleted while the form was open come back with what was typed."""

    # How many came back.
    rescued = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound and self.management_form.is_valid():
            self._rescue()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        field = form.fields["id"]
        form.fields["id"] = KnownRow(form.instance, field.queryset, initial=field.initial)

    def _rescue(self):
        count, total = self.initial_form_count(), self.total_form_count()
        gone = self._gone(count)
        if not gone:
            return
        rows = [self._typed(number) for number in range(total)]
        order = [number for number in range(count) if number not in gone]
        order += [*gone, *range(count, total)]
        data = self.data.copy()
        for new, old in enumerate(order):
            for field, values in rows[old].items():
                data.setlist(f"{self.prefix}-{new}-{field}", values)
            if old in gone:
                data[f"{self.prefix}-{new}-id"] = ""
        data[f"{self.prefix}-INITIAL_FORMS"] = str(count - len(gone))
        self.data, self.rescued = data, len(gone)
        del self.management_form

    def _gone(self, count):
        """The numbers of rows whose section or source exists nowhere any more."""
        keys = {number: self.data.get(f"{self.prefix}-{number}-id") for number in range(count)}
        keys = {
            number: int(key)
            for number, key in keys.items()
            if re.fullmatch("[0-9]{1,18}", key or "")
        }
        there = set(self.model.objects.filter(pk__in=keys.values()).values_list("pk", flat=True))
        return [number for number, key in keys.items() if key not in there]

    def _typed(self, number):
        start = f"{self.prefix}-{number}-"
        return {
            name.removeprefix(start): self.data.getlist(name)
            for name in self.data
            if name.startswith(start)
        }


class SectionFormSet(TextKeepingFormSet):
    kind = None

    @classmethod
    def get_default_prefix(cls):
        return cls.kind

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"kind": self.kind}


class TextFormSet(SectionFormSet):
    kind = "text"


class ProFormSet(SectionFormSet):
    kind = "pro"


class ConFormSet(SectionFormSet):
    kind = "con"


class PartOfArticle(DeskFields):
    """Whoever may change the article may change its parts, and nobody else."""

    extra = 0
    max_num = MAX_ROWS

    def get_formset(self, request, obj=None, **kwargs):
        limits = {"absolute_max": MAX_ROWS, "validate_max": True}
        return super().get_formset(request, obj, **limits | kwargs)

    def get_extra(self, request, obj=None, **kwargs):
        # Without JavaScript a blank row is asked for by ?extra=pro.
        wanted = request.GET.get("extra") == self.formset.get_default_prefix()
        return int(wanted and request.method == "GET")

    def _may_change(self, request, article):
        parent = self.admin_site.get_model_admin(self.parent_model)
        if article is None:
            return parent.has_add_permission(request)
        return parent.has_change_permission(request, article)

    def has_add_permission(self, request, obj):
        return self._may_change(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._may_change(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._may_change(request, obj)

    def has_view_permission(self, request, obj=None):
        parent = self.admin_site.get_model_admin(self.parent_model)
        return parent.has_view_permission(request, obj)

    @property
    def media(self):
        # Django's script for rows is not used: it renumbers them in the order of the page.
        return forms.Media()


class SectionInline(PartOfArticle, ContentEditorInline):
    model = Section
    fk_name = "article"
    form = SectionForm
    fields = ["heading", "body", "evidence", "sources", "ordering", "region"]

    @property
    def kind(self):
        return self.formset.kind

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=self.kind).prefetch_related("sources")


class TextInline(SectionInline):
    formset = TextFormSet
    fields = ["heading", "body", "sources", "ordering", "region"]
    verbose_name = _("Text")


class ProInline(SectionInline):
    formset = ProFormSet
    verbose_name = _("Pro")


class ConInline(SectionInline):
    formset = ConFormSet
    verbose_name = _("Con")


class SourceFormSet(TextKeepingFormSet):
    @classmethod
    def get_default_prefix(cls):
        return "sources"


class SourceForm(OrderedForm):
    title = OneParagraph(label=_("Title"), max_length=300)


class SourceInline(PartOfArticle, admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    fields = ["title", "publisher", "url", "type", "accessed", "ordering"]
