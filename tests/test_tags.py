"""A tag's page: by what editions say, and not by what the desk has changed since."""

import re

import pytest

from blog.models import Tag, TagListing
from tests import factories

pytestmark = pytest.mark.django_db


def tagged(title="Is tea good for you?", *names, **values):
    article = factories.article(title, **values)
    for name in names:
        slug = name.lower().replace(" ", "-")
        article.tags.add(Tag.objects.get_or_create(slug=slug, defaults={"name": name})[0])
    article.refresh_digest()
    return article


def published(*args, **values):
    article = tagged(*args, **values)
    article.publish(by=None)
    return article


def page(client, url):
    response = client.get(url)
    return response.content.decode() if response.status_code == 200 else response.status_code


def test_it_lists_the_articles_that_carry_the_tag(client):
    published("About tea", "Hot drinks", "Cups")
    published("About mugs", "Cups")
    html = page(client, "/tags/hot-drinks/")
    assert "<h1>Hot drinks</h1>" in html
    assert "About tea" in html
    assert "About mugs" not in html


def test_the_article_leads_to_the_pages_of_its_tags(client):
    article = published("About tea", "Hot drinks", "Cups")
    html = page(client, article.get_absolute_url())
    links = re.findall(r'<a href="(/tags/[^"]*)" rel="tag">(.*?)</a>', html)
    assert links == [("/tags/cups/", "Cups"), ("/tags/hot-drinks/", "Hot drinks")]
    assert all(page(client, url) != 404 for url, _name in links)


def test_an_article_without_tags_has_no_line_for_them(client):
    article = factories.live_article()
    assert "Tags:" not in page(client, article.get_absolute_url())


def test_tags_of_the_working_copy_are_seen_by_nobody_until_it_is_published(client):
    article = published("About tea", "Cups")
    article.tags.set([Tag.objects.create(slug="secret", name="Secret")])
    assert page(client, "/tags/secret/") == 404
    assert "About tea" in page(client, "/tags/cups/")
    article.publish(by=None)
    assert "About tea" in page(client, "/tags/secret/")
    assert page(client, "/tags/cups/") == 404


def test_a_draft_and_a_tag_without_articles_have_no_page(client):
    tagged("A draft", "Cups")
    Tag.objects.create(slug="unused", name="Unused")
    for slug in ("cups", "unused", "nothing", "a%00b", "%F0%9F%92%A9"):
        assert page(client, f"/tags/{slug}/") == 404


def test_a_tag_that_is_renamed_keeps_its_name_and_its_page_until_the_next_edition(client):
    article = published("About tea", "Cups")
    tag = Tag.objects.get()
    tag.name, tag.slug = "Mugs", "mugs"
    tag.save()
    assert "<h1>Cups</h1>" in page(client, "/tags/cups/")
    assert page(client, "/tags/mugs/") == 404
    article.publish(by=None)
    assert "<h1>Mugs</h1>" in page(client, "/tags/mugs/")
    assert page(client, "/tags/cups/") == 404


def test_the_name_is_that_of_the_newest_article(client):
    published("Older", "Cups")
    Tag.objects.update(name="Mugs")
    published("Newer", "Cups")
    assert "<h1>Mugs</h1>" in page(client, "/tags/cups/")


def test_a_tag_that_is_deleted_keeps_its_page_while_articles_carry_it(client):
    article = published("About tea", "Cups")
    Tag.objects.get().delete()
    assert "About tea" in page(client, "/tags/cups/")
    article.publish(by=None)
    assert page(client, "/tags/cups/") == 404


def test_names_are_printed_and_never_run(client):
    hostile = '"><script>alert(1)</script>\u2028\u202e💩'
    article = factories.article("About tea")
    article.tags.add(Tag.objects.create(slug="کتاب", name=hostile))
    article.publish(by=None)
    for url in ("/tags/کتاب/", article.get_absolute_url()):
        html = page(client, url)
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html


def test_an_edition_is_enlisted_once_for_each_tag_and_is_gone_with_its_article():
    article = published("About tea", "Cups", "Hot drinks")
    article.publish(by=None)
    assert TagListing.objects.count() == 4
    article.trash(by=None)
    article.purge(article.trashed_at)
    assert not TagListing.objects.exists()
