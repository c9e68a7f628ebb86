"""What differs between two contents: by field, by section and by source."""

from collections import defaultdict
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from blog import marked
from blog.content import Content, Kind, SectionContent, SourceContent
from blog.marked import Effort, Marked

TEXTS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Short answer"),
    "pros_heading": gettext_lazy("The pros are called"),
    "cons_heading": gettext_lazy("The cons are called"),
    "search_title": gettext_lazy("Title in search results"),
    "search_description": gettext_lazy("Description in search results"),
}
BODIES = {
    "pros_intro": gettext_lazy("Before the first pro"),
    "cons_intro": gettext_lazy("Before the first con"),
}
VALUES = {
    "author": gettext_lazy("Author"),
    "reviewer": gettext_lazy("Reviewer"),
    "reviewed_on": gettext_lazy("Reviewed on"),
    "next_review_on": gettext_lazy("Next review"),
    "is_clinical": gettext_lazy("Clinical"),
    "category": gettext_lazy("Category"),
    "date": gettext_lazy("First published elsewhere on"),
}
SHARING = {
    "canonical_url": gettext_lazy("Address of the original"),
    "noindex": gettext_lazy("Keep out of search engines"),
    "product": gettext_lazy("Reviewed product"),
}
# In the order of the page; what is missing here comes last.
ORDER = ["title", "summary", "image", *VALUES, "tags"]
ORDER += ["pros_heading", "pros_intro", "cons_heading", "cons_intro"]
ORDER += ["search_title", "search_description", "share_image", *SHARING]


def compare(old, new):
    """Two Content values as a Diff. Runs no query; the time it takes has a limit."""
    return Diff(old, new)


@dataclass(frozen=True)
class FieldDiff:
    name: str
    label: str
    marked: Marked
    is_text: bool = True
    # ImageContent, where pictures are to be seen.
    old_image: object = None
    new_image: object = None

    @property
    def anchor(self):
        return f"field-{self.name}"

    @property
    def in_short(self):
        return self.label


@dataclass(frozen=True)
class SectionDiff:
    """A section of both contents, or of one: then the other is None."""

    old: SectionContent | None
    new: SectionContent | None
    moved: bool = False
    heading: Marked | None = None
    body: Marked | None = None
    kind: Marked | None = None
    evidence: Marked | None = None
    cites_added: tuple[SourceContent, ...] = ()
    cites_removed: tuple[SourceContent, ...] = ()
    changed: bool = False

    shape = "section"

    @property
    def section(self):
        return self.new or self.old

    @property
    def anchor(self):
        return f"changed-{self.section.key}"

    @property
    def added(self):
        return self.old is None

    @property
    def removed(self):
        return self.new is None

    @property
    def is_same(self):
        return not (self.added or self.removed or self.moved or self.changed)

    @property
    def only_spaces(self):
        """Something differs that nobody sees."""
        parts = (self.heading, self.body, self.kind, self.evidence)
        seen = any(part and not part.is_same for part in parts)
        return self.changed and not (seen or self.cites_added or self.cites_removed)

    @property
    def old_name(self):
        return self.old.name if self.old.is_point else _("text")

    @property
    def name(self):
        section = self.section
        if not section.is_point:
            return section.heading or _("Text")
        return f"{section.name}: {section.heading}" if section.heading else section.name

    @property
    def in_short(self):
        short = self.section.name if self.section.is_point else self.name
        if self.removed:
            return _("%(name)s removed") % {"name": self.name}
        if self.added:
            return _("%(name)s new") % {"name": short}
        if self.moved and self.changed:
            return _("%(name)s moved and changed") % {"name": short}
        return _("%(name)s moved") % {"name": short} if self.moved else short


@dataclass(frozen=True)
class MovedAway:
    """Stands where a section was that now stands elsewhere."""

    diff: SectionDiff

    shape = "moved_away"


@dataclass(frozen=True)
class Same:
    """Sections in a row that did not change."""

    diffs: tuple[SectionDiff, ...]

    shape = "same"

    @property
    def label(self):
        number = len(self.diffs)
        return ngettext("%d section is the same", "%d sections are the same", number) % number


@dataclass(frozen=True)
class SourceDiff:
    old: SourceContent | None
    new: SourceContent | None
    moved: bool = False
    # (label, Marked) of each part that either of them has.
    parts: tuple = ()

    @property
    def source(self):
        return self.new or self.old

    @property
    def anchor(self):
        return f"source-{self.new.number}" if self.new else f"old-source-{self.old.number}"

    @property
    def added(self):
        return self.old is None

    @property
    def removed(self):
        return self.new is None

    @property
    def changed(self):
        return any(not part.is_same for _label, part in self.parts)

    @property
    def is_same(self):
        return not (self.added or self.removed or self.moved or self.changed)

    @property
    def in_short(self):
        values = {"number": self.source.number}
        if self.removed:
            return _("source %(number)d removed") % values
        if self.added:
            return _("source %(number)d new") % values
        return (_("source %(number)d") if self.changed else _("source %(number)d moved")) % values


