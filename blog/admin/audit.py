from datetime import timedelta

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.admin.read_only import ReadOnly
from blog.models import AuditEntry
from blog.models.audit import Action


class ActionFilter(admin.SimpleListFilter):
    title = gettext_lazy("what")
    parameter_name = "what"

    def lookups(self, request, model_admin):
        return Action.choices

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class PersonFilter(admin.SimpleListFilter):
    title = gettext_lazy("who")
    parameter_name = "who"
    COMMAND = "command"

    def lookups(self, request, model_admin):
        staff = get_user_model().objects.filter(is_staff=True).order_by("username")
        names = ((str(user.pk), user.get_full_name() or user.username) for user in staff)
        return [*names, (self.COMMAND, _("a command"))]

    def queryset(self, request, queryset):
        known = {value for value, _label in self.lookup_choices}
        if self.value() == self.COMMAND:
            return queryset.filter(by=None)
        return queryset.filter(by=self.value()) if self.value() in known else queryset


class WhenFilter(admin.SimpleListFilter):
    title = gettext_lazy("when")
    parameter_name = "when"
    DAYS = {"today": 0, "week": 6, "month": 30, "year": 365}

    def lookups(self, request, model_admin):
        return [
            ("today", _("Today")),
            ("week", _("The last 7 days")),
            ("month", _("The last 31 days")),
            ("year", _("The last year")),
        ]

    def queryset(self, request, queryset):
        if self.value() not in self.DAYS:
            return queryset
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return queryset.filter(at__gte=midnight - timedelta(days=self.DAYS[self.value()]))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["when", "who", "action", "subject", "detail"]
    list_display_links = None
    list_select_related = ["by"]
    list_filter = [WhenFilter, ActionFilter, PersonFilter]
    list_per_page = 100
    show_full_result_count = False
    actions = None
    search_fields = ["subject", "detail"]
    search_help_text = gettext_lazy("Part of a title, an address or a name")
    fields = ["at", "who", "action", "subject", "detail"]
    readonly_fields = ["who"]

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, entry):
        at = timezone.localtime(entry.at)
        return format_html(
            '<time datetime="{}">{}</time>', at.isoformat(), date_format(at, "j M Y, H:i")
        )

    @admin.display(description=gettext_lazy("who"))
    def who(self, entry):
        return (entry.by.get_full_name() or entry.by.username) if entry.by else _("a command")
