"""What pages say to search engines, and to whoever shows a link to them."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils import timezone

from blog import sharing
from blog.content import ImageContent, LabelContent
from blog.models import Edition
from tests import contents, factories

pytestmark = pytest.mark.django_db
PICTURE = ImageContent(f"images/{'0b' * 16}.png", 1600, 840, "Leaves", "")


class Head(HTMLParser):
    """The meta tags of a page by name, and its title and canonical address."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.title = {}, [], ""
        self.feed(html.partition("</head>")[0])

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("property") or found.get("name")
        if tag == "meta" and name:
            self.tags.setdefault(name, []).append(found["content"])
        elif tag == "link" and found["rel"] == "canonical":
            self.links.append(found["href"])

    def handle_data(self, data):
        if self.lasttag == "title":
            self.title += data.strip()

    def __getitem__(self, name):
        (value,) = self.tags[name]
        return value

    @property
    def canonical(self):
        (address,) = self.links
        return address


def head(client, address):
    return Head(client.get(address).content.decode())


def show(article, **values):
    """Make the live edition one with these values as well."""
    edition = article.editions.live().get()
    content = replace(edition.content, **values)
    Edition.objects.filter(pk=edition.pk).update(data=content.to_json(), digest=content.digest)
    return article.get_absolute_url()


@pytest.fixture
def tea():
    return factories.live_article(summary="Mostly.\n\nYes.", category=factories.category("Drinks"))


# Articles


def test_an_article_says_what_it_is(client, tea):
    found = head(client, tea.get_absolute_url())
    address = f"http://testserver{tea.get_absolute_url()}"
    assert found.title == "Is tea good for you? – Evenhand"
    assert found["description"] == "Mostly. Yes."
    assert found.canonical == found["og:url"] == address
    assert found["robots"] == "max-image-preview:large"
    assert found["og:type"] == "article"
    assert found["og:site_name"] == "Evenhand"
    assert found["og:locale"] == "en_GB"
    assert found["twitter:card"] == "summary_large_image"
    assert found["article:section"] == "Drinks"
    assert found["article:author"] == "http://testserver/people/editorial-team/"
    for name in ("title", "description", "image", "image:alt"):
        assert found[f"og:{name}"] == found[f"twitter:{name}"]
    assert found["og:title"] == "Is tea good for you?"


def test_its_days_are_those_of_the_page(client, tea, settings):
    settings.TIME_ZONE = "UTC"
    url = tea.get_absolute_url()
    day = tea.editions.get().published_on.isoformat()
    found = head(client, url)
    assert found["article:published_time"] == f"{day}T00:00:00+00:00"
    assert "article:modified_time" not in found.tags
    Edition.objects.update(updated_on=date(2026, 7, 1))
    assert head(client, url)["article:modified_time"] == "2026-07-01T00:00:00+00:00"


def test_each_tag_has_a_line(client, tea):
    url = show(tea, tags=(LabelContent("a", "Green"), LabelContent("b", "Black & white")))
    assert head(client, url).tags["article:tag"] == ["Green", "Black & white"]


def test_what_is_not_there_is_not_said(client):
    row = factories.article()
    content = replace(row.content(), author=None)
    Edition.cut(row, content, by=None, note="", live_from=timezone.now())
    found = head(client, row.get_absolute_url())
    names = {"description", "og:description", "twitter:description", "article:author"}
    assert not (names | {"article:section", "article:tag"}) & set(found.tags)


def test_a_long_summary_is_cut(client, tea):
    url = show(tea, summary="words " * 200)
    assert len(head(client, url)["description"]) == sharing.MAX_DESCRIPTION


# What editors say instead


def test_an_editor_says_another_title_and_description(client, tea):
    url = show(tea, search_title="Tea: pros & cons", search_description="Both sides.")
    found = head(client, url)
    assert found.title == "Tea: pros & cons – Evenhand"
    assert found["og:title"] == "Tea: pros & cons"
    assert found["description"] == found["og:description"] == "Both sides."
    assert '<h1 dir="auto">Is tea good for you?</h1>' in client.get(url).content.decode()


def test_an_editor_names_the_page_that_counts(client, tea):
    url = show(tea, canonical_url="https://example.org/tea?a=1&b=2")
    found = head(client, url)
    assert found.canonical == found["og:url"] == "https://example.org/tea?a=1&b=2"


