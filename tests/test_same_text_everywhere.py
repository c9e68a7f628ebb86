"""Pros and cons read the same wherever they are printed: page, feeds, JSON-LD, Markdown."""

import html as html_module
import json
import re
from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone
from markdown_it import MarkdownIt

from blog.models import PreviewLink
from tests import factories

pytestmark = pytest.mark.django_db

SIDES = {
    "pro": [
        ("It warms & wakes", "<p>Hot <strong>water</strong> warms; <em>caffeine</em> wakes.</p>"),
        ("شاي مفيد", "<p>يدفئ في الشتاء.</p>"),
        ("5 < 6 “points”", "<ul><li>One</li><li>Two_three *four*</li></ul><p>Last.</p>"),
    ],
    "con": [
        ("It keeps some awake", "<p>Say “no” after 3 p.m. </p><p>Second paragraph.</p>"),
        ("</script><b>bold?</b>", "<h3>Sub-heading</h3><p>`code` and [link](x) &amp; more.</p>"),
    ],
}
POINTS = [point for side in ("pro", "con") for point in SIDES[side]]


@pytest.fixture
def article():
    row = factories.article("Is tea good for you?", pros=[], cons=[])
    for kind, points in SIDES.items():
        for heading, body in points:
            factories.section(row, kind=kind, heading=heading, body=body)
    row.publish(by=None)
    return row


def said(markup):
    """The words of some HTML, one space between them."""
    markup = re.sub(r"</(p|li|h\d|ul|td)>|<br>", " ", markup)
    return " ".join(html_module.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def expected():
    return [(" ".join(heading.split()), said(body)) for heading, body in POINTS]


def test_the_corpus_is_what_it_is_taken_for():
    assert len(POINTS) == 5
    assert expected()[0] == ("It warms & wakes", "Hot water warms; caffeine wakes.")


def of_page(markup):
    found = re.findall(
        r'<article class="point".*?</bdi>(.*?)</h3>.*?<div class="prose"[^>]*>(.*?)</div>\s*<p',
        markup,
        re.DOTALL,
    )
    return [(said(heading), said(body)) for heading, body in found]


def in_order(text):
    """Whether the words of all points stand in the text, each point after the one before it."""
    place = 0
    for part in (part for point in expected() for part in point):
        place = text.find(part, place)
        assert place >= 0, part
    return True


def test_on_the_page(client, article):
    assert of_page(client.get(article.get_absolute_url()).content.decode()) == expected()


def test_at_a_glance_and_on_paper(client, article):
    """What is printed is the page itself, so the headings stand in it twice."""
    markup = client.get(article.get_absolute_url()).content.decode()
    glance = re.search(r'<section class="glance".*?</section>', markup, re.DOTALL)[0]
    names = re.findall(r'<a href="#[^"]*"[^>]*><(?:span|bdi)[^>]*>[^<]*</\w+>(.*?)</a>', glance)
    assert [said(name) for name in names] == [heading for heading, _body in expected()]


def test_in_a_preview(client, article):
    article.sections.filter(heading="It keeps some awake").update(heading="It keeps us awake")
    link = PreviewLink.objects.make(article, by=None, days=1)
    found = of_page(client.get(link.get_absolute_url()).content.decode())
    assert [heading for heading, _body in found].count("It keeps us awake") == 1
    assert [body for _heading, body in found] == [body for _heading, body in expected()]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_in_feeds_of_xml(client, article, form):
    feed = feedparser.parse(client.get(f"/feed.{form}").content)
    assert not feed.bozo
    (entry,) = feed.entries
    whole = entry.content[0].value if "content" in entry else entry.summary
    assert in_order(said(whole))


def test_in_the_json_feed(client, article):
    (item,) = json.loads(client.get("/feed.json").content)["items"]
    assert in_order(said(item["content_html"]))


def test_in_json_ld(client, article):
    markup = client.get(article.get_absolute_url()).content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', markup, re.DOTALL)[1]
    lists = [node for node in json.loads(block)["@graph"] if node["@type"] == "ItemList"]
    items = [item for each in lists for item in each["itemListElement"]]
    assert [len(each["itemListElement"]) for each in lists] == [3, 2]
    assert [item["position"] for item in items] == [1, 2, 3, 1, 2]
    assert [(item["name"], item["description"]) for item in items] == expected()


def test_in_markdown(client, article):
    text = client.get(article.get_absolute_url().rstrip("/") + ".md").content.decode()
    body = text.split("---", 2)[2]
    assert in_order(said(MarkdownIt("commonmark").enable("table").render(body)))


def test_another_edition_changes_all_of_them(client, article):
    """The control: the tests above would see a difference."""
    article.sections.filter(heading="It warms & wakes").update(heading="Other")
    article.publish(by=None)
    addresses = [article.get_absolute_url(), "/feed.atom", "/feed.rss", "/feed.json"]
    addresses.append(article.get_absolute_url().rstrip("/") + ".md")
    for address in addresses:
        assert "warms &" not in html_module.unescape(client.get(address).content.decode())


def test_a_scheduled_edition_changes_none_of_them(client, article):
    article.sections.filter(heading="It warms & wakes").update(heading="Not yet")
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    for address in (article.get_absolute_url(), "/feed.atom", "/feed.json"):
        assert "Not yet" not in client.get(address).content.decode()
