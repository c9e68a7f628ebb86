"""Warnings: what is hard to read or to find."""

import sentencex
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog.checks.finding import warning
from blog.checks.markup import one_line, says_something
from blog.checks.texts import place

# About as many characters as a search engine shows.
TITLE_MAX = 60
SUMMARY_MIN, SUMMARY_MAX = 50, 160
# Words. Longer ones are read twice, or not at all.
SENTENCE_MAX = 30
# Characters that are looked at together: the segmenter takes time with the square of some texts.
PIECE = 2000


def title_length(content, texts):
    length = len(content.title.strip())
    if length > TITLE_MAX:
        yield warning(
            "title_too_long",
            _(
                "The title has %(length)d characters; search results show about %(most)d. "
                "Shorten it, or put what matters first."
            )
            % {"length": length, "most": TITLE_MAX},
            *("article", "title"),
        )


def summary_length(content, texts):
    length = len(one_line(content.summary))
    if not length:
        sentence = _(
            "There is no short answer. Readers and search results look for it first: give it in "
            "two or three sentences."
        )
        yield warning("no_summary", sentence, "article", "summary")
    elif length < SUMMARY_MIN:
        sentence = _(
            "The short answer has only %(length)d characters; search results have room for "
            "%(most)d. Say which side weighs more, and when."
        )
        sentence %= {"length": length, "most": SUMMARY_MAX}
        yield warning("summary_too_short", sentence, "article", "summary")
    elif length > SUMMARY_MAX:
        sentence = _(
            "The short answer has %(length)d characters; search results show about the first "
            "%(most)d. Shorten it, or see that the answer is in those."
        )
        sentence %= {"length": length, "most": SUMMARY_MAX}
        yield warning("summary_too_long", sentence, "article", "summary")


def long_sentences(content, texts):
    found = [(_("the short answer"), ("article", "summary"), content.summary.splitlines())]
    found += [(text.where, text.field, text.markup.blocks) for text in texts]
    for where, field, blocks in found:
        if sentences := list(_long(blocks)):
            longest = max(sentences, key=len)
            opening = " ".join(longest[:6])
            words = ngettext(
                "In %(where)s, a sentence has %(words)d words: “%(opening)s …”. Make two of it.",
                "In %(where)s, %(count)d sentences have more than %(most)d words; the longest, of "
                "%(words)d, begins “%(opening)s …”. Make two of each.",
                len(sentences),
            )
            values = {
                "where": where,
                "count": len(sentences),
                "most": SENTENCE_MAX,
                "words": len(longest),
                "opening": opening[:100],
            }
            yield warning("long_sentence", words % values, *field)


def _long(blocks):
    """The sentences that are too long, each as its words."""
    for block in blocks:
        if len(block.split()) <= SENTENCE_MAX:
            continue
        for start in range(0, len(block), PIECE):
            for sentence in sentencex.segment("en", block[start : start + PIECE]):
                words = [word for word in sentence.split() if says_something(word)]
                if len(words) > SENTENCE_MAX:
                    yield words


def duplicate_headings(content, texts):
    seen = {}
    for heading, where, field in _headings(content, texts):
        key = one_line(heading).casefold()
        if not says_something(key):
            continue
        if key in seen:
            yield warning(
                "duplicate_heading",
                _(
                    "The heading “%(heading)s” of %(where)s stands in %(other)s too. Tell them "
                    "apart, for those who go by headings."
                )
                % {"heading": one_line(heading), "where": where, "other": seen[key]},
                *field,
            )
        seen.setdefault(key, where)


def _headings(content, texts):
    inside = {text.field[1]: text for text in texts}
    for side, intro in ((content.pros, "pros_intro"), (content.cons, "cons_intro")):
        name = _("the pros") if side.kind == "pro" else _("the cons")
        yield side.heading, name, ("article", f"{side.kind}s_heading")
        yield from _sub_headings(inside[intro])
    for section in content.sections:
        yield section.heading, _place(section), ("section", section.key, "heading")
        yield from _sub_headings(inside[section.key])


def _place(section):
    return place(section) if section.is_point else _("a text")


def _sub_headings(text):
    for heading in text.markup.headings:
        yield heading.text, text.where, text.field