def test_an_editor_keeps_an_article_out_of_search_engines(client, tea):
    assert head(client, show(tea, noindex=True))["robots"] == "noindex, follow"


def test_an_editor_chooses_the_picture(client, tea):
    found = head(client, show(tea, share_image=PICTURE))
    assert found["og:image"] == f"http://testserver/media/{PICTURE.name}"
    assert (found["og:image:width"], found["og:image:height"]) == ("1600", "840")
    assert found["og:image:alt"] == "Leaves"


# The picture that is drawn


def test_without_a_choice_the_picture_is_the_one_that_is_drawn(client, tea):
    found = head(client, tea.get_absolute_url())
    name = sharing.share_image_name(tea.editions.get().content)
    assert found["og:image"] == f"http://testserver/media/{name}"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"] == "Is tea good for you?"


def test_its_name_is_one_that_pictures_are_served_by():
    name = sharing.share_image_name(contents.content())
    assert sharing.is_share_image(name)
    assert resolve(f"/media/{name}").url_name == "media"
    assert not sharing.is_share_image(PICTURE.name)


def test_its_name_follows_what_is_drawn_on_it_and_nothing_else():
    points = [contents.section("a"), contents.section("b", kind="con")]
    content = contents.content(sections=points)
    name = sharing.share_image_name(content)
    same = replace(content, summary="Other", search_title="Other", noindex=True)
    body = replace(content, sections=(replace(points[0], body="<p>Other</p>"), points[1]))
    assert name == sharing.share_image_name(same) == sharing.share_image_name(body)
    others = [
        replace(content, title="Other"),
        replace(content, sections=(replace(points[0], heading="Other"), points[1])),
        replace(content, sections=(points[0], replace(points[1], heading="Other"))),
        # A con that has become a pro.
        replace(content, sections=(points[0], replace(points[1], kind="pro"))),
    ]
    assert len({name, *map(sharing.share_image_name, others)}) == 5


# The other pages


def test_every_other_page_says_what_it_is(client, tea):
    person = factories.person("Ada Author", bio="She writes\nabout tea.")
    tea.author = person
    tea.save()
    tea.publish(by=None)
    for url, title, kind in (
        ("/", "Both sides, fairly weighed", "website"),
        (tea.category.get_absolute_url(), "Drinks", "website"),
        (person.get_absolute_url(), "Ada Author", "profile"),
        ("/how-we-work/", "How we work", "website"),
    ):
        found = head(client, url)
        assert (found["og:title"], found["og:type"]) == (title, kind)
        assert found.title == f"{title} – Evenhand"
        assert found.canonical == found["og:url"] == f"http://testserver{url}"
        assert found["og:image"] == "http://testserver/static/img/share.png"
        assert found["robots"] == "max-image-preview:large"
        assert not [name for name in found.tags if name.startswith("article:")]
    assert head(client, person.get_absolute_url())["description"] == "She writes about tea."


def test_a_page_may_have_no_address_that_counts_and_stay_out_of_search_engines():
    values = {"title": "Drinks", "path": "/topics/drinks/?after=1"}
    meta = sharing.of_page(**values, index=False, canonical=False)
    assert (meta.robots, meta.canonical) == ("noindex, follow", "")
    assert meta.url == "http://testserver/topics/drinks/?after=1"
    html = render_to_string("blog/_meta.html", {"meta": meta})
    assert "canonical" not in html
    assert f'<meta property="og:url" content="{meta.url}">' in html


def test_the_page_of_more_comments_is_left_to_its_article(client, tea):
    factories.approved(tea)
    found = head(client, f"/articles/{tea.slug}/comments/?after=0_0")
    assert found["robots"] == "noindex, follow"
    assert found.canonical == f"http://testserver{tea.get_absolute_url()}"


def test_hostile_text_stays_inside_its_attribute(client, tea):
    evil = '"><script>alert(1)</script> \u2028 &amp; \u202e مرحبا'
    url = show(tea, title=evil, summary=evil, tags=(LabelContent("a", evil),), search_title=evil)
    html = client.get(url).content.decode()
    assert "<script>" not in html
    words = " ".join(evil.split())
    found = Head(html)
    assert found["og:title"] == found["description"] == found["article:tag"] == words
