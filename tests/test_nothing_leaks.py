"""A sweep: random tokens in everything that is not public, and every public address fetched."""

import re
import secrets
from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from blog.models import Article, Person, PreviewLink, Tag
from comments.models import Comment, Status
from comments.thread import PER_PAGE
from tests import factories

pytestmark = pytest.mark.django_db

HIDDEN = [Status.PENDING, Status.REJECTED, Status.SPAM, Status.WITHDRAWN]
# The desk, which asks for a login, and pages that show one thing to whoever knows its key.
NOT_PUBLIC = {"admin", "comments:status", "comments:withdraw", "blog:preview"}
# What machines ask for though no page links to it.
FOR_MACHINES = {
    "/robots.txt",
    "/humans.txt",
    "/.well-known/security.txt",
    "/llms.txt",
    "/sitemap.xml",
    "/sitemap-pages-0.xml",
    "/sitemap-articles-0.xml",
    "/sitemap-topics-0.xml",
    "/sitemap-people-0.xml",
    "/some-key-for-indexnow.txt",
}


def addresses():
    """Every named address of the site, as "namespace:name" with the names of its parameters."""
    found = {}

    def walk(resolver, prefix):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                walk(pattern, prefix + space)
            else:
                found[prefix + (pattern.name or "")] = pattern

    walk(get_resolver(), "")
    return {name for name in found if not any(name.startswith(part) for part in NOT_PUBLIC)}


def token():
    return f"leak{secrets.token_hex(8)}"


@pytest.fixture
def planted():
    """One site with everything hidden that there can be; the tokens by where they are hidden."""
    tokens = {}

    def plant(where):
        tokens[where] = token()
        return tokens[where]

    category = factories.category()
    live = factories.article("Shown to all", category=category, summary="Public summary.")
    live.tags.create(slug="public-tag", name="Public tag")
    live.publish(by=None)
    edition = live.editions.get()
    for status in HIDDEN:
        comment = Comment.objects.create(
            article=live,
            edition=edition,
            section_key=edition.content.points[0].key,
            name=plant(f"name of {status}"),
            email=f"{plant(f'mail of {status}')}@example.org",
            text=plant(f"text of {status}"),
        )
        Comment.objects.filter(pk=comment.pk).update(status=status)
    approved = Comment.objects.create(
        article=live,
        edition=edition,
        name="Ann",
        text="An approved comment.",
        email=f"{plant('mail of approved')}@example.org",
    )
    Comment.objects.decide(to=Status.APPROVED, by=None, seen={approved.pk: 1})
    # So many that the rest has a page of its own.
    Comment.objects.bulk_create(
        Comment(article=live, edition=edition, name="Bo", text=f"{number}", status=Status.APPROVED)
        for number in range(PER_PAGE)
    )

    live.title, live.summary = plant("title of working copy"), plant("summary of working copy")
    live.pros_heading, live.cons_intro = plant("pros heading"), f"<p>{plant('cons intro')}</p>"
    live.image_alt, live.image_caption = plant("picture in words"), plant("caption")
    live.category = factories.category(plant("category of working copy"))
    live.author = Person.objects.create(
        slug=plant("slug of author"), name=plant("name of author"), bio=plant("bio of author")
    )
    live.save()
    live.tags.create(slug=plant("slug of tag"), name=plant("tag of working copy"))
    live.sections.update(heading=plant("heading"), body=f"<p>{plant('body')}</p>")
    factories.section(live, kind="con", heading=plant("new section"))
    factories.source(live, plant("source"), url=f"https://example.org/{plant('source url')}")

    factories.article(plant("title of draft"), slug=plant("slug of draft"))
    future = factories.article(plant("title of future"), slug="future", category=category)
    future.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    live.schedule(by=None, at=timezone.now() + timedelta(hours=2))
    gone = factories.live_article(plant("title of unpublished"), slug="gone", category=category)
    gone.unpublish(by=None)
    return tokens


