"""What a hit of the search shows: where in the text the words are, marked."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from blog import words
from blog.content import Content, SectionContent
from blog.html import plain

LENGTH, BEFORE = 240, 60
PLACES = 3


class Marker:
    """Finds in a text the words of groups as Found has them."""

    def __init__(self, groups):
        self.stems = {word: at for at, group in enumerate(groups) for word in group}
        self.begins = tuple(word[:-1] for word in self.stems if word.endswith("*"))

    def matches(self, text):
        """Pairs of a word and the number of its group."""
        for word in words.words(text):
            at = self.stems.get(word.stem)
            if at is None and self.begins and word.folded.startswith(self.begins):
                at = len(self.stems)
            if at is not None:
                yield word, at

    def groups_in(self, text):
        return {at for _word, at in self.matches(text)}

    def marked(self, text):
        """The whole text, escaped, with <mark> around each of the words."""
        pieces, done = [], 0
        for word, _at in self.matches(text):
            if word.start < done:
                # Of unspaced scripts, every letter stands in two words.
                pieces[-1][1] += text[done : word.end]
            else:
                pieces.append([text[done : word.start], text[word.start : word.end]])
            done = max(done, word.end)
        marks = format_html_join("", "{}<mark>{}</mark>", pieces)
        return format_html("{}{}", marks, text[done:])

    def extract(self, text):
        """As `marked`, the part of a long text that has most of the words, or its beginning."""
        text = " ".join(text.split())
        if len(text) <= LENGTH:
            return self.marked(text)
        start = self._best_start(list(self.matches(text)))
        # From the beginning of a word to the end of one, where there are spaces.
        start = start and max(start, text.find(" ", start, start + BEFORE) + 1)
        end = start + LENGTH
        if end < len(text):
            end = max(text.rfind(" ", end - BEFORE, end), 0) or end
        before, after = "… " if start else "", " …" if end < len(text) else ""
        return format_html("{}{}{}", before, self.marked(text[start:end]), after)

    @staticmethod
    def _best_start(matches):
        best, start, last = 0, 0, 0
        for n, (word, _at) in enumerate(matches):
            # Each match begins a window; `last` is the first that is beyond its end.
            while last < len(matches) and matches[last][0].end <= word.start + LENGTH - BEFORE:
                last += 1
            # Distinct words are counted in few matches: enough to tell, however long the text.
            found = len({at for _, at in matches[n : min(last, n + 20)]})
            if found > best:
                best, start = found, max(word.start - BEFORE, 0)
        return start


@dataclass(frozen=True)
class Place:
    anchor: str
    heading: SafeString
    text: SafeString
    section: SectionContent | None = None


@dataclass(frozen=True)
class Hit:
    edition: object
    marker: Marker

    @property
    def content(self) -> Content:
        return self.edition.content

    @property
    def title(self):
        return self.marker.marked(self.content.title)

    @property
    def topic(self):
        return self.marker.marked(self.content.category.name)

    @property
    def summary(self):
        return self.marker.extract(self.content.summary)

    @cached_property
    def places(self):
        """The sections and sources with most of the words, in the order of the article."""
        found = []
        for section in self.content.sections:
            body = plain(section.body)
            groups = self.marker.groups_in(f"{section.heading} {body}")
            found.append((len(groups), lambda s=section, b=body: self._in_section(s, b)))
        for source in self.content.sources:
            groups = self.marker.groups_in(f"{source.title} {source.publisher}")
            # Beside a section that has as much, it is the lesser find.
            found.append((len(groups) - 0.5, lambda s=source: self._in_source(s)))
        best = sorted(
            (at for at, (weight, _make) in enumerate(found) if weight > 0),
            key=lambda at: (-found[at][0], at),
        )
        return [found[at][1]() for at in sorted(best[:PLACES])]

    def _in_section(self, section, body):
        heading = self.marker.marked(section.heading) or conditional_escape(section.name)
        return Place(section.anchor, heading, self.marker.extract(body), section)

    def _in_source(self, source):
        return Place(
            f"source-{source.number}",
            self.marker.marked(source.title),
            self.marker.marked(source.publisher),
        )
