"""Old addresses, and where they lead now."""

import re
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import paths
from blog.models.audit import Action, AuditEntry

# The pages that have a slug, by the name of their pattern: what an edition of the page must match.
PAGES = {
    "blog:article": ["article__slug"],
    "blog:topic": ["category__slug"],
    "blog:person": ["author__slug", "reviewer__slug"],
    "blog:tag": ["taglistings__slug"],
}


class RefusedError(Exception):
    """Some of many redirects cannot be; `errors` maps their places to ValidationErrors."""

    def __init__(self, errors):
        super().__init__(errors)
        self.errors = errors


@dataclass
class Outcome:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


class RedirectQuerySet(models.QuerySet):
    # All of these take turns: a loop could be made by two who each add one half of it.

    def add(self, old, target, *, by, note=None):
        """Lead the address `old` to `target`, in place of where it led so far; the row.

        Chains become single steps: where `target` leads on, the end of it is stored, and what led
        to `old` leads to that end as well. Without a note the one that was there stays. Raises
        ValidationError at `old_path`, `target` or `note`.
        """
        try:
            self.add_many([(old, target, note)], by=by)
        except RefusedError as refused:
            raise refused.errors[0] from refused
        return self.get(old_path=paths.typed_path(old))

    @transaction.atomic
    def add_many(self, wishes, *, by, only_check=False):
        """`add` for many (old, target, note) at once: an Outcome.

        Raises RefusedError when one of them cannot be; then nothing is stored.
        """
        self.take_turn()
        rows = {row.old_path: row for row in self.all()}
        plan = _Plan(rows, wishes)
        outcome = plan.outcome(rows)
        if not only_check:
            self._store(plan.entries, rows, by)
        return outcome

    def rehearse(self, old, target):
        """Raises ValidationError as `add` would. In a transaction that stays so until its end."""
        try:
            self.add_many([(old, target, None)], by=None, only_check=True)
        except RefusedError as refused:
            raise refused.errors[0] from refused

    @transaction.atomic
    def moved(self, old, new, *, by, note=""):
        """A page moved from one address to the other, which is its own from now on."""
        self.give_way(new, by=by)
        return self.add(old, new, by=by, note=note)

    def give_way(self, path, *, by):
        """A page is at `path` now, so nothing leads away from there any more."""
        path = paths.typed_path(path)
        self.remove(self.filter(old_path=path), by=by)

    @transaction.atomic
    def remove(self, rows, *, by):
        """Delete these; how many there were."""
        rows = list(rows)
        self._record(Action.REDIRECT_DELETED, rows, by)
        self.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)

    def location(self, path_info, query=""):
        """Where to send who asked for an address without a page, or None.

        Runs one query, and another one when it leads to an article.
        """
        path = paths.of_request(path_info)
        if path is None:
            return None
        if re.fullmatch(r"/articles/[^/]+\.md", path):
            # An article as Markdown goes where its page went.
            page = _page(self.location(f"{path.removesuffix('.md')}/") or "")
            is_article = page and page[0] == "blog:article"
            return reverse("blog:markdown", args=[page[1]]) if is_article else None
        candidates = _candidates(path)
        kind, slug = _page(candidates[-1]) or ("", "")
        rows = self.filter(old_path__in=candidates)
        if kind == "blog:article":
            # An article that went public here after the redirect was made keeps the address,
            # also when it is not public any more.
            editions = apps.get_model("blog", "Edition").objects.filter(
                article__slug=slug, live_from__lte=timezone.now()
            )
            rows = rows.exclude(
                models.Exists(editions.filter(live_from__gt=models.OuterRef("set_at")))
            )
        found = {row.old_path: row.target for row in rows}
        old = next((old for old in candidates if old in found), None)
        if old is None:
            return None
        target, beyond = found[old], path[len(old) :]
        kind, slug = _page(target) or ("", "")
        if kind == "blog:article":
            # The new address of what is not public is nobody's business, and leads nowhere.
            live = apps.get_model("blog", "Edition").objects.live().values("article")
            articles = apps.get_model("blog", "Article").objects.filter(slug=slug)
            if articles.exclude(pk__in=live).exists():
                return None
        if paths.is_external(target):
            return None if beyond else target
        return paths.join(target, beyond=beyond, query=query)

    def take_turn(self):
        """Wait for whoever else changes redirects. Only in a transaction."""
        kind = ContentType.objects.get_for_model(self.model)
        ContentType.objects.select_for_update(no_key=True).get(pk=kind.pk)

    def _store(self, entries, rows, by):
        now = timezone.now()
        new, changed, was = [], [], {}
        for old, entry in entries.items():
            row = rows.get(old)
            if row is None:
                row = self.model(old_path=old, target=entry.target, note=entry.note, created_by=by)
                new.append(row)
            elif (row.target, row.note) != (entry.target, entry.note) or entry.is_wish:
                was[old] = str(row)
                row.target, row.note = entry.target, entry.note
                row.set_at = now if entry.is_wish else row.set_at
                changed.append(row)
        self.remove([row for old, row in rows.items() if old not in entries], by=by)
        self.bulk_create(new, batch_size=500)
        self.bulk_update(changed, ["target", "note", "set_at"], batch_size=200)
        self._record(Action.REDIRECT_ADDED, new, by)
        self._record(
            Action.REDIRECT_CHANGED,
            [row for row in changed if str(row) != was[row.old_path]],
            by,
            was,
        )

    @staticmethod
    def _record(action, rows, by, was=None):
        details = ((row, _("before: %s") % was[row.old_path] if was else row.note) for row in rows)
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(action=action, by=by, subject=str(row)[:300], detail=detail)
                for row, detail in details
            ],
            batch_size=500,
        )


