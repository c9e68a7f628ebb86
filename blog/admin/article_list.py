"""The list of articles at the desk: its columns, filters and what can be done to many at once."""

from urllib.parse import unquote

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.admin import cards
from blog.admin.export import CsvExport
from blog.admin.lookups import ClosedLookups
from blog.models.article import Status


def _dated(words, value, pattern):
    if not value:
        return None
    local = timezone.localtime(value)
    return format_html(
        '<span class="only-phone">{}&nbsp;</span><time datetime="{}">{}</time>',
        words,
        local.isoformat(),
        date_format(local, pattern),
    )


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class PlanFilter(admin.SimpleListFilter):
    title = gettext_lazy("plan")
    parameter_name = "plan"

    def lookups(self, request, model_admin):
        return [("goes_live", _("Goes live later")), ("comes_down", _("Comes down later"))]

    def queryset(self, request, queryset):
        if self.value() == "goes_live":
            return queryset.filter(due_at__isnull=False)
        if self.value() == "comes_down":
            return queryset.filter(ends_at__gt=timezone.now())
        return queryset


class OverdueFilter(admin.SimpleListFilter):
    title = gettext_lazy("next review")
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", _("Overdue"))]

    def queryset(self, request, queryset):
        return queryset.overdue() if self.value() == "yes" else queryset


def _moment(value):
    return timezone.localtime(value).isoformat(" ", timespec="minutes") if value else ""


def _address(article):
    return settings.SITE_URL + unquote(article.get_absolute_url())


class ArticleList(CsvExport, ClosedLookups, admin.ModelAdmin):
    list_display = [
        "title",
        "state",
        "balance",
        "author",
        "category",
        "since",
        "due",
    ]
    list_filter = [
        StatusFilter,
        OverdueFilter,
        PlanFilter,
        ("category", admin.RelatedOnlyFieldListFilter),
        ("author", admin.RelatedOnlyFieldListFilter),
        ("reviewer", admin.RelatedOnlyFieldListFilter),
        ("tags", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["author", "category"]
    list_per_page = 50
    empty_value_display = "–"
    search_fields = ["title", "summary", "sections__heading", "sections__body"]
    search_help_text = gettext_lazy("Words of the title, the short answer or a section")
    actions = [
        "publish_selected",
        "unpublish_selected",
        "export_selected",
        "trash_selected",
        "untrash_selected",
    ]
    csv_columns = [
        (gettext_lazy("title"), lambda article: article.title),
        (gettext_lazy("status"), lambda article: Status(article.status).label),
        (gettext_lazy("author"), lambda article: article.author),
        (gettext_lazy("reviewer"), lambda article: article.reviewer),
        (gettext_lazy("category"), lambda article: article.category),
        (gettext_lazy("tags"), lambda article: "; ".join(map(str, article.tags.all()))),
        (gettext_lazy("pros"), lambda article: article.pros_count),
        (gettext_lazy("cons"), lambda article: article.cons_count),
        (gettext_lazy("live since"), lambda article: _moment(article.live_since)),
        (gettext_lazy("goes live"), lambda article: _moment(article.due_at)),
        (gettext_lazy("next review"), lambda article: article.next_review_on),
        (gettext_lazy("address"), _address),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_status().with_review().with_points()

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, article):
        return format_html("{} {}", cards.chip(article.status), self._review_chip(article))

    @staticmethod
    def _review_chip(article):
        if article.waits_for_review:
            return format_html('<span class="chip waiting">{}</span>', _("Waits for review"))
        if article.sign_off_is_stale:
            return format_html('<span class="chip stale">{}</span>', _("Changed since sign-off"))
        return ""

    @admin.display(description=gettext_lazy("points"))
    def balance(self, article):
        return format_html(
            '<span class="balance"><b class="kind-pro">+{}</b> <b class="kind-con">−{}</b></span>',
            article.pros_count,
            article.cons_count,
        )

    # The words before a date stand in for the heading of its column where there is none.
    @admin.display(description=gettext_lazy("live since"), ordering="live_since", empty_value="")
    def since(self, article):
        return _dated(gettext_lazy("since"), article.live_since, "j M Y")

    @admin.display(description=gettext_lazy("goes live"), ordering="due_at", empty_value="")
    def due(self, article):
        return _dated(gettext_lazy("goes live"), article.due_at, "j M Y, H:i")

    def csv_rows(self, queryset):
        return queryset.select_related("author", "reviewer", "category").prefetch_related("tags")

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        done = unchanged = 0
        for article in queryset:
            if article.status == Status.LIVE and not article.due_at:
                unchanged += 1
                continue
            try:
                edition = article.publish(by=request.user)
            except ValidationError as error:
                self.message_user(
                    request,
                    _("“%(title)s” was not published: %(reasons)s")
                    % {"title": article, "reasons": " ".join(error.messages)},
                    messages.ERROR,
                )
                continue
            self.log_change(request, article, _("Published edition %d.") % edition.number)
            done += 1
        if done:
            self.message_user(
                request,
                ngettext("%d article published.", "%d articles published.", done) % done,
                messages.SUCCESS,
            )
        if unchanged:
            self.message_user(
                request,
                ngettext(
                    "%d article is live already and has no changes.",
                    "%d articles are live already and have no changes.",
                    unchanged,
                )
                % unchanged,
            )

    @admin.action(description=gettext_lazy("Unpublish"), permissions=["publish"])
    def unpublish_selected(self, request, queryset):
        done = 0
        for article in queryset:
            if article.unpublish(by=request.user):
                self.log_change(request, article, _("Unpublished."))
                done += 1
        if done:
            self.message_user(
                request,
                ngettext("%d article unpublished.", "%d articles unpublished.", done) % done,
                messages.SUCCESS,
            )
        else:
            self.message_user(request, _("None of these was public, so nothing changed."))
