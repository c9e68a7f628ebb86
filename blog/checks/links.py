"""Warnings: links that readers cannot tell apart, or that lead nowhere."""

import re
from itertools import chain
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from blog.checks.finding import warning
from blog.checks.markup import one_line

# What tells nothing of where a link leads, read by itself.
VAGUE = re.compile(
    r"(?:please )?(?:(?:click|tap|press|look|see|go|read|more)(?: on)? )?(?:here|this|that|it)"
    r"|(?:(?:click|click on|see|open|follow|read|view|visit|at|on|in) )?(?:(?:this|that|the|a) )?"
    r"(?:link|links|page|web ?page|site|web ?site|article|study|paper|report|source|url|address)"
    r"|(?:(?:read|see|learn|find out|view|show|tell me|for) )?(?:more|further)"
    r"(?: info| information| details| about (?:this|it))?"
    r"|info|information|details|read|read on|continue|continue reading|click|go|open|view|download"
    r"|web|next|www"
)
_OUTER_SIGNS = re.compile(r"^\W+|\W+$")
# What the page of an article has beside its sections.
PAGE_IDS = {"", "top", "main", "glance", "contents", "pros", "cons", "comments", "write"}
# Addresses of one kind that are looked up, which is more than anybody links to; the rest passes.
MOST = 500


def vague_texts(content, texts):
    for text in texts:
        for link in text.markup.links:
            words = one_line(link.text)
            if VAGUE.fullmatch(_OUTER_SIGNS.sub("", words[:100]).casefold()):
                yield warning(
                    "vague_link",
                    _("In %(where)s, a link is called “%(words)s”. Say where it leads.")
                    % {"where": text.where, "words": words},
                    *text.field,
                )


def broken(content, texts):
    """Runs three queries at most."""
    links = [(text, link.href.strip()) for text in texts for link in text.markup.links]
    ids = _ids(content, texts)
    paths = {href: path for _text, href in links if (path := own_path(href))}
    missing = _missing(set(paths.values()))
    for text, href in links:
        if href.startswith("#") and not _is_there(unquote(href[1:]), ids):
            sentence = _(
                "In %(where)s, the link to %(href)s leads to no place of this article. "
                "Correct it, or take it out."
            )
        elif paths.get(href) in missing:
            sentence = _(
                "In %(where)s, the link to %(href)s leads to nothing that readers can see. "
                "Correct it, or take it out."
            )
        else:
            continue
        sentence %= {"where": text.where, "href": href[:200]}
        yield warning("broken_link", sentence, *text.field)


def own_path(href):
    """The path of an address of this site; otherwise None."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    is_own = parts.netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()
    if parts.scheme not in {"", "http", "https"} or (parts.netloc and not is_own):
        return None
    if parts.netloc:
        return unquote(parts.path) or "/"
    return unquote(parts.path) if parts.path.startswith("/") else None


def _ids(content, texts):
    ids = PAGE_IDS | {section.anchor for section in content.sections}
    ids |= {point.alias for point in content.points}
    ids |= {f"source-{source.number}" for source in content.sources}
    ids |= {"sources"} if content.sources else set()
    ids |= {"grades"} if content.has_evidence else set()
    return ids.union(*(text.markup.ids for text in texts))


def _is_there(fragment, ids):
    # Comments come and go, whatever the article says.
    return fragment in ids or fragment.startswith("comment-")


def _missing(paths):
    """Those that lead to nothing."""
    names = {path: _resolve(path) for path in paths}
    slugs = {}
    for name, slug in filter(None, names.values()):
        slugs.setdefault(name, set()).add(slug)
    there = {}
    for name in slugs.keys() & _LOOK_UPS.keys():
        wanted = sorted(slugs[name])
        there[name] = _LOOK_UPS[name](wanted[:MOST]) | set(wanted[MOST:])
    return {
        path
        for path, target in names.items()
        if target is None or (target[0] in there and target[1] not in there[target[0]])
    }


def _resolve(path):
    """The name of the page, and what it is of; None when there is no such page for readers."""
    for candidate in (path, f"{path}/"):
        try:
            match = resolve(candidate)
        except (Resolver404, ValueError):
            continue
        if match.app_name == "admin":
            return None
        return match.view_name, match.kwargs.get("slug") or match.kwargs.get("path")
    return None


def _editions():
    return apps.get_model("blog", "Edition").objects.live()


def _live_articles(slugs):
    return set(_editions().filter(article__slug__in=slugs).values_list("article__slug", flat=True))


def _live_topics(slugs):
    return set(
        _editions().filter(category__slug__in=slugs).values_list("category__slug", flat=True)
    )


def _live_people(slugs):
    theirs = _editions().filter(Q(author__slug__in=slugs) | Q(reviewer__slug__in=slugs))
    rows = theirs.order_by().values_list("author__slug", "reviewer__slug").distinct()
    return set(chain.from_iterable(rows))


def _pictures(names):
    return {name for name in names if default_storage.exists(name)}


_LOOK_UPS = {
    "blog:article": _live_articles,
    "blog:topic": _live_topics,
    "blog:person": _live_people,
    "blog:media": _pictures,
}
