from uuid import UUID

from content_editor.admin import ContentEditor, RefinedModelAdmin, importmap
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import JSON, Media, Script

from blog import checks
from blog.admin import cards
from blog.admin.addresses import Addresses
from blog.admin.article_list import ArticleList
from blog.admin.article_picture import ArticlePicture
from blog.admin.autosave import Autosave
from blog.admin.conflicts import Merging
from blog.admin.findings import ChecksPanel, field_ids, linked
from blog.admin.forms import (
    ADD,
    EXPIRE,
    PUBLISH,
    PUBLISHING,
    SAVE,
    SCHEDULE,
    UNPUBLISH,
    UNSCHEDULE,
    ArticleForm,
    pressed,
)
from blog.admin.history import History
from blog.admin.preview import Previews
from blog.admin.preview_links import PreviewLinks
from blog.admin.review import ReviewPages
from blog.admin.sections import ConInline, ProInline, SectionInline, SourceInline, TextInline
from blog.admin.trash import Trash
from blog.admin.widgets import MODULES, DeskFields
from blog.models import Article, Person, Section


def moment(value):
    """A time in words, with the zone that it is meant in."""
    local = timezone.localtime(value)
    zone = timezone.get_current_timezone_name()
    return f"{date_format(local, 'l j F Y, H:i')} ({zone})"


def _key(text):
    try:
        return UUID(text)
    except ValueError:
        return None


