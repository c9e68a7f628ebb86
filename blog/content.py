"""Content: the one value that templates render.

It is built from the working copy, from an unsaved form or from an edition, and templates know no
other input; so a preview and the publication that follows it cannot differ.

A field that is added later is `later(default)`: it is left out of the JSON while it has its
default, so that the digests of older editions stay true.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cache, cached_property
from itertools import count, repeat

from django.core.files.storage import default_storage
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog.html import plain

VERSION = 1
WORDS_PER_MINUTE = 220


def later(default):
    return field(default=default, metadata={"later": True})


class Kind(TextChoices):
    TEXT = "text", gettext_lazy("Text")
    PRO = "pro", gettext_lazy("Pro")
    CON = "con", gettext_lazy("Con")


class Evidence(TextChoices):
    """How strong the evidence for a point is; `meaning` is what readers are told."""

    STRONG = "strong", gettext_lazy("Strong")
    MODERATE = "moderate", gettext_lazy("Moderate")
    LIMITED = "limited", gettext_lazy("Limited")
    MIXED = "mixed", gettext_lazy("Mixed")

    @property
    def meaning(self):
        return {
            "strong": _("Several good studies or reviews agree."),
            "moderate": _("Good studies, with gaps that matter."),
            "limited": _("Few studies, or expert opinion alone."),
            "mixed": _("Good studies disagree."),
        }[self.value]


class SourceType(TextChoices):
    GUIDELINE = "guideline", gettext_lazy("Guideline")
    REVIEW = "review", gettext_lazy("Review")
    STUDY = "study", gettext_lazy("Study")
    OFFICIAL = "official", gettext_lazy("Official")
    NEWS = "news", gettext_lazy("News")
    OPINION = "opinion", gettext_lazy("Opinion")


@dataclass(frozen=True)
class PersonContent:
    slug: str
    name: str
    honorific: str
    job_title: str

    @property
    def full_name(self):
        return f"{self.honorific} {self.name}".strip()


@dataclass(frozen=True)
class LabelContent:
    """A category or a tag."""

    slug: str
    name: str

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class ImageContent:
    # The name in the storage; where that is served from may change.
    name: str
    width: int
    height: int
    # Empty for a picture that is only decoration; None when nobody has said so or described it.
    alt: str | None
    caption: str
    # Where its subject is, in percent from the left and from the top.
    focal_x: int = later(50)
    focal_y: int = later(50)

    @property
    def url(self):
        return default_storage.url(self.name)


@dataclass(frozen=True)
class SourceContent:
    number: int
    title: str
    publisher: str
    url: str
    type: str
    accessed: date | None

    @property
    def type_label(self):
        return SourceType(self.type).label


@dataclass(frozen=True)
class SectionContent:
    key: str
    kind: str
    heading: str
    body: str
    evidence: str = ""
    # The numbers of the sources that it cites.
    cites: tuple[int, ...] = ()
    # Its place among the points of its side, from 1; 0 for text.
    number: int = 0

    @property
    def is_point(self):
        return self.kind != Kind.TEXT

    @property
    def evidence_label(self):
        return Evidence(self.evidence).label if self.evidence else ""

    @cached_property
    def anchor(self):
        """Where links lead to it, whatever it is called and wherever it is moved."""
        return f"{self._anchor_start}-{self.key[:8]}"

    @property
    def alias(self):
        """The anchor of a point by its number, which changes with the order; empty for a text."""
        return f"{self.kind}-{self.number}" if self.is_point else ""

    def take_whole_key(self):
        """For the anchor, when another section of the article has a key that begins alike."""
        # Not a field: the key says it all. cached_property would have put it here.
        self.__dict__["anchor"] = f"{self._anchor_start}-{self.key}"

    @property
    def _anchor_start(self):
        return "point" if self.is_point else "section"

    @property
    def name(self):
        """What people call it: "Pro 1"; a text by its heading."""
        if not self.is_point:
            return self.heading or _("the text")
        return (_("Pro %d") if self.kind == Kind.PRO else _("Con %d")) % self.number

    @property
    def sign(self):
        return "+" if self.kind == Kind.PRO else "−"


@dataclass(frozen=True)
class Side:
    kind: str
    heading: str
    intro: str
    # The points, and texts that stand between two points of this side.
    items: tuple[SectionContent, ...]

    @property
    def sign(self):
        return "+" if self.kind == Kind.PRO else "−"

    @property
    def points(self):
        return [item for item in self.items if item.is_point]


@dataclass(frozen=True)
class Content:
    title: str
    summary: str
    # The day the text was first published elsewhere; None for a text that is new here.
    date: date | None
    category: LabelContent | None
    tags: tuple[LabelContent, ...]
    author: PersonContent | None
    reviewer: PersonContent | None
    image: ImageContent | None
    pros_heading: str
    pros_intro: str
    cons_heading: str
    cons_intro: str
    sections: tuple[SectionContent, ...] = field(default=())
    sources: tuple[SourceContent, ...] = field(default=())
    # Whether it gives health information, which is held to stricter rules.
    is_clinical: bool = later(False)
    # The day of the sign-off by `reviewer`, and the day by which it is checked again.
    reviewed_on: date | None = later(None)
    next_review_on: date | None = later(None)
    # What search engines and shared links are told instead of what the page says.
    search_title: str = later("")
    search_description: str = later("")
    share_image: ImageContent | None = later(None)
    canonical_url: str = later("")
    noindex: bool = later(False)
    # The one product that it reviews, if that is what it does.
    product: str = later("")

    def __post_init__(self):
        begin = Counter(section.key[:8] for section in self.sections)
        for section in self.sections:
            if begin[section.key[:8]] > 1:
                section.take_whole_key()

    @cached_property
    def points(self):
        return [section for section in self.sections if section.is_point]

    @cached_property
    def pros(self):
        return self._side("pro", self.pros_heading or _("Pros"), self.pros_intro)

    @cached_property
    def cons(self):
        return self._side("con", self.cons_heading or _("Cons"), self.cons_intro)

    @property
    def sides(self):
        return [self.pros, self.cons]

    @cached_property
    def opening(self):
        """The texts before the first point."""
        first = self._point_indexes[0] if self._point_indexes else len(self.sections)
        return self.sections[:first]

    @cached_property
    def closing(self):
        """The texts after the points, and those between the two sides, which belong to neither."""
        placed = {section.key for section in self.opening}
        placed.update(item.key for side in self.sides for item in side.items)
        return [section for section in self.sections if section.key not in placed]

    @cached_property
    def reading_minutes(self):
        texts = [self.summary, self.pros_intro, self.cons_intro]
        texts += [f"{section.heading} {plain(section.body)}" for section in self.sections]
        words = sum(len(text.split()) for text in texts)
        return max(1, round(words / WORDS_PER_MINUTE))

    def point(self, key):
        """The point with this key, or None."""
        return next((point for point in self.points if point.key == str(key)), None)

    def tag(self, slug):
        """The tag with this address, which it has."""
        return next(tag for tag in self.tags if tag.slug == slug)

    def cited_by(self, source):
        return [section for section in self.sections if source.number in section.cites]

    @property
    def has_evidence(self):
        return any(point.evidence for point in self.points)

    @cached_property
    def _point_indexes(self):
        return [index for index, section in enumerate(self.sections) if section.is_point]

    def _side(self, kind, heading, intro):
        return Side(kind, heading, intro, tuple(self._side_items(kind)))

    def _side_items(self, kind):
        waiting, previous = [], None
        for section in self.sections:
            if not section.is_point:
                waiting.append(section)
                continue
            if section.kind == kind:
                # A text between two points of one side stays where the editor put it.
                yield from waiting if previous == kind else ()
                yield section
            waiting, previous = [], section.kind

    def to_json(self):
        return {"version": VERSION} | _to_json(self)

    @cached_property
    def digest(self):
        """SHA-256 over everything a reader sees of it. Equal digests mean equal pages."""
        return _sha256(self.to_json())

    @cached_property
    def substance(self):
        """SHA-256 over what a reviewer signs: the words, pictures and sources.

        Who wrote and reviewed it, when, and where it is listed are no part of it.
        """
        data = self.to_json()
        return _sha256({name: data[name] for name in SUBSTANCE})

    def signed(self, sign_off):
        """With the reviewer, when the sign-off is for exactly this text; otherwise without one."""
        if sign_off is None or sign_off.digest != self.substance:
            return self
        if self.author and self.author.slug == sign_off.person.slug:
            # Whoever became the author since then did not check somebody else's text.
            return self
        # The credentials as they were on that day.
        reviewer = replace(_person(sign_off.person), job_title=sign_off.credentials)
        return replace(self, reviewer=reviewer, reviewed_on=sign_off.signed_on)

    @classmethod
    def from_json(cls, data):
        """Raises ValueError for a version that this release does not know."""
        data = dict(data)
        version = data.pop("version")
        if version != VERSION:
            raise ValueError(f"Content version {version} is unknown here; this is {VERSION}.")
        return cls(
            **data
            | {
                "reviewed_on": _date(data.get("reviewed_on")),
                "next_review_on": _date(data.get("next_review_on")),
                "date": _date(data["date"]),
                "category": _build(LabelContent, data["category"]),
                "tags": tuple(LabelContent(**tag) for tag in data["tags"]),
                "author": _build(PersonContent, data["author"]),
                "reviewer": _build(PersonContent, data["reviewer"]),
                "image": _build(ImageContent, data["image"]),
                "share_image": _build(ImageContent, data.get("share_image")),
                "sections": tuple(
                    SectionContent(**section | {"cites": tuple(section["cites"])})
                    for section in data["sections"]
                ),
                "sources": tuple(
                    SourceContent(**source | {"accessed": _date(source["accessed"])})
                    for source in data["sources"]
                ),
            }
        )


SUBSTANCE = [
    "title",
    "summary",
    "image",
    "pros_heading",
    "pros_intro",
    "cons_heading",
    "cons_intro",
    "sections",
    "sources",
]


def build(article, *, sections, sources, cites, tags):
    """Content of a working copy whose rows may be unsaved, before anybody has signed it.

    `sections` and `sources` in order; `cites` gives the sources of a section. Runs no query when
    the category, author and images of the article are loaded.
    """
    numbers = {id(source): number for number, source in enumerate(sources, 1)}
    counters = {Kind.PRO: count(1), Kind.CON: count(1), Kind.TEXT: repeat(0)}
    return Content(
        title=article.title,
        summary=article.summary,
        date=article.date,
        category=_label(article.category) if article.category_id else None,
        tags=tuple(_label(tag) for tag in tags),
        author=_person(article.author) if article.author_id else None,
        reviewer=None,
        image=_image(article),
        pros_heading=article.pros_heading,
        pros_intro=article.pros_intro,
        cons_heading=article.cons_heading,
        cons_intro=article.cons_intro,
        sections=tuple(
            SectionContent(
                key=str(section.key),
                kind=section.kind,
                heading=section.heading,
                body=section.body,
                evidence=section.evidence,
                cites=tuple(sorted(numbers[id(source)] for source in cites(section))),
                number=next(counters[section.kind]),
            )
            for section in sections
        ),
        sources=tuple(
            SourceContent(
                number=numbers[id(source)],
                title=source.title,
                publisher=source.publisher,
                url=source.url,
                type=source.type,
                accessed=source.accessed,
            )
            for source in sources
        ),
        is_clinical=article.is_clinical,
        next_review_on=article.next_review_on,
        search_title=article.search_title,
        search_description=article.search_description,
        share_image=_share_image(article),
        canonical_url=article.canonical_url,
        noindex=article.noindex,
        product=article.product,
    )


def _label(row):
    return LabelContent(slug=row.slug, name=row.name)


def _person(person):
    return PersonContent(person.slug, person.name, person.honorific, person.job_title)


def _image(article):
    if not article.image:
        return None
    return ImageContent(
        name=article.image.file.name,
        width=article.image.width,
        height=article.image.height,
        alt="" if article.image_decorative else article.image_alt or None,
        caption=article.image_caption,
        focal_x=article.image.focal_x,
        focal_y=article.image.focal_y,
    )


def _share_image(article):
    """In the words of the library: shown elsewhere, alone and whole."""
    if not article.share_image:
        return None
    return ImageContent(
        name=article.share_image.file.name,
        width=article.share_image.width,
        height=article.share_image.height,
        alt=article.share_image.alt or None,
        caption="",
    )


@cache
def _fields(kind):
    """The names of its fields; of those that came later, with the value that says nothing."""
    return [(each.name, each.metadata.get("later"), each.default) for each in fields(kind)]


def _to_json(value):
    if isinstance(value, str):
        return value
    if is_dataclass(value):
        return {
            name: _to_json(getattr(value, name))
            for name, is_later, default in _fields(type(value))
            if not (is_later and getattr(value, name) == default)
        }
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _sha256(data):
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _build(kind, data):
    return kind(**data) if data else None


def _date(value):
    return date.fromisoformat(value) if value else None