def crawl(client, start):
    """Every page that links of the site lead to, as address to text."""
    seen, waiting = {}, set(start)
    while waiting:
        url = waiting.pop()
        response = client.get(url)
        text = "" if response.streaming else response.content.decode(errors="replace")
        seen[url] = f"{response.status_code} {dict(response.headers)} {text}"
        for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', text):
            link = link.replace("&amp;", "&")
            if link not in seen and not link.startswith("/static/"):
                waiting.add(link)
    return seen


def test_no_hidden_word_is_on_any_public_address(client, planted):
    start = {"/", "/healthz", "/readyz", "/how-we-work/", "/nothing/"}
    start |= {"/?before=9999-12-31-0", "/?after=0001-01-01-0", "/?page=2", "/archive/1999/"}
    start |= {f"/tags/{slug}/" for slug in Tag.objects.values_list("slug", flat=True)}
    start |= FOR_MACHINES
    # Words that all hidden texts would be found by.
    start |= {"/search/", "/search/?q=leak", "/search/?q=shown", "/search/?q=words+warms"}
    for slug in Article.objects.values_list("slug", flat=True):
        start |= {f"/articles/{slug}/", f"/articles/{slug}/comment/", f"/articles/{slug}.md"}
        start |= {f"/articles/{slug}/comments.{form}" for form in ("atom", "rss", "json")}
    for slug in Tag.objects.values_list("slug", flat=True):
        start |= {f"/tags/{slug}/feed.{form}" for form in ("atom", "rss", "json")}
    pages = crawl(client, start)
    shown = "".join(pages.values())
    # The sweep saw the real thing.
    assert "Public summary." in shown
    assert "An approved comment." in shown
    assert pages["/articles/future/"].startswith("404")
    assert pages["/articles/gone/"].startswith("404")
    leaks = [where for where, word in planted.items() if word in shown]
    assert leaks == []
    assert not client.cookies


def test_no_public_page_leads_to_a_preview(client, planted):
    for article in Article.objects.all():
        PreviewLink.objects.make(article, by=None, days=7)
    pages = crawl(client, {"/", *(article.get_absolute_url() for article in Article.objects.all())})
    assert not any("/preview/" in url for url in pages)


def test_a_preview_link_shows_its_own_draft_and_nothing_else_that_is_hidden(client, planted):
    article = Article.objects.get(slug="shown-to-all")
    link = PreviewLink.objects.make(article, by=None, days=7)
    shown = client.get(link.get_absolute_url()).content.decode()
    seen = {where for where, word in planted.items() if word in shown}
    assert "title of working copy" in seen
    elsewhere = (*HIDDEN, "approved", "draft", "future", "unpublished")
    assert not [where for where in seen if where.endswith(elsewhere)]
    assert not client.cookies


def test_a_preview_link_that_is_closed_or_wrong_shows_nothing(client, planted):
    link = PreviewLink.objects.make(Article.objects.first(), by=None, days=7)
    wrong = {"/preview/x/", f"/preview/{link.secret}/", link.get_absolute_url()[:-2] + "/"}
    link.revoke(by=None)
    pages = crawl(client, wrong | {link.get_absolute_url()})
    shown = "".join(pages.values())
    assert [where for where, word in planted.items() if word in shown] == []
    assert {pages[url][:3] for url in wrong} == {"404"}
    assert pages[link.get_absolute_url()].startswith("410")


def test_the_sweep_visits_every_kind_of_public_address(client, planted):
    visited = set()
    for url in crawl(client, {"/", "/healthz", "/readyz", "/tags/x/feed.atom"} | FOR_MACHINES):
        match = client.get(url).resolver_match
        visited.add(match.view_name if match else "")
    assert addresses() - visited == {"blog:media"}  # pictures hold no words


def test_the_sweep_would_find_a_leak(client, planted):
    Comment.objects.filter(status=Status.PENDING).update(status=Status.APPROVED)
    shown = "".join(crawl(client, {"/"}).values())
    assert planted["text of pending"] in shown
    assert planted["mail of pending"] not in shown
