"""The trash at the desk: what is moved there is nowhere else, and comes back with one button."""

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LIST = "admin:blog_article_changelist"
TRASH = "admin:blog_article_trash"


def _change_url(article):
    return reverse("admin:blog_article_change", args=[quote(article.pk)])


class Trash(admin.ModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("trash/", view(self.trash_view), name="blog_article_trash"),
            path("<path:object_id>/untrash/", view(self.untrash_view), name="blog_article_untrash"),
            *super().get_urls(),
        ]

    # Who may do what

    def has_trash_permission(self, request, obj=None):
        """Whoever may move articles to the trash may take them out."""
        return super().has_delete_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        if not (may and obj):
            return may
        if obj.trashed_at:
            return False
        # What readers see goes with it, and that is for those who publish.
        return (
            self.has_publish_permission(request, obj)
            or not obj.editions.current_or_scheduled().exists()
        )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.trashed_at)

    # Where it is found

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.in_trash() if _shows_trash(request) else queryset.kept()

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found or not str(object_id).isdecimal() or len(str(object_id)) > 18:
            return found
        return super().get_queryset(request).in_trash().filter(pk=object_id).first()

    # The list

    def trash_view(self, request):
        request.shows_trash = True
        context = {"title": _("In the trash"), "in_trash": True}
        return self.changelist_view(request, context)

    def changelist_view(self, request, extra_context=None):
        trashed = self.model.objects.in_trash().count()
        return super().changelist_view(request, {"trashed": trashed} | (extra_context or {}))

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not _shows_trash(request)

    def get_list_display(self, request):
        if _shows_trash(request):
            return ["title", "author", "trashed_by", "days_left"]
        return super().get_list_display(request)

    def get_list_filter(self, request):
        return [] if _shows_trash(request) else super().get_list_filter(request)

    def get_list_select_related(self, request):
        if _shows_trash(request):
            return ["author", "trashed_by"]
        return super().get_list_select_related(request)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        if _shows_trash(request):
            return {name: actions[name] for name in ["untrash_selected"] if name in actions}
        actions.pop("untrash_selected", None)
        return actions

    @admin.display(description=gettext_lazy("days left"), ordering="trashed_at")
    def days_left(self, article):
        return _days(article.days_in_trash)

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["delete"])
    def trash_selected(self, request, queryset):
        done = 0
        for article in queryset:
            if not self.has_delete_permission(request, article):
                words = _("“%s” is public or planned; ask an editor to unpublish it first.")
                self.message_user(request, words % article, messages.ERROR)
            elif article.trash(by=request.user):
                self.log_change(request, article, _("Moved to the trash."))
                done += 1
        if done:
            words = ngettext(
                "%d article moved to the trash.", "%d articles moved to the trash.", done
            )
            self._said_with_link(request, words % done)

    @admin.action(description=gettext_lazy("Restore from the trash"), permissions=["trash"])
    def untrash_selected(self, request, queryset):
        done = 0
        for article in queryset:
            try:
                article.untrash(by=request.user)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
                continue
            self.log_change(request, article, _("Taken out of the trash."))
            done += 1
        if done:
            words = ngettext(
                "%d article is back, and not public.", "%d articles are back, and not public.", done
            )
            self.message_user(request, words % done, messages.SUCCESS)

    # One article

    def delete_view(self, request, object_id, extra_context=None):
        """What Django calls deleting: the question, and the deed."""
        if not super().has_delete_permission(request):
            raise PermissionDenied
        article = self.get_object(request, unquote(object_id))
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_delete_permission(request, article):
            raise PermissionDenied
        if request.method == "POST":
            return self._move(request, article)
        request.current_app = self.admin_site.name
        now = article.editions.current_or_scheduled().order_by("live_from").first()
        context = self.admin_site.each_context(request) | {
            "title": _("Move to the trash"),
            "opts": self.opts,
            "original": article,
            "is_live": bool(now and now.live_from <= timezone.now()),
            "is_planned": bool(now and now.live_from > timezone.now()),
            "change_url": _change_url(article),
        }
        return TemplateResponse(request, "admin/blog/article/trash.html", context)

    def _move(self, request, article):
        article.trash(by=request.user)
        self.log_change(request, article, _("Moved to the trash."))
        self._said_with_link(request, _("“%s” is in the trash.") % article)
        return HttpResponseRedirect(reverse(LIST))

    def untrash_view(self, request, object_id):
        if not self.has_trash_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        try:
            article.untrash(by=request.user)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(reverse(TRASH))
        self.log_change(request, article, _("Taken out of the trash."))
        self.message_user(
            request,
            _("“%s” is back as it was. It is not public; publish it when it is ready.") % article,
            messages.SUCCESS,
        )
        return HttpResponseRedirect(_change_url(article))

    def render_change_form(self, request, context, **kwargs):
        article = kwargs["obj"]
        if kwargs["change"] and article.trashed_at:
            context |= {
                "trashed": article,
                "trash_days": _days(article.days_in_trash),
                "may_untrash": self.has_trash_permission(request, article),
                "untrash_url": reverse("admin:blog_article_untrash", args=[quote(article.pk)]),
            }
        return super().render_change_form(request, context, **kwargs)

    def _said_with_link(self, request, sentence):
        days = _("It can be taken out for 30 days.")
        link = format_html('<a href="{}">{}</a>', reverse(TRASH), _("Open the trash"))
        self.message_user(request, format_html("{} {} {}", sentence, days, link), messages.SUCCESS)


def _shows_trash(request):
    return getattr(request, "shows_trash", False)


def _days(number):
    return ngettext("%d day", "%d days", number) % number
