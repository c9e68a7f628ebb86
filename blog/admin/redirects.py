from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import paths
from blog.admin.export import CsvExport
from blog.admin.lookups import ClosedLookups
from blog.importers.redirects import import_redirects, summary
from blog.models import Redirect


class RedirectForm(forms.ModelForm):
    class Meta:
        widgets = {
            "old_path": forms.TextInput({"dir": "ltr", "size": 80}),
            "target": forms.TextInput({"dir": "ltr", "size": 80}),
            "note": forms.TextInput({"size": 80}),
        }

    def clean_old_path(self):
        return paths.typed_path(self.cleaned_data["old_path"])

    def clean_target(self):
        return paths.typed_target(self.cleaned_data["target"])

    def clean(self):
        cleaned = super().clean()
        old = cleaned.get("old_path", self.instance.old_path)
        if old and "target" in cleaned:
            self._check(old, cleaned["target"])
        return cleaned

    def _check(self, old, target):
        try:
            Redirect.objects.rehearse(old, target)
        except ValidationError as error:
            for field, errors in error.error_dict.items():
                self.add_error(field if field in self.fields else None, errors)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy(
            "A CSV file in UTF-8, as a spreadsheet saves it: in each row the old address, the new "
            "one and perhaps a note. Up to 5,000 rows or 1 MB."
        ),
    )
    table = forms.CharField(
        label=gettext_lazy("Or paste the rows"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 8, "dir": "ltr", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "With commas, semicolons or tabs between the cells, for example: "
            "/old-page/, /articles/new-page/, moved from the old site."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("file")) == bool((cleaned.get("table") or "").strip()):
            raise ValidationError(_("Choose a file or paste the rows: one of the two."))
        return cleaned

    @property
    def rows(self):
        file = self.cleaned_data["file"]
        return file.read() if file else self.cleaned_data["table"]


@admin.register(Redirect)
class RedirectAdmin(CsvExport, ClosedLookups, admin.ModelAdmin):
    form = RedirectForm
    fields = ["old_path", "target", "note"]
    list_display = ["old_path", "leads_to", "note", "added", "created_by"]
    list_select_related = ["created_by"]
    list_per_page = 100
    show_full_result_count = False
    empty_value_display = "–"
    search_fields = ["old_path", "target", "note"]
    search_help_text = gettext_lazy("Part of an address or of a note")
    actions = ["export_selected"]
    change_list_template = "admin/blog/redirect/change_list.html"
    csv_columns = [
        ("from", lambda row: row.old_path),
        ("to", lambda row: row.target),
        ("note", lambda row: row.note),
        ("added", lambda row: timezone.localtime(row.created_at).isoformat(timespec="minutes")),
        ("by", lambda row: row.created_by),
    ]

    def get_readonly_fields(self, request, obj=None):
        # Another address is another redirect.
        return ["old_path"] if obj else []

    def view_on_site(self, obj):
        return None

    @admin.display(description=gettext_lazy("to"), ordering="target")
    def leads_to(self, redirect):
        return format_html('<a href="{0}">{0}</a>', redirect.target)

    @admin.display(description=gettext_lazy("added"), ordering="created_at")
    def added(self, redirect):
        at = timezone.localtime(redirect.created_at)
        return format_html(
            '<time datetime="{}">{}</time>', at.isoformat(), date_format(at, "j M Y")
        )

    def csv_rows(self, queryset):
        return queryset.select_related("created_by")

    # Everything is written by the rules of the model

    def save_model(self, request, obj, form, change):
        typed = obj.target
        obj.pk = Redirect.objects.add(obj.old_path, typed, by=request.user, note=obj.note).pk
        obj.refresh_from_db()
        if obj.target != typed:
            self.message_user(
                request,
                _("%(typed)s leads on, so readers are sent straight to %(end)s.")
                % {"typed": typed, "end": obj.target},
            )

    def delete_model(self, request, obj):
        Redirect.objects.remove([obj], by=request.user)

    def delete_queryset(self, request, queryset):
        Redirect.objects.remove(queryset, by=request.user)

    # Import

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="blog_redirect_import"), *super().get_urls()]

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        context = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
        if is_sent and form.is_valid():
            try:
                outcome = import_redirects(form.rows, by=request.user)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Imported: %s.") % summary(outcome))
                return HttpResponseRedirect(reverse("admin:blog_redirect_changelist"))
        context = self.admin_site.each_context(request) | {
            "title": _("Import redirects"),
            "opts": self.opts,
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/blog/redirect/import.html", context, status=status)
