"""The history of an article: every edition and saved version; compare any two, restore any."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import CharField, F, Value
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from blog import diff
from blog.models import AuditEntry
from blog.models.audit import Action

DRAFT, LIVE = "draft", "live"
PER_PAGE = 50
# How many of the newest editions, and of the newest versions, can be chosen on the compare page.
CHOICES = 40
# What Django logs beside a row of ours within so long is about the same deed.
SAME_DEED = timedelta(seconds=5)
# Editions and versions tell of these themselves.
TOLD = [Action.PUBLISHED, Action.SCHEDULED, Action.RESTORED]


def who(user):
    return (user.get_full_name() or user.get_username()) if user else _("a command")


def when(at):
    return date_format(timezone.localtime(at), "j M Y, H:i")


@dataclass
class Row:
    """One line of the history."""

    at: datetime
    who: str
    title: str
    note: str = ""
    # What it is called in the addresses of compare and restore; empty for a deed without a text.
    ref: str = ""
    user_id: int | None = None
    # "live" or "scheduled".
    mark: str = ""
    lines: list = field(default_factory=list)

    @property
    def full_name(self):
        """Editions have numbers; what was saved is told by the time."""
        return self.title if self.at is None else f"{self.title}, {when(self.at)}"


@dataclass(frozen=True)
class Text:
    """A content of the article that has a name."""

    ref: str
    name: str
    about: str
    content: object

    @property
    def is_draft(self):
        return self.ref == DRAFT


class History(admin.ModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view
        start = "<path:object_id>/"
        return [
            path(f"{start}compare/", view(self.compare_view), name="blog_article_compare"),
            path(
                f"{start}restore/<str:ref>/", view(self.restore_view), name="blog_article_restore"
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, **kwargs):
        article = kwargs["obj"]
        if kwargs["change"]:
            compare = _url("compare", article)
            context["compare_with_live_url"] = f"{compare}?from={LIVE}&to={DRAFT}"
        return super().render_change_form(request, context, **kwargs)

    # The list

    def history_view(self, request, object_id, extra_context=None):
        article = self._readable(request, object_id)
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        live = article.editions.live().defer("data").first()
        chosen = {name: request.GET.get(name, "") for name in ("from", "to")}
        entries = Paginator(_entries(article), PER_PAGE)
        page = entries.get_page(request.GET.get("page"))
        rows = _rows(article, page.object_list, live)
        pinned = self._pinned(article, chosen.values(), rows)
        texts = [row.ref for row in (*pinned, *rows) if row.ref]
        chosen["to"] = chosen["to"] if chosen["to"] in {DRAFT, *texts} else DRAFT
        if chosen["from"] not in {DRAFT, *texts}:
            of_live = f"edition-{live.number}" if live else ""
            chosen["from"] = of_live if of_live in texts else next(iter(texts), DRAFT)
        context = {
            "title": _("History"),
            "rows": rows,
            "pinned": pinned,
            "chosen_from": chosen["from"],
            "chosen_to": chosen["to"],
            "page": page,
            "live": live,
            "compare_url": _url("compare", article),
            "may_restore": self.has_change_permission(request, article),
        }
        return self._history_page(request, article, "history", context)

    @staticmethod
    def _pinned(article, refs, rows):
        """What was chosen on another page of the list, so that any two can be compared."""
        there = {row.ref for row in rows}
        texts = [_find(article, ref) for ref in dict.fromkeys(refs) if ref not in {"", DRAFT}]
        return [
            Row(None, text.about, text.name, ref=text.ref)
            for text in texts
            if text and text.ref not in there
        ]

    # Comparing

    def compare_view(self, request, object_id):
        article = self._readable(request, object_id)
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        refs = request.GET.get("from", LIVE), request.GET.get("to", DRAFT)
        old, new = (_find(article, ref) for ref in refs)
        if old is None or new is None:
            return self._not_found(request, article, refs[0] if old is None else refs[1])
        context = {
            "title": _("Compare versions"),
            "diff": diff.compare(old.content, new.content),
            "old": old,
            "new": new,
            "choices": _choices(article, old, new),
            "inline": request.GET.get("view") == "inline",
            "here": f"?from={old.ref}&to={new.ref}",
            "may_restore": self.has_change_permission(request, article),
        }
        return self._history_page(request, article, "compare", context)

    # Restoring

    def restore_view(self, request, object_id, ref):
        article = self._readable(request, object_id)
        if article is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        text = _find(article, ref)
        if text is None or text.is_draft:
            return self._not_found(request, article, ref)
        status = 200
        if request.method == "POST":
            try:
                return self._restore(request, article, text)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
                status = 409
        draft = _find(article, DRAFT)
        context = {
            "title": _("Restore %s") % text.name,
            "diff": diff.compare(draft.content, text.content),
            "old": draft,
            "new": text,
            "seen": draft.content.digest,
            "inline": request.GET.get("view") == "inline",
            "here": "?",
        }
        return self._history_page(request, article, "restore", context, status=status)

    def _restore(self, request, article, text):
        seen = request.POST.get("seen", "")
        kept = article.restore(text.content, by=request.user, of=text.name, seen=seen)
        self.log_change(request, article, _("Restored: %s.") % text.name)
        self.message_user(
            request,
            _("The working copy is %s again. Readers see nothing of it until it is published.")
            % text.name,
            messages.SUCCESS,
        )
        for sentence in kept:
            self.message_user(request, sentence, messages.WARNING)
        return HttpResponseRedirect(_url("change", article))

    # What they share

    def _readable(self, request, object_id):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        article = self.get_object(request, unquote(object_id))
        if article and not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    def _not_found(self, request, article, ref):
        sentence = (
            _("Readers see nothing of this article now, so there is nothing to compare with.")
            if ref == LIVE
            else _("This article has no such edition or saved version.")
        )
        context = {"title": _("Not found"), "sentence": sentence}
        return self._history_page(request, article, "not_found", context, status=404)

    def _history_page(self, request, article, name, context, status=200):
        request.current_app = self.admin_site.name
        context = (
            self.admin_site.each_context(request)
            | {
                "opts": self.opts,
                "original": article,
                "subtitle": str(article),
                "change_url": _url("change", article),
                "history_url": _url("history", article),
            }
            | context
        )
        return TemplateResponse(request, f"admin/blog/article/{name}.html", context, status=status)


def _url(name, article, *more):
    return reverse(f"admin:blog_article_{name}", args=[quote(article.pk), *more])


# Texts by their names


def _find(article, ref):
    """The Text of this article that a ref names, or None."""
    if ref == DRAFT:
        return Text(DRAFT, _("the working copy"), _draft_about(article), article.content())
    if ref == LIVE:
        edition = article.editions.live().select_related("created_by").first()
        return edition and _edition(edition)
    kind, _dash, number = ref.partition("-")
    if not re.fullmatch("[0-9]{1,9}", number):
        return None
    if kind == "edition":
        edition = article.editions.select_related("created_by").filter(number=number).first()
        return edition and _edition(edition)
    if kind == "version":
        version = article.versions.select_related("saved_by").filter(pk=number).first()
        return version and _version(version)
    return None


def _draft_about(article):
    return _("changed %s") % when(article.changed_at)


def _edition_name(edition):
    return _("Edition %d") % edition.number


def _version_name(version):
    return _("the version of %s") % when(version.saved_at)


def _edition_about(edition):
    return f"{when(edition.created_at)}, {who(edition.created_by)}"


def _edition(edition):
    ref = f"edition-{edition.number}"
    return Text(ref, _edition_name(edition), _edition_about(edition), edition.content)


def _version(version):
    about = f"{version.get_reason_display()}, {who(version.saved_by)}"
    return Text(f"version-{version.pk}", _version_name(version), about, version.content)


def _choices(article, *chosen):
    """(ref, label) of what the compare page offers: the newest, and what is compared now."""
    editions = article.editions.select_related("created_by").defer("data").order_by("-number")
    versions = article.versions.select_related("saved_by").defer("data")
    found = {DRAFT: _label(_("the working copy"), _draft_about(article))}
    for edition in editions[:CHOICES]:
        found[f"edition-{edition.number}"] = _label(_edition_name(edition), _edition_about(edition))
    for version in versions[:CHOICES]:
        found[f"version-{version.pk}"] = _label(_version_name(version), who(version.saved_by))
    for text in chosen:
        found.setdefault(text.ref, _label(text.name, text.about))
    return list(found.items())


def _label(name, about):
    return capfirst(f"{name} · {about}")


# The rows of the list


def _entries(article):
    """(when, what, primary key) of everything in the history, newest first, in one query."""
    log = LogEntry.objects.filter(
        content_type=get_content_type_for_model(article), object_id=str(article.pk)
    )
    deeds = AuditEntry.objects.filter(article=article).exclude(action__in=TOLD)
    parts = [
        _part(article.editions, "edition", "created_at"),
        _part(article.versions, "version", "saved_at"),
        _part(deeds, "deed", "at"),
        _part(log, "log", "action_time"),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-moment", "what", "-key")


def _part(rows, what, moment):
    # Not the names of columns: they would stand for the fields of the first part.
    return (
        rows.order_by()
        .annotate(moment=F(moment), what=Value(what, CharField()), key=F("pk"))
        .values_list("moment", "what", "key")
    )


def _rows(article, entries, live):
    """A Row for each, in four queries at most."""
    keys = {what: [] for what in ("edition", "version", "deed", "log")}
    for _moment, what, key in entries:
        keys[what].append(key)
    editions = article.editions.select_related("created_by").defer("data")
    versions = article.versions.select_related("saved_by").defer("data")
    found = {
        "edition": editions.in_bulk(keys["edition"]),
        "version": versions.in_bulk(keys["version"]),
        "deed": AuditEntry.objects.select_related("by").in_bulk(keys["deed"]),
        "log": LogEntry.objects.select_related("user").in_bulk(keys["log"]),
    }
    make = {
        "edition": lambda row: _edition_row(row, live),
        "version": _version_row,
        "deed": _deed_row,
        "log": _log_row,
    }
    rows = [make[what](found[what][key]) for _moment, what, key in entries]
    return list(_without_echoes(rows))


def _edition_row(edition, live):
    row = Row(
        edition.created_at,
        who(edition.created_by),
        _edition_name(edition),
        edition.note,
        f"edition-{edition.number}",
        edition.created_by_id,
    )
    if edition == live:
        row.mark = "live"
    elif edition.live_from and edition.live_from > timezone.now():
        row.mark = "scheduled"
    row.lines.append(_interval(edition))
    if edition.correction:
        row.lines.append(_("told readers: %s") % edition.correction)
    return row


def _interval(edition):
    if not edition.live_from:
        return _("never shown")
    if not edition.live_until:
        return _("live from %s") % when(edition.live_from)
    values = {"start": when(edition.live_from), "end": when(edition.live_until)}
    return _("live from %(start)s to %(end)s") % values


def _version_row(version):
    return Row(
        version.saved_at,
        who(version.saved_by),
        version.get_reason_display(),
        version.note,
        f"version-{version.pk}",
        version.saved_by_id,
    )


def _deed_row(entry):
    return Row(entry.at, who(entry.by), capfirst(str(entry)), entry.detail, user_id=entry.by_id)


def _log_row(entry):
    words = entry.get_change_message() or str(entry.get_action_flag_display())
    return Row(entry.action_time, who(entry.user), words, user_id=entry.user_id, mark="log")


def _without_echoes(rows):
    """What Django logged about a deed that has its own row is a line of that row."""
    for row in rows:
        if row.mark != "log":
            continue
        deeds = [
            other
            for other in rows
            if other.mark != "log"
            and other.user_id == row.user_id
            and abs(other.at - row.at) < SAME_DEED
        ]
        if deeds:
            min(deeds, key=lambda deed: abs(deed.at - row.at)).lines.append(row.title)
            row.title = ""
    return (row for row in rows if row.title)
