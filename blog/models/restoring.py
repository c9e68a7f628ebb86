"""Writes an earlier content back to the rows of a working copy."""

from dataclasses import dataclass, field

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from blog.diff import match_sources
from blog.models.images import Image
from blog.models.people import Person
from blog.models.sections import Section, Source
from blog.models.topics import Category, Tag

FIELDS = ["title", "summary", "date", "is_clinical", "next_review_on"]
FIELDS += ["pros_heading", "pros_intro", "cons_heading", "cons_intro"]
FIELDS += ["search_title", "search_description", "canonical_url", "noindex", "product"]


@dataclass
class Restoring:
    """To be used in the transaction that locked the article."""

    article: object
    content: object
    # Sentences about what could not come back as it was.
    kept: list = field(default_factory=list)

    def write(self):
        for name in FIELDS:
            setattr(self.article, name, getattr(self.content, name))
        self._people()
        self._image()
        self._share_image()
        self.article.category = self._label(Category, self.content.category)
        self.article.save()
        self.article.tags.set([self._label(Tag, tag) for tag in self.content.tags])
        self._cites(self._sections(), self._sources())
        return self.kept

    def _people(self):
        article, wanted = self.article, self.content.author
        author = Person.objects.filter(slug=wanted.slug).first() if wanted else None
        if author:
            article.author = author
        elif wanted:
            self.kept.append(
                _("%(gone)s is no longer among the people; the author stays %(author)s.")
                % {"gone": wanted.full_name, "author": article.author}
            )
        if article.reviewer_id and article.reviewer_id == article.author_id:
            article.reviewer = None
            self.kept.append(
                _("%s was the reviewer and is the author again; choose another reviewer.")
                % article.author
            )

    def _image(self):
        article, wanted = self.article, self.content.image
        if wanted is None:
            article.image = None
            return
        row = self._picture(wanted)
        if row is None:
            self.kept.append(_("The picture is no longer in the library; choose another one."))
        elif (row.focal_x, row.focal_y) != (wanted.focal_x, wanted.focal_y):
            self.kept.append(
                _("What is the subject of the picture is set in the library and stays as it is.")
            )
        article.image = row
        article.image_alt = wanted.alt or ""
        article.image_decorative = wanted.alt == ""
        article.image_caption = wanted.caption

    def _share_image(self):
        wanted = self.content.share_image
        row = self.article.share_image = wanted and self._picture(wanted)
        if wanted and row is None:
            self.kept.append(
                _("The picture for sharing is no longer in the library; choose another one.")
            )
        elif wanted and row.alt != (wanted.alt or ""):
            self.kept.append(
                _("The picture for sharing is described in the library, which stays as it is.")
            )

    def _picture(self, wanted):
        """The row of the library, made again for a file that is still there; or None."""
        row = Image.objects.filter(file=wanted.name).first()
        if row is None and default_storage.exists(wanted.name):
            row = Image.objects.create(
                file=wanted.name,
                name=self.article.title,
                alt=wanted.alt or "",
                focal_x=wanted.focal_x,
                focal_y=wanted.focal_y,
            )
        return row

    @staticmethod
    def _label(model, wanted):
        if wanted is None:
            return None
        return model.objects.get_or_create(slug=wanted.slug, defaults={"name": wanted.name})[0]

    def _sources(self):
        """The rows by their numbers in the content."""
        there = list(self.article.sources.all())
        found = {}
        for row, source in match_sources(there, self.content.sources):
            if source is None:
                row.delete()
                continue
            row = row or Source(article=self.article)
            for name in ("title", "publisher", "url", "type", "accessed"):
                setattr(row, name, getattr(source, name))
            row.ordering = source.number
            row.save()
            found[source.number] = row
        return found

    def _sections(self):
        """(row, section) of each section in the content; the others are deleted."""
        wanted = self.content.sections
        there = {str(row.key): row for row in self.article.sections.all()}
        keys = [section.key for section in wanted]
        self.article.sections.exclude(key__in=keys).delete()
        # The key of a section is its own everywhere; another article may have it by now.
        missing = set(keys) - there.keys()
        elsewhere = {str(row.key) for row in Section.objects.filter(key__in=missing).only("key")}
        pairs = []
        for place, section in enumerate(wanted, 1):
            row = there.get(section.key) or Section(article=self.article)
            if row._state.adding and section.key not in elsewhere:
                row.key = section.key
            for name in ("kind", "heading", "body", "evidence"):
                setattr(row, name, getattr(section, name))
            row.ordering = 10 * place
            row.save()
            pairs.append((row, section))
        return pairs

    @staticmethod
    def _cites(sections, sources):
        through = Section.sources.through
        through.objects.filter(section__in=[row for row, _section in sections]).delete()
        through.objects.bulk_create(
            through(section=row, source=sources[number])
            for row, section in sections
            for number in section.cites
        )
