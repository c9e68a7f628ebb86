import re

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Case, When
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import html
from blog.admin.read_only import ReadOnly
from comments.models import Comment, Decision, Reason, Status

VERBS = {
    Status.APPROVED: gettext_lazy("Approve"),
    Status.REJECTED: gettext_lazy("Reject"),
    Status.SPAM: gettext_lazy("Spam"),
}


class StatusTab(admin.SimpleListFilter):
    """Shown as tabs above the list. Without a choice, what waits is shown."""

    title = gettext_lazy("status")
    parameter_name = "status"
    template = "admin/comments/comment/tabs.html"
    ALL = "all"

    def lookups(self, request, model_admin):
        return [*Status.choices, (self.ALL, gettext_lazy("All"))]

    def value(self):
        return super().value() or Status.PENDING

    def queryset(self, request, queryset):
        return queryset if self.value() == self.ALL else queryset.filter(status=self.value())

    def choices(self, changelist):
        counts = Comment.objects.counts()
        counts[self.ALL] = sum(counts.values())
        for value, label in self.lookup_choices:
            yield {
                "display": label,
                "count": counts[value],
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
            }


def _version_field(pk):
    return f"version-{pk}"


def _are_numbers(*texts):
    # Up to 18 digits: what the database can hold.
    return all(re.fullmatch("[0-9]{1,18}", str(text)) for text in texts)


def _decided(to, comments):
    """The message after a decision, with the name when it is about one comment."""
    if len(comments) == 1:
        return f"{to.label}: {comments[0]}."
    return _("%(status)s: %(number)d comments.") % {"status": to.label, "number": len(comments)}


def _since(comment):
    """What has happened to the point since the comment was written, for the moderator."""
    if not comment.point:
        return ""
    live = comment.article.editions.live().first()
    if live is None:
        return _("The article is not public now.")
    now = live.content.point(comment.section_key)
    if now is None:
        return _("The article no longer has this point.")
    was = comment.point
    return _("Changed since.") if (now.heading, now.body) != (was.heading, was.body) else ""


@admin.register(Comment)
class CommentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["excerpt", "article_title", "about", "name", "state", "sent"]
    list_display_links = ["excerpt"]
    list_filter = [StatusTab]
    list_per_page = 50
    show_full_result_count = False
    ordering = [Case(When(status=Status.PENDING, then=0), default=1), "created_at", "pk"]
    sortable_by = ["sent"]
    actions = ["approve", "reject", "mark_as_spam"]
    change_form_template = "admin/comments/comment/change_form.html"
    change_list_template = "admin/comments/comment/change_list.html"

    class Media:
        css = {"all": ["css/desk-comments.css"]}

    def has_decide_permission(self, request):
        return request.user.has_perm("comments.change_comment")

    def get_queryset(self, request):
        # Prefetched, not joined: the rows of one edition share one copy of its content.
        return super().get_queryset(request).prefetch_related("article", "edition")

    # The list

    @admin.display(description=gettext_lazy("comment"))
    def excerpt(self, comment):
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">',
            Truncator(" ".join(comment.text.split())).chars(140),
            _version_field(comment.pk),
            comment.version,
        )

    @admin.display(description=gettext_lazy("article"))
    def article_title(self, comment):
        return comment.article_title

    @admin.display(description=gettext_lazy("point"))
    def about(self, comment):
        return comment.point.name if comment.point else _("Article")

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, comment):
        return format_html(
            '<span class="state state-{}">{}</span>', comment.status, comment.get_status_display()
        )

    @admin.display(description=gettext_lazy("sent"), ordering="created_at")
    def sent(self, comment):
        at = timezone.localtime(comment.created_at)
        return format_html(
            '<time datetime="{}">{}</time>', at.isoformat(), date_format(at, "j M Y, H:i")
        )

    @admin.action(description=gettext_lazy("Approve"), permissions=["decide"])
    def approve(self, request, queryset):
        self._decide_ticked(request, Status.APPROVED)

    @admin.action(description=gettext_lazy("Reject"), permissions=["decide"])
    def reject(self, request, queryset):
        self._decide_ticked(request, Status.REJECTED)

    @admin.action(description=gettext_lazy("Mark as spam"), permissions=["decide"])
    def mark_as_spam(self, request, queryset):
        self._decide_ticked(request, Status.SPAM)

    def response_action(self, request, queryset):
        if not _are_numbers(*request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise SuspiciousOperation("A ticked row has no number.")
        return super().response_action(request, queryset)

    def _decide_ticked(self, request, to):
        # Not the action's queryset: it can reach over all pages, and knows no versions.
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        seen = {pk: request.POST.get(_version_field(pk), "") for pk in ticked}
        self._decide(request, to, seen)

    # One comment

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":
            return self._decide_one(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may_decide = self.has_decide_permission(request)
        context |= {
            "title": str(obj),
            "subtitle": None,
            "comment": obj,
            "point_body": html.trusted(obj.point.body) if obj.point else "",
            "since": _since(obj),
            "decisions": obj.decisions.select_related("by"),
            "buttons": [(to, VERBS[to]) for to in obj.staff_may_move_to] if may_decide else [],
            "reasons": Reason,
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _decide_one(self, request, object_id):
        if not self.has_decide_permission(request):
            raise PermissionDenied
        comment = self.get_object(request, unquote(object_id))
        if comment is None:
            raise Http404
        here = reverse("admin:comments_comment_change", args=[comment.pk])
        to = request.POST.get("to")
        if to not in VERBS:
            messages.warning(request, _("Choose one of the buttons; nothing was changed."))
            return HttpResponseRedirect(here)
        words = request.POST.get("words", "").strip()
        reason = words or request.POST.get("reason", "")
        outcome = self._decide(
            request, to, {comment.pk: request.POST.get("version", "")}, reason=reason[:300]
        )
        if not outcome.decided:
            return HttpResponseRedirect(here)
        return HttpResponseRedirect(reverse("admin:comments_comment_changelist"))

    def _decide(self, request, to, seen, reason=""):
        seen = {int(pk): int(version) for pk, version in seen.items() if _are_numbers(pk, version)}
        if not seen:
            messages.warning(request, _("Nothing was changed. Open the page again and choose."))
        outcome = Comment.objects.decide(to=to, by=request.user, seen=seen, reason=reason)
        for stale in outcome.stale:
            # On the page of one comment it is plain which one is meant.
            alone = len(seen) == 1
            messages.warning(request, str(stale) if alone else f"{stale.comment}: {stale}")
        if outcome.decided:
            messages.success(request, _decided(Status(to), outcome.decided))
        return outcome


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["created_at", "comment", "from_status", "to_status", "decider", "reason"]
    list_display_links = None
    list_select_related = ["by", "comment"]
    ordering = ["-created_at", "-pk"]

    @admin.display(description=gettext_lazy("by"))
    def decider(self, decision):
        return decision.decider