@admin.register(Article)
class ArticleAdmin(
    Autosave,
    Merging,
    History,
    Trash,
    ReviewPages,
    ChecksPanel,
    Previews,
    PreviewLinks,
    ArticlePicture,
    Addresses,
    ArticleList,
    DeskFields,
    ContentEditor,
):
    form = ArticleForm
    inlines = [TextInline, ProInline, ConInline, SourceInline]
    fieldsets = [
        (None, {"fields": ["title", "summary"]}),
        (
            gettext_lazy("People and review"),
            {"fields": ["author", "reviewer", "is_clinical", "next_review_on"]},
        ),
        (
            gettext_lazy("Category, tags, address"),
            {"fields": ["category", "tags", "slug", "date"]},
        ),
        (
            gettext_lazy("Picture"),
            {"fields": ["image", "image_file", "image_alt", "image_decorative", "image_caption"]},
        ),
        (
            gettext_lazy("Names of the two sides"),
            {
                "fields": ["pros_heading", "pros_intro", "cons_heading", "cons_intro"],
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("Search and sharing"),
            {
                "fields": [
                    "search_title",
                    "search_description",
                    "share_image",
                    "canonical_url",
                    "noindex",
                    "product",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    change_form_template = "admin/blog/article/change_form.html"

    @property
    def media(self):
        # Without the content editor's own style sheets and its shortcut for a button of another
        # name.
        return super(RefinedModelAdmin, self).media

    # Who may do what

    def has_publish_permission(self, request, obj=None):
        may_publish = request.user.has_perm("blog.publish_article")
        return may_publish and self.has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        may_move = obj is None or self.has_publish_permission(request, obj)
        fixed = [] if may_move or not obj.has_been_public else ["slug"]
        # Marking it is for everybody; taking the stricter rules away for those who publish.
        return [*fixed, "is_clinical"] if not may_move and obj.is_clinical else fixed

    # The form

    def get_changeform_initial_data(self, request):
        person = Person.objects.filter(user=request.user).first()
        author = person or Person.objects.editorial_team()
        return {"author": author.pk} | super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, SectionInline):
            kwargs["form_kwargs"] = {"source_choices": self._source_choices(obj)}
        if inline.get_extra(request, obj):
            rows = obj.sources if isinstance(inline, SourceInline) else obj.sections
            last = rows.order_by("-ordering").first() if obj.pk else None
            kwargs["initial"] = [{"ordering": last.ordering + 10 if last else 10}]
        return kwargs

    @staticmethod
    def _source_choices(article):
        # Once for all sections of the form.
        if not hasattr(article, "source_choices"):
            rows = article.sources.all() if article.pk else ()
            article.source_choices = [(source.pk, source.title) for source in rows]
        return article.source_choices

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and PUBLISHING & request.POST.keys():
            # Before anything is read or saved.
            if not self.has_publish_permission(request):
                raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, **kwargs):
        obj, change = kwargs["obj"], kwargs["change"]
        context |= cards.context(context, obj if change else None)
        context |= {
            "can_publish": self.has_publish_permission(request, obj),
            "can_delete": change and self.has_delete_permission(request, obj),
            "csrf_cookie": settings.CSRF_COOKIE_NAME,
            "time_zone": timezone.get_current_timezone_name(),
        }
        if change:
            editions = obj.editions.select_related("created_by", "end_set_by")
            context |= {
                "live": editions.live().first(),
                "scheduled": editions.scheduled().order_by("live_from").first(),
                "editions": editions.defer("data").order_by("-number")[:5],
                "status": Article.objects.with_status().get(pk=obj.pk).status,
            }
        response = super().render_change_form(request, context, **kwargs)
        nonce = str(request.csp_nonce)
        response.context_data["nonce"] = nonce
        response.context_data["media"] = Media.from_media(
            response.context_data["media"], nonce=nonce
        )
        return response

    def _content_editor_media(self, request, context):
        # Its modules by its import map, under our entry: index.js writes a <style> into the page.
        return Media(
            importmap=importmap | MODULES,
            js=[
                JSON(self._content_editor_context(request, context), id="content-editor-context"),
                Script("js/desk/sections.js", type="module"),
                Script("js/desk/shortcuts.js", type="module"),
                Script("js/desk/presence.js", type="module"),
                Script("js/desk/citations.js", type="module"),
                Script("js/desk/findings.js", type="module"),
                Script("js/desk/preview.js", type="module"),
            ],
        )

    # After saving: what the button asked for, and a sentence that says what happened

    def save_form(self, request, form, change):
        # The answer needs the moments and the note, which are no fields of the article.
        request.desk = form.cleaned_data | {
            "unused_times": form.unused_times,
            "end_changed": "take_down_on" in form.changed_data,
        }
        return super().save_form(request, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._respond(request, obj)

    def response_change(self, request, obj):
        return self._respond(request, obj)

    def _respond(self, request, obj):
        button = pressed(request.POST)
        answer = {
            SAVE: self._after_save,
            ADD: self._after_save,
            PUBLISH: self._publish,
            SCHEDULE: self._schedule,
            EXPIRE: self._expire,
            UNPUBLISH: self._unpublish,
            UNSCHEDULE: self._unschedule,
        }[button]
        try:
            with transaction.atomic():
                sentence = answer(request, obj)
        except ValidationError as error:
            refusal = self._refusal(button, obj, error.messages)
            self.message_user(request, refusal, messages.ERROR)
        else:
            self.message_user(request, sentence, messages.SUCCESS)
        url = reverse("admin:blog_article_change", args=[quote(obj.pk)])
        if button == ADD:
            url += self._blank_row(obj, request.POST[ADD])
        elif "_review" in request.POST:
            url = reverse("admin:blog_article_review", args=[quote(obj.pk)])
        return HttpResponseRedirect(url)

    @staticmethod
    def _blank_row(obj, kind):
        """The rest of an address that opens the form with a new row, and scrolls to it.

        `kind` is that of an empty row, or names the section that is to be there twice.
        """
        if original := obj.sections.filter(key=_key(kind.removeprefix("copy-"))).first():
            copy = original.duplicate()
            obj.refresh_digest()
            same = list(obj.sections.filter(kind=copy.kind).values_list("pk", flat=True))
            return f"#{copy.kind}-{same.index(copy.pk)}"
        if kind == "sources":
            return f"?extra={kind}#{kind}-{obj.sources.count()}"
        if kind in Section.Kind.values:
            return f"?extra={kind}#{kind}-{obj.sections.filter(kind=kind).count()}"
        return ""

    @staticmethod
    def _refusal(button, obj, sentences):
        content = obj.content()
        links = {
            finding.sentence: target
            for finding, target in field_ids(content, checks.findings(content))
        }
        opening = {
            PUBLISH: _("It is saved, but it was not published. Mend this first:"),
            SCHEDULE: _("It is saved, but it was not scheduled. Mend this first:"),
        }.get(button, _("It is saved, but nothing else was done:"))
        return format_html(
            "{}<ul>{}</ul>",
            opening,
            format_html_join("", "<li>{}</li>", ((each,) for each in linked(sentences, links))),
        )

    def _after_save(self, request, obj):
        if request.desk["unused_times"] and self.has_publish_permission(request, obj):
            times = ", ".join(moment(at) for at in request.desk["unused_times"])
            words = _("Saving does not use the time you chose (%s). Schedule, publish or expire.")
            self.message_user(request, words % times, messages.WARNING)
        live = obj.editions.live().first()
        if planned := obj.editions.scheduled().order_by("live_from").first():
            if planned.digest != obj.digest:
                return _(
                    "Saved. Edition %(number)d, which goes live on %(when)s, was made before this "
                    "change. Schedule again to take the change along."
                ) % {"number": planned.number, "when": moment(planned.live_from)}
        if not live:
            return _("Saved. Readers see nothing of it until it is published.")
        if live.digest == obj.digest:
            return _("Saved. It is the same as what readers see.")
        return _(
            "Saved. Readers still see edition %(number)d of %(when)s; publish to show the change."
        ) % {"number": live.number, "when": moment(live.live_from)}

    def _publish(self, request, obj):
        if self._is_shown_already(request, obj):
            return _("Saved. Readers see exactly this already, so nothing was published.")
        edition = obj.publish(by=request.user, **self._words(request))
        self.log_change(request, obj, _("Published edition %d.") % edition.number)
        self._set_end(request, obj, edition)
        sentence = _("Published. Readers see edition %d from now on.") % edition.number
        return f"{sentence} {self._end_sentence(request)}".strip()

    @staticmethod
    def _is_shown_already(request, obj):
        adds_something = request.desk["end_changed"] or any(ArticleAdmin._words(request).values())
        return not adds_something and obj.shown_as(obj.digest)

    @staticmethod
    def _words(request):
        """What is kept with the edition, for colleagues and for readers."""
        return {name: request.desk[name] for name in ("note", "correction")}

    def _schedule(self, request, obj):
        at = request.desk["go_live_on"]
        edition = obj.schedule(by=request.user, at=at, **self._words(request))
        self.log_change(
            request,
            obj,
            _("Scheduled edition %(number)d for %(when)s.")
            % {"number": edition.number, "when": moment(at)},
        )
        self._set_end(request, obj, edition)
        live = obj.editions.live().first()
        until = (
            _("Until then they see edition %d.") % live.number
            if live
            else _("Until then they see nothing of it.")
        )
        sentence = _("Scheduled. Readers see edition %(number)d from %(when)s on.") % {
            "number": edition.number,
            "when": moment(at),
        }
        return f"{sentence} {until} {self._end_sentence(request)}".strip()

    def _expire(self, request, obj):
        end = request.desk["take_down_on"]
        obj.expire(by=request.user, at=end)
        if end is None:
            self.log_change(request, obj, _("Took the limit of time away."))
            return _("Saved. It stays public until somebody unpublishes it.")
        self.log_change(request, obj, _("To be taken down on %s.") % moment(end))
        return _("Saved. %s") % self._end_sentence(request)

    def _unpublish(self, request, obj):
        if not obj.unpublish(by=request.user):
            return _("Saved. It was not public, so nothing changed for readers.")
        self.log_change(request, obj, _("Unpublished."))
        return _("Unpublished. Readers do not see it any more; the text is kept here.")

    def _unschedule(self, request, obj):
        if not obj.unschedule(by=request.user):
            return _("Saved. Nothing was scheduled, so nothing changed for readers.")
        self.log_change(request, obj, _("Cancelled the schedule."))
        if live := obj.editions.live().first():
            words = _("The schedule is cancelled. Readers keep edition %d.") % live.number
        else:
            words = _("The schedule is cancelled. Readers see nothing of it.")
        return words

    def _set_end(self, request, obj, edition):
        end = request.desk["take_down_on"]
        if request.desk["end_changed"] and end != edition.live_until:
            obj.expire(by=request.user, at=end)

    @staticmethod
    def _end_sentence(request):
        end = request.desk["take_down_on"]
        return _("It comes down on %s.") % moment(end) if end else ""