class Diff:
    """Compared as it is asked for."""

    def __init__(self, old: Content, new: Content):
        self.old, self.new = old, new
        self._effort = Effort()

    @cached_property
    def is_empty(self):
        return self.old.digest == self.new.digest

    @cached_property
    def changes(self):
        """Everything that differs, in the order of the page; each has an anchor and is named
        `in_short`."""
        sections = [row for row in self.rows if row.shape == "section"]
        return [*self.fields, *sections, *(source for source in self.sources if not source.is_same)]

    # Fields

    @cached_property
    def fields(self):
        names = [each.name for each in fields(Content)]
        names.sort(key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
        return [
            found
            for name in names
            if name not in {"sections", "sources"}
            and getattr(self.old, name) != getattr(self.new, name)
            for found in self._field(name, getattr(self.old, name), getattr(self.new, name))
        ]

    def _field(self, name, old, new):
        if name == "image":
            yield from _image(old, new, self._effort)
        elif name == "share_image":
            yield _share_image(old, new, self._effort)
        elif name == "tags":
            names = marked.lists(*([tag.name for tag in tags] for tags in (old, new)))
            yield FieldDiff(name, _("Tags"), names, is_text=False)
        elif name in TEXTS:
            yield FieldDiff(name, TEXTS[name], marked.texts(old, new, self._effort))
        elif name in BODIES:
            yield FieldDiff(name, BODIES[name], marked.bodies(old, new, self._effort))
        else:
            # What is added to Content later is shown before anybody thinks of a name for it.
            label = (VALUES | SHARING).get(name, name.replace("_", " ").capitalize())
            yield FieldDiff(name, label, _values(old, new), is_text=False)

    # Sources

    @cached_property
    def _matched(self):
        return list(match_sources(self.old.sources, self.new.sources))

    @cached_property
    def sources(self):
        pairs = [(old, new) for old, new in self._matched if old and new]
        pairs.sort(key=lambda pair: pair[1].number)
        kept = _kept_in_place([old.number for old, _new in pairs])
        place = {new.number: at for at, (_old, new) in enumerate(pairs)}
        found = [self._source(old, new, place, kept) for old, new in self._matched]
        return sorted(found, key=lambda diff: (diff.removed, diff.source.number))

    def _source(self, old, new, place, kept):
        if not (old and new):
            return SourceDiff(old, new, parts=tuple(_source_parts(old, new, self._effort)))
        moved = place[new.number] not in kept
        same = _without_number(old) == _without_number(new)
        parts = () if same else tuple(_source_parts(old, new, self._effort))
        return SourceDiff(old, new, moved, parts)

    @cached_property
    def same_sources(self):
        return [diff for diff in self.sources if diff.is_same]

    # Sections

    @cached_property
    def rows(self):
        """SectionDiff, MovedAway and Same, in the order of the page."""
        found = []
        for same, group in groupby(self._in_order, key=_is_same):
            rows = tuple(group)
            found += [Same(rows)] if same else rows
        return found

    @cached_property
    def _in_order(self):
        old = {section.key: section for section in self.old.sections}
        new = {section.key: section for section in self.new.sections}
        common = [key for key in new if key in old]
        places = {key: place for place, key in enumerate(old)}
        kept = _kept_in_place([places[key] for key in common])
        in_place = {key for at, key in enumerate(common) if at in kept}
        diffs = {
            key: self._section(old.get(key), new.get(key), key in common and key not in in_place)
            for key in [*new, *(key for key in old if key not in new)]
        }
        # What stood before a section that stayed is shown before it.
        gone, waiting = defaultdict(list), []
        for key in old:
            if key in in_place:
                gone[key], waiting = waiting, []
            else:
                waiting.append(diffs[key] if key not in new else MovedAway(diffs[key]))
        rows = [row for key in new for row in (*gone.get(key, ()), diffs[key])]
        return rows + waiting

    def _section(self, old, new, moved):
        if old and new and self._is_unchanged(old, new):
            return SectionDiff(old, new, moved)
        kinds = [Kind(section.kind).label if section else "" for section in (old, new)]
        evidence = [section.evidence_label if section else "" for section in (old, new)]
        before, after = self._cites(old, new)
        return SectionDiff(
            old,
            new,
            moved,
            heading=marked.texts(*_both(old, new, "heading"), self._effort),
            body=marked.bodies(*_both(old, new, "body"), self._effort),
            kind=marked.values(*map(str, kinds)) if old and new and kinds[0] != kinds[1] else None,
            evidence=marked.values(*map(str, evidence)) if any(evidence) else None,
            cites_added=tuple(self.new.sources[n - 1] for n in sorted(after - before)),
            cites_removed=tuple(self._old_source(mark) for mark in sorted(before - after)),
            changed=bool(old and new),
        )

    def _is_unchanged(self, old, new):
        before, after = self._cites(old, new)
        parts = ("kind", "heading", "body", "evidence")
        return before == after and all(getattr(old, p) == getattr(new, p) for p in parts)

    @cached_property
    def _new_number(self):
        return {old.number: new.number for old, new in self._matched if old and new}

    def _cites(self, old, new):
        """By their numbers in the new content; a source that is gone has its old one, negative."""
        before = {self._new_number.get(n, -n) for n in (old.cites if old else ())}
        return before, set(new.cites if new else ())

    def _old_source(self, mark):
        if mark < 0:
            return self.old.sources[-mark - 1]
        return next(old for old, new in self._matched if old and new and new.number == mark)


def match_sources(old, new):
    """(old, new) of each source, with None where only one side has it.

    Two are the same when nothing but their place differs, else by their address, else by their
    title. Works for rows as well as for SourceContent.
    """
    left = list(new)
    found = {}
    for key in (_without_number, lambda source: source.url, lambda source: source.title):
        waiting = defaultdict(list)
        for source in left:
            if key(source):
                waiting[key(source)].append(source)
        for at, source in enumerate(old):
            if at not in found and waiting[key(source)]:
                found[at] = waiting[key(source)].pop(0)
        taken = {id(source) for source in found.values()}
        left = [source for source in left if id(source) not in taken]
    yield from ((source, found.get(at)) for at, source in enumerate(old))
    yield from ((None, source) for source in left)


def _without_number(source):
    return source.title, source.publisher, source.url, source.type, source.accessed


def _kept_in_place(old_places):
    """Which of the things that both have did not move, so that as few as possible did."""
    return set(marked.longest_increasing(old_places))


def _is_same(row):
    return row.shape == "section" and row.is_same


def _both(old, new, name):
    return (getattr(old, name) if old else "", getattr(new, name) if new else "")


def _words(value):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "isoformat"):
        return date_format(value, "j F Y")
    if hasattr(value, "full_name"):
        return ", ".join(filter(None, [value.full_name, value.job_title]))
    return str(getattr(value, "name", value))


