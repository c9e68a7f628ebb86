"""The parts of an article's form: its sections, one formset for each kind, and its sources."""

from functools import cached_property

from content_editor.admin import ContentEditorInline
from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from blog.admin.merging import MAX_ROWS, KeyField, MergingForm, RowFormSet
from blog.admin.widgets import DeskFields, OneParagraph
from blog.models import Section, Source


class RowForm(MergingForm):
    """A row with its key and its place. The page moves rows about; without JavaScript the number
    of the place is typed."""

    key = KeyField()
    ordering = forms.IntegerField(
        label=_("Place"),
        required=False,
        widget=forms.NumberInput({"data-ordering": ""}),
        help_text=_("The smaller the number, the earlier it comes."),
    )

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # A blank row comes with the place after the last. Left untouched it is not saved,
            # so the page has to send along what the place was.
            self.fields["ordering"].show_hidden_initial = True

    @cached_property
    def parts(self):
        texts = [name for name in self.TEXTS if name in self.fields]
        return {"text": texts, "ordering": ["ordering"]}

    def clean_ordering(self):
        place = self.cleaned_data["ordering"]
        return self.instance.ordering if place is None else place

    def validate_constraints(self):
        # Each of them asks the database; what was stored has passed.
        if self.has_changed():
            super().validate_constraints()


class CitedSources(forms.TypedMultipleChoiceField):
    """Sources of the article by their number in the database; one that is gone is left out."""

    def to_python(self, value):
        there = {str(pk) for pk, _title in self.choices}
        return [pk for pk in super().to_python(value) if pk in there]


class SectionForm(RowForm):
    TEXTS = ["heading", "body", "evidence"]

    heading = OneParagraph(
        label=_("Heading"),
        max_length=200,
        required=False,
        placeholder=_("Heading"),
        help_text=Section._meta.get_field("heading").help_text,
    )
    # The content editor asks for it; an article has one region, so nothing is stored.
    region = forms.CharField(required=False, initial="main", widget=forms.HiddenInput)
    sources = CitedSources(
        label=_("Sources it cites"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what supports this section; readers find the numbers at its end."),
    )

    def __init__(self, *args, kind, source_choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.instance.kind = kind
        self.fields["sources"].choices = source_choices
        self.initial["sources"] = [source.pk for source in self.initial.get("sources", ())]

    @cached_property
    def parts(self):
        # By themselves: a source that a colleague deleted is cited nowhere any more.
        return super().parts | {"sources": ["sources"]}

    @property
    def changed_data(self):
        # A row of which nothing came but that it exists is a row that nobody filled in.
        return [name for name in super().changed_data if name != "region"]


class SectionFormSet(RowFormSet):
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


class SourceFormSet(RowFormSet):
    @classmethod
    def get_default_prefix(cls):
        return "sources"


class SourceForm(RowForm):
    TEXTS = ["title", "publisher", "url", "type", "accessed"]

    title = OneParagraph(
        label=_("Title"), max_length=300, help_text=Source._meta.get_field("title").help_text
    )


class SourceInline(PartOfArticle, admin.StackedInline):
    model = Source
    form = SourceForm
    formset = SourceFormSet
    fields = ["title", "publisher", "url", "type", "accessed", "ordering"]
