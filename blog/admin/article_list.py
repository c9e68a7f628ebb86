"""The list of articles at the desk: its columns, filters and what can be done to many at once."""

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog.admin import cards
from blog.admin.lookups import ClosedLookups
from blog.models import Section
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


def _points(kind):
    sections = Section.objects.filter(article=OuterRef("pk"), kind=kind).order_by()
    count = sections.values("article").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


class ArticleList(ClosedLookups, admin.ModelAdmin):
    list_display = ["title", "state", "balance", "author", "category", "since", "due"]
    list_filter = [
        StatusFilter,
        "category",
        ("author", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["author", "category"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    empty_value_display = "–"
    search_fields = ["title", "summary", "sections__heading", "sections__body"]
    search_help_text = gettext_lazy("Words of the title, the short answer or a section")
    actions = ["publish_selected", "unpublish_selected", "delete_drafts"]

    def get_queryset(self, request):
        queryset = super().get_queryset(request).with_status().with_review()
        return queryset.annotate(pros_count=_points("pro"), cons_count=_points("con"))

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

    def changelist_view(self, request, extra_context=None):
        context = {"title": self.opts.verbose_name_plural.capitalize()} | (extra_context or {})
        return super().changelist_view(request, context)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # delete_drafts takes its place
        return actions

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

    @admin.action(description=gettext_lazy("Delete drafts"), permissions=["delete"])
    def delete_drafts(self, request, queryset):
        kept = [article for article in queryset if self._is_kept(article)]
        if kept:
            for article in kept:
                self.message_user(
                    request,
                    _("“%s” is or was public, so it cannot be deleted. Unpublish it instead.")
                    % article,
                    messages.ERROR,
                )
            return None
        return delete_selected(self, request, queryset)
