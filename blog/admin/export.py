"""Lists of the desk as CSV: what is ticked, and the whole list as it is filtered."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from blog import spreadsheets


class CsvExport:
    """For an admin: `csv_columns` are (heading, function of a row) pairs."""

    csv_columns = ()

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name=self._url_name("export")), *super().get_urls()]

    def _url_name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def changelist_view(self, request, extra_context=None):
        query = request.GET.urlencode()
        url = reverse(f"admin:{self._url_name('export')}") + (f"?{query}" if query else "")
        return super().changelist_view(request, {"export_url": url} | (extra_context or {}))

    def export_view(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            url = reverse(f"admin:{self._url_name('changelist')}")
            return HttpResponseRedirect(f"{url}?e=1")
        return self._download(rows)

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_selected(self, request, queryset):
        return self._download(queryset)

    def csv_rows(self, queryset):
        return queryset

    def _download(self, queryset):
        header = [str(heading) for heading, _value in self.csv_columns]
        rows = (
            [value(row) for _heading, value in self.csv_columns]
            for row in self.csv_rows(queryset).iterator(chunk_size=500)
        )
        today = timezone.localdate().isoformat()
        return spreadsheets.download(f"{self.opts.model_name}s-{today}.csv", header, rows)