def _values(old, new):
    before, after = _words(old), _words(new)
    if before == after and hasattr(old, "slug") and hasattr(new, "slug"):
        # Two that are called the same.
        before, after = f"{before} ({old.slug})", f"{after} ({new.slug})"
    return marked.values(before, after)


def _image(old, new, effort):
    size = ("focal_x", "focal_y")
    if _file(old) != _file(new):
        yield _pictures("image", _("Picture"), old, new)
    if _get(old, "alt") != _get(new, "alt"):
        words = marked.texts(_alt(old), _alt(new), effort)
        yield FieldDiff("image-alt", _("Picture in words"), words)
    captions = [image.caption if image else "" for image in (old, new)]
    if captions[0] != captions[1]:
        yield FieldDiff("image-caption", _("Caption"), marked.texts(*captions, effort))
    if old and new and _get(old, *size) != _get(new, *size):
        words = marked.values(_focus(old), _focus(new))
        yield FieldDiff("image-focus", _("Subject of the picture"), words, is_text=False)


def _share_image(old, new, effort):
    if _file(old) != _file(new):
        return _pictures("share_image", _("Picture for sharing"), old, new)
    words = marked.texts(_alt(old), _alt(new), effort)
    return FieldDiff("share_image", _("Picture for sharing, in words"), words)


def _pictures(name, label, old, new):
    words = marked.values(*(_("a picture") if image else "" for image in (old, new)))
    return FieldDiff(name, label, words, False, old, new)


def _file(image):
    return _get(image, "name", "width", "height")


def _get(image, *names):
    return image and tuple(getattr(image, name) for name in names)


def _alt(image):
    if image is None:
        return ""
    if image.alt is None:
        return _("not described")
    return image.alt or _("only decoration")


def _focus(image):
    values = {"x": image.focal_x, "y": image.focal_y}
    return _("%(x)d %% from the left, %(y)d %% from the top") % values


def _source_parts(old, new, effort):
    for name, label in (("title", _("Title")), ("publisher", _("Who and when"))):
        before, after = _both(old, new, name)
        if before or after:
            yield label, marked.texts(before, after, effort)
    for name, label in (
        ("url", _("Web address")),
        ("type_label", _("Type")),
        ("accessed", _("Last looked at")),
    ):
        before, after = (_words(getattr(source, name)) if source else "" for source in (old, new))
        if before or after:
            yield label, marked.values(str(before), str(after))
