"""Where in the form of an article one mends what a check found."""

from itertools import count

from django.contrib import admin
from django.utils.html import format_html

from blog import checks

# What is no single field of the form.
_ANCHORS = {"sections": "sections", "sign_off": "review"}


def field_ids(content, found, *, may_change=True):
    """The findings with the id of the field of each in the form for this content; "" for none.

    Who may only read has no fields; there it is the card.
    """
    numbers = {kind: count() for kind in ("text", "pro", "con")}
    cards = {
        section.key: f"{section.kind}-{next(numbers[section.kind])}" for section in content.sections
    }
    cards |= {source.number: f"sources-{source.number - 1}" for source in content.sources}
    return [(finding, _field_id(finding.field, cards, content, may_change)) for finding in found]


def _field_id(field, cards, content, may_change):
    kind, *key, name = field
    if kind == "article":
        return _ANCHORS.get(name) or (f"id_{name}" if may_change else "")
    if name == "sources" and not content.sources:
        # There is nothing to choose from yet.
        return "source-list"
    card = cards[key[0]]
    return f"id_{card}-{name}" if may_change else card


def linked(sentences, links):
    """The sentences of a refusal; those of the checks lead to their fields."""
    for sentence in sentences:
        if target := links.get(sentence):
            yield format_html('<a href="#{}">{}</a>', target, sentence)
        else:
            yield sentence


class ChecksPanel(admin.ModelAdmin):
    """The findings of the stored text beside its form."""

    def render_change_form(self, request, context, **kwargs):
        article = kwargs.get("obj")
        if kwargs.get("change") and request.method == "GET":
            content = article.content()
            may_change = self.has_change_permission(request, article)
            found = field_ids(content, checks.findings(content), may_change=may_change)
            context |= {
                "is_checked": True,
                "blocking": [each for each in found if each[0].is_error],
                "informing": [each for each in found if not each[0].is_error],
            }
        return super().render_change_form(request, context, **kwargs)
