"""The publish gate: what must not go before readers, whoever asks and by whatever door.

Errors keep an article from being published; warnings inform those who write it. A rule is a
generator of findings that takes the content and its texts, read once for all of them.
"""

from blog.checks import balance, clinical, links, search, structure, texts, wording
from blog.checks.finding import Finding, Level

__all__ = ["Finding", "Level", "errors", "findings"]

ERRORS = [
    structure.both_sides,
    structure.whole_points,
    structure.author,
    structure.described_pictures,
    structure.heading_levels,
    structure.links_with_text,
    clinical.sources,
    clinical.sign_off,
    clinical.next_review,
]
WARNINGS = [
    balance.lopsided,
    wording.title_length,
    wording.summary_length,
    wording.long_sentences,
    wording.duplicate_headings,
    search.title_length,
    search.description_length,
    search.product_with_too_few_points,
    links.vague_texts,
    links.broken,
    clinical.overdue,
]


def findings(content):
    """Errors first. Runs three queries at most, for links within the site."""
    return _run([*ERRORS, *WARNINGS], content)


def errors(content):
    """Sentences that say what is missing and what to do; empty when it can be published."""
    return [finding.sentence for finding in _run(ERRORS, content)]


def _run(rules, content):
    read = texts.of(content)
    # The same finding twice, such as one link that stands twice in a text, is told once.
    return list(dict.fromkeys(finding for rule in rules for finding in rule(content, read)))