class Redirect(models.Model):
    """An address that has no page any more, and the one to go to. `Redirect.objects` writes it."""

    old_path = models.CharField(
        gettext_lazy("from"),
        max_length=paths.MAX_LENGTH,
        unique=True,
        help_text=gettext_lazy(
            "The old address on this site, such as /articles/old-title/. What follows a question "
            "mark does not count, and it may not be the address of a page that readers can see."
        ),
        error_messages={
            "unique": gettext_lazy(
                "A redirect leads away from this address already. Look for it in the list and "
                "change that one."
            )
        },
    )
    target = models.CharField(
        gettext_lazy("to"),
        max_length=paths.MAX_LENGTH,
        help_text=gettext_lazy(
            "Where readers are to go: an address of this site such as /articles/new-title/, or "
            "one of another website that begins with https://. If that one leads on, the end of "
            "the way is stored."
        ),
    )
    note = models.CharField(
        gettext_lazy("why"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy(
            "For your colleagues, such as “merged into the newer article”. Readers never see it."
        ),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=gettext_lazy("by"),
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        help_text=gettext_lazy("Empty for a command."),
    )
    created_at = models.DateTimeField(gettext_lazy("added"), default=timezone.now, editable=False)
    # When somebody last said that the address leads away; an article that went public there later
    # has taken it back.
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = gettext_lazy("redirect")
        verbose_name_plural = gettext_lazy("redirects")
        constraints = [
            models.CheckConstraint(
                condition=Q(old_path__startswith="/"), name="redirect_from_a_path"
            ),
            models.CheckConstraint(
                condition=Q(target__startswith="/") | Q(target__startswith="https://"),
                name="redirect_to_a_path_or_https",
            ),
            models.CheckConstraint(
                condition=~Q(target=F("old_path")), name="redirect_not_to_itself"
            ),
        ]

    def __str__(self):
        return f"{self.old_path} → {self.target}"


@dataclass
class _Entry:
    target: str
    note: str
    # Somebody asks for it now; the others were there.
    is_wish: bool = False


class _Plan:
    """What the table will be: all redirects in memory, so that many are tried before one is
    stored. Raises RefusedError."""

    def __init__(self, rows, wishes):
        self.entries = {old: _Entry(row.target, row.note) for old, row in rows.items()}
        self.wishes, self.errors = {}, {}
        for number, wish in enumerate(wishes):
            self._try(number, self._read, number, *wish)
        old_paths = [*self.entries, *self.wishes]
        ends = [entry.target for entry in self.entries.values()]
        ends += [entry.target for _number, entry in self.wishes.values()]
        self.live = _live([*old_paths, *(paths.split(end)[0] for end in ends)])
        self._drop_what_gave_way(rows)
        for old in self.wishes:
            self.entries.pop(old, None)
        for old, (number, entry) in self.wishes.items():
            self._try(number, self._put, old, entry)
        if self.errors:
            raise RefusedError(dict(sorted(self.errors.items())))
        # The last first: what it leads to is settled when an earlier one asks.
        for old in reversed(list(self.entries)):
            self.entries[old].target = self._end(self.entries[old].target)

    def outcome(self, rows):
        outcome = Outcome()
        for old in self.wishes:
            row, entry = rows.get(old), self.entries[old]
            if row is None:
                outcome.added += 1
            elif (row.target, row.note) == (entry.target, entry.note):
                outcome.unchanged += 1
            else:
                outcome.changed += 1
        return outcome

    def _try(self, number, step, *arguments):
        try:
            step(*arguments)
        except ValidationError as error:
            self.errors[number] = error

    def _read(self, number, old, target, note):
        old = _at("old_path", paths.typed_path, old)
        target = _at("target", paths.typed_target, target)
        if note is None:
            note = self.entries[old].note if old in self.entries else ""
        if len(note) > 300:
            raise ValidationError({"note": _("This note has more than 300 characters.")})
        if old in self.wishes and self.wishes[old][1].target != target:
            raise ValidationError(
                {"old_path": _("Another line leads this address somewhere else: %s.") % old}
            )
        self.wishes.setdefault(old, (number, _Entry(target, note, is_wish=True)))

    def _drop_what_gave_way(self, rows):
        for old in _taken_back(rows):
            del self.entries[old]

    def _put(self, old, entry):
        if _is_the_sites_own(old):
            raise ValidationError(
                {"old_path": _("%s is an address that the site itself needs.") % old}
            )
        if old in self.live:
            raise ValidationError(
                {
                    "old_path": _(
                        "Readers can see a page at %s, and a page is always shown before a "
                        "redirect. Unpublish it or change its address first."
                    )
                    % old
                }
            )
        path = paths.split(entry.target)[0]
        if path == old:
            raise ValidationError({"target": _("The two addresses are the same.")})
        if path in self.live:
            # A page is there again, so nothing leads away from it.
            self.entries.pop(path, None)
        entry.target = self._end(entry.target)
        if old in _candidates(paths.split(entry.target)[0]):
            raise ValidationError(
                {"target": _("This would lead in a circle: from there a redirect goes back.")}
            )
        self.entries[old] = entry

    def _end(self, target):
        """Where a reader who is sent to `target` arrives."""
        while found := self._match(target):
            old, (path, query, fragment) = found, paths.split(target)
            onward = self.entries[old].target
            if paths.is_external(onward):
                return onward
            target = paths.join(onward, beyond=path[len(old) :], query=query, fragment=fragment)
        return target

    def _match(self, target):
        """The entry that leads on from there, if any."""
        if paths.is_external(target):
            return None
        path = paths.split(target)[0]
        if path in self.live:
            return None
        for old in _candidates(path):
            if old in self.entries and not (
                old != path and paths.is_external(self.entries[old].target)
            ):
                return old
        return None


def _at(field, read, text):
    try:
        return read(text)
    except ValidationError as error:
        raise ValidationError({field: error}) from error


def _candidates(path):
    """The addresses whose redirect serves `path`: its own, and under a page with a slug, as feeds
    are, that of the page."""
    page = "/".join([*path.split("/")[:3], ""])
    return [path, page] if path != page and _page(page) else [path]


def _page(path):
    """(name of the pattern, slug) of an address where a page with a slug can be, else None."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return (match.view_name, match.kwargs["slug"]) if match.view_name in PAGES else None


def _is_the_sites_own(path):
    bare = path.rstrip("/")
    for folder in (settings.STATIC_URL, settings.MEDIA_URL):
        if f"{bare}/".startswith(folder):
            return True
    for variant in (bare or "/", f"{bare}/"):
        try:
            if resolve(variant).view_name not in PAGES:
                return True
        except Resolver404:
            continue
    return False


def _slugs(old_paths):
    """The slugs in these addresses, by the name of the pattern: {name: {slug: path}}."""
    found = {name: {} for name in PAGES}
    for path in old_paths:
        if page := _page(path):
            found[page[0]][page[1]] = path
    return found


def _live(old_paths):
    """Those of the addresses at which readers see a page."""
    editions = apps.get_model("blog", "Edition").objects.live()
    live = set()
    for name, by_slug in _slugs(old_paths).items():
        for field in PAGES[name] if by_slug else ():
            slugs = editions.filter(**{f"{field}__in": list(by_slug)}).values_list(field)
            live |= {by_slug[slug] for (slug,) in slugs}
    return live


def _taken_back(rows):
    """Those old addresses at which an article went public after the redirect was made."""
    by_slug = _slugs(rows)["blog:article"]
    editions = apps.get_model("blog", "Edition").objects.filter(
        article__slug__in=list(by_slug), live_from__lte=timezone.now()
    )
    last = editions.order_by().values_list("article__slug").annotate(Max("live_from"))
    return [by_slug[slug] for slug, at in last if at > rows[by_slug[slug]].set_at]
