"""The form of an article saves itself, and says who else has it open.

Saving by itself never publishes, deletes, uploads or changes an address. What is not valid yet, and
what a colleague changed as well, stays in the form; everything else is saved.
"""

from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import transaction
from django.http import Http404, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from blog.admin.merging import CONFLICT
from blog.models import Article, Presence, Version

# Fields that are saved by a button alone: readers would see a change of the address at once.
NOT_BY_ITSELF = {"slug", "note", "correction", "go_live_on", "take_down_on", "image_file"}


class Autosave:
    """For the admin of articles."""

    def get_urls(self):
        def door(view):
            return self.admin_site.admin_view(require_POST(view))

        return [
            path("add/autosave/", door(self.autosave_view), name="blog_article_autosave_new"),
            path(
                "<int:object_id>/autosave/",
                door(self.autosave_view),
                name="blog_article_autosave",
            ),
            path(
                "<int:object_id>/presence/",
                door(self.presence_view),
                name="blog_article_presence",
            ),
            *super().get_urls(),
        ]

    @transaction.atomic
    def autosave_view(self, request, object_id=None):
        article = self._open(request, object_id)
        is_new = article is None
        form = self.get_form(request, article, change=not is_new)(request.POST, instance=article)
        form.full_clean()
        answer = Answer()
        article = self._save_article(request, form, answer)
        formsets, _inlines = self._create_formsets(request, article, change=True)
        for formset in formsets:
            _save_rows(formset, answer)
        if is_new:
            self.log_addition(request, article, [{"added": {}}])
        form.instance = article
        self.finish_saving(request, form, formsets, reason=Version.Reason.AUTOSAVED)
        return JsonResponse(answer.about(article))

    def presence_view(self, request, object_id):
        article = self.get_object(request, str(object_id))
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        if article is None:
            raise Http404
        if "leave" in request.POST:
            Presence.objects.filter(article=article, user=request.user).delete()
        else:
            Presence.objects.see(article, request.user)
        others = [
            {"name": row.name, "initials": row.name[:2].upper()}
            for row in Presence.objects.others(article, request.user)
        ]
        return JsonResponse({"others": others, "digest": article.digest})

    def _open(self, request, object_id):
        """The article to save, or None for a new one. Raises for whom and what it may not."""
        if object_id is None and not (article := self.already_added(request)):
            if not self.has_add_permission(request):
                raise PermissionDenied
            return None
        article = self.get_object(request, str(object_id or article.pk))
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if article is None:
            raise Http404
        return article

    def _save_article(self, request, form, answer):
        article = form.instance
        answer.problems += _problems("", form)
        answer.conflicts += [{"row": "", "label": str(form[part].label)} for part in form.conflicts]
        is_new = article.pk is None
        if _blocks(form) and not is_new:
            # Two fields that do not go together: nothing of the article itself is saved.
            return Article.objects.get(pk=article.pk)
        if _blocks(form):
            article.reviewer = None
        article.title = article.title or _("Untitled article")
        article.slug = ""
        if not is_new:
            stored = Article.objects.only("slug", "is_clinical").get(pk=article.pk)
            article.slug = stored.slug
            # Only a button takes the stricter rules away.
            article.is_clinical = article.is_clinical or stored.is_clinical
        if article.author_id is None:
            article.author_id = self.get_changeform_initial_data(request)["author"]
        article.save(by=request.user)
        form._save_m2m()
        answer.opened[""] = {
            part: print for part, print in form.sent.items() if part not in NOT_BY_ITSELF
        }
        return article


@dataclass
class Answer:
    """What the page is told: rows go by the prefix that they had in what was sent."""

    # What each row is based on from now on; parts that were not saved are left out.
    opened: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    conflicts: list = field(default_factory=list)

    def about(self, article):
        where = {
            name: reverse(f"admin:blog_article_{name}", args=[article.pk])
            for name in ("change", "autosave", "presence")
        }
        return {
            "saved_at": time_format(timezone.localtime(), "H:i"),
            "digest": article.digest,
            "where": where,
            "opened": self.opened,
            "problems": self.problems,
            "conflicts": self.conflicts,
            "sources": list(article.sources.values_list("pk", "title")),
        }


def _save_rows(formset, answer):
    if not formset.is_bound or not formset.management_form.is_valid():
        return
    for form in formset.forms:
        row = formset.sent_prefix(form)
        if form.errors and not form.conflicts:
            answer.problems += _problems(row, form)
        elif form.conflicts:
            answer.conflicts.append({"row": row, "label": ""})
        elif not form.cleaned_data.get("DELETE") and (form.instance.pk or form.has_changed()):
            if form.has_changed():
                form.save()
            answer.opened[row] = form.sent


def _problems(row, form):
    return [
        {"row": row, "label": str(form[name].label) if name in form.fields else "", "says": says}
        for name, errors in form.errors.as_data().items()
        for error in errors
        for says in error.messages
        if error.code != CONFLICT and name not in NOT_BY_ITSELF
    ]


def _blocks(form):
    return any(error.code != CONFLICT for error in form.errors.as_data().get(NON_FIELD_ERRORS, ()))
