import re
from collections import Counter

from django.http import Http404
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from blog import words
from blog.extracts import Hit, Marker
from blog.models import Category, Edition
from blog.search import AT_MOST, LONGEST_QUERY, entry, search

PER_PAGE = 10
TOPICS = 12
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")
_SLUG = re.compile(r"[-\w]{1,200}")


@require_safe
def search_page(request):
    """What `?q=` finds; `?topic=` is the address of a topic, and `?page=` a number from 1."""
    query = " ".join(_CONTROLS.sub(" ", request.GET.get("q", "")).split())[:LONGEST_QUERY]
    topic = request.GET.get("topic", "")
    topic = topic if _SLUG.fullmatch(topic) else ""
    number = _page_number(request.GET.get("page", "1"))
    found = search(query, topic=topic)
    keys = [each.pk for each in found.candidates[:AT_MOST]]
    shown = keys[(number - 1) * PER_PAGE : number * PER_PAGE]
    if number > 1 and not shown:
        raise Http404
    hits = _hits(shown, Marker(found.groups))

    def address(**values):
        return "?" + urlencode({name: v for name, v in values.items() if v})

    context = {
        "query": query,
        "found": found,
        "at_most": AT_MOST,
        "hits": hits,
        "corrected": _corrected(query, found, hits),
        "all_topics": address(q=query),
        "topics": _topics(found, topic, lambda slug: address(q=query, topic=slug)),
        "topic": topic,
        # A query only where there is nothing else to offer.
        "offered": [] if keys else Category.objects.with_articles()[:TOPICS],
    }
    if number > 1:
        context["previous"] = address(q=query, topic=topic, page=number - 1 if number > 2 else 0)
    if len(keys) > number * PER_PAGE:
        context["next"] = address(q=query, topic=topic, page=number + 1)
    response = render(request, "blog/search.html", context)
    # What somebody looks for is theirs: no cache on the way keeps it.
    response.headers["Cache-Control"] = "no-store"
    return response


def _page_number(text):
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text)):
        raise Http404
    return int(text)


def _hits(keys, marker):
    rows = Edition.objects.live().filter(pk__in=keys).select_related("article") if keys else []
    editions = {edition.pk: edition for edition in rows}
    return [Hit(editions[key], marker) for key in keys if key in editions]


def _corrected(query, found, hits):
    """The query with the words that were looked for instead, or an empty text.

    Of several, the one that the best hit has.
    """
    if not found.corrections or not hits:
        return ""
    columns, _written = entry(hits[0].content, None)
    there = set(columns["words"].split())
    parts, done = [], 0
    for word, nearest in found.corrections:
        meant = next((each for each in nearest if words.stem(each) in there), nearest[0])
        parts += [query[done : word.start], meant]
        done = word.end
    return "".join([*parts, query[done:]])


def _topics(found, chosen, address):
    """The topics of what was found, as address, name, number of articles and whether chosen."""
    counts = Counter(
        (each.topic_slug, each.topic_name) for each in found.candidates if each.topic_slug
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0][1]))
    return [
        {
            "href": address(slug),
            "name": name,
            # Of more than are counted, the numbers would be wrong.
            "count": None if found.has_more else count,
            "is_chosen": slug == chosen,
        }
        for (slug, name), count in ranked[:TOPICS]
    ]
