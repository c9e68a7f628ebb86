"""An article as Markdown: whoever renders it reads the words of the page."""

import json
import random
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from markdown_it import MarkdownIt

from blog import html, markdown
from blog.characters import allowed
from tests import factories

READER = MarkdownIt("commonmark").enable("table")
PAGE = "http://testserver/articles/tea/"

# What means something in Markdown, in HTML or to a machine; and words between it.
PIECES = [
    *"\\`*_{}[]()<>#+-.!|~:=&\"'/1 23",
    "**", "__", "***", "```", "~~~", "---", "===", "- ", "* ", "+ ", "1. ", "2) ", "# ", "## ",
    "> ", "<b>", "</p>", "<!--", "&amp;", "&copy;", "&#65;", "[a](b)", "![a](b)", "[a]: b", "<http://x>",
    "http://example.org/a_b_c", "a@b.org", "|---|", ":-", "\\\\", "\u2028", "\u00a0", "\u200f",
    "😀", "شاي", "word", "C#", "3.5", "12)", "tea", " ", " ", "\t", "    ",
]  # fmt: skip


def said(markup):
    return html.plain(markup.replace("<br", " <br")).split()


def corpus():
    chance = random.Random(20180728)  # noqa: S311  (the same every time)
    for _number in range(1500):
        yield "".join(chance.choices(PIECES, k=chance.randint(1, 12)))


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_any_text_is_read_as_it_was_written():
    for text in corpus():
        for source in (f"# {markdown.inline(text)}", f"1. {markdown.inline(text)}"):
            assert said(READER.render(source)) == html.plain(escaped(text)).split(), text


@pytest.mark.parametrize(
    "form",
    [
        "<p>{}</p>",
        "<p>{}<br>{}</p>",
        "<p>{}<strong>{}</strong>{}</p>",
        "<p>{}<em>{}<strong>{}</strong></em>{}</p>",
        '<p>{}<a href="https://example.org/">{}</a>{}</p>',
        "<ul><li><p>{}</p><p>{}</p></li><li><ol><li>{}</li></ol></li></ul>",
        "<blockquote><p>{}</p></blockquote><p>{}</p>",
        "<h3>{}</h3><p>{}</p>",
        "<table><tbody><tr><th>{}</th><th>{}</th></tr>"
        "<tr><td>{}</td><td><p>{}</p><p>x</p></td></tr></tbody></table>",
    ],
)
def test_any_body_is_read_as_it_was_written(form):
    texts = list(corpus())
    count = form.count("{}")
    for number in range(0, 600, count):
        body = html.sanitize(form.format(*map(escaped, texts[number : number + count])))
        source = markdown.from_html(body, PAGE)
        assert said(READER.render(source)) == html.plain(allowed(body)).split(), source


def test_what_can_be_said_in_markdown_is():
    body = (
        "<p>A <strong>bold</strong> and <em>fine</em> word</p><h3>Why</h3><ul><li><p>One</p></li>"
        "<li><p>Two</p><ol><li><p>Deep</p></li></ol></li></ul><blockquote><p>Said</p></blockquote>"
    )
    assert markdown.from_html(body, PAGE) == (
        "A **bold** and *fine* word\n\n### Why\n\n- One\n- Two\n\n  1. Deep\n\n> Said"
    )


def test_marks_that_could_not_be_read_are_left_out():
    assert markdown.from_html("<p><strong>(so)</strong>what</p>", PAGE) == "(so)what"
    assert markdown.from_html("<p><strong>so </strong>what</p>", PAGE) == "**so** what"


def test_a_table_is_one_and_no_cell_moves():
    body = (
        '<table><tr><th>Cup</th><th colspan="2">Time | place</th></tr>'
        '<tr><td rowspan="2">Tea</td><td>Noon</td><td>Here</td></tr>'
        "<tr><td>Five</td><td>There</td></tr></table>"
    )
    assert markdown.from_html(body, PAGE).splitlines() == [
        "| Cup | Time \\| place |  |",
        "| --- | --- | --- |",
        "| Tea | Noon | Here |",
        "|  | Five | There |",
    ]


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("/topics/tea/", "http://testserver/topics/tea/"),
        ("#pro-1", f"{PAGE}#pro-1"),
        ("https://example.org/?a=1&amp;copy=2", "https://example.org/?a=1&amp;copy=2"),
        ("https://example.org/a_(b)*c*", "https://example.org/a_%28b%29*c*"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_lead_to_the_same_place(href, whole):
    rendered = READER.render(markdown.from_html(f'<p>see ![<a href="{href}">it</a></p>', PAGE))
    assert rendered == f'<p>see ![<a href="{whole}">it</a></p>\n'


def test_pictures_have_whole_addresses():
    body = (
        '<figure><img src="/media/images/a.jpg" alt="a ] b"><figcaption>Cup</figcaption></figure>'
    )
    assert markdown.from_html(body, PAGE) == (
        "![a \\] b](http://testserver/media/images/a.jpg)\n\nCup"
    )


# The page


@pytest.fixture
def article(db):
    row = factories.article(
        "Is tea good for you?",
        slug="tea",
        summary="Yes.\n\nIn most cups.",
        author=factories.person("Ada Example"),
        category=factories.category("Drinks"),
        date=date(2018, 7, 28),
        pros=["It *warms*"],
        cons=["It cools"],
    )
    point = row.sections.get(kind="pro")
    point.evidence, point.body = "strong", "<h3>Why</h3><p>Because 5 < 6 &amp; more.</p>"
    point.save()
    source = factories.source(
        row, "A review", type="review", url="https://example.org/r_1", publisher="The Press"
    )
    point.sources.add(source)
    row.refresh_digest()
    row.publish(by=None)
    return row


def fetch(client, path="/articles/tea.md"):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    return response.content.decode()


def front_matter(text):
    lines = text.split("---\n")[1].splitlines()
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines)}


def test_an_article_begins_with_what_it_is(client, article):
    values = front_matter(fetch(client))
    updated = article.editions.get().updated_on
    assert values == {
        "title": "Is tea good for you?",
        "url": PAGE,
        "author": "Ada Example",
        "published": "2018-07-28",
        "topic": "Drinks",
    } | ({"updated": updated.isoformat()} if updated else {})


def test_it_names_who_reviewed_it_and_when(client, db):
    article = factories.article("Tea", reviewer=factories.person("Rita"))
    factories.sign_off(article, signed_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    article.publish(by=None)
    values = front_matter(fetch(client))
    assert (values["reviewer"], values["reviewed"]) == ("Rita", "2026-03-01")


def test_an_article_has_the_order_of_its_page(client, article):
    body = fetch(client).split("---\n", 2)[2]
    assert body == (
        "\n# Is tea good for you?\n\nYes.\n\nIn most cups.\n\n"
        "## Pros\n\n### Pro 1: It \\*warms\\*\n\nEvidence: strong\n\n#### Why\n\n"
        "Because 5 \\< 6 \\& more.\n\nSource 1 review\n\n"
        "## Cons\n\n### Con 1: It cools\n\nSome words.\n\n"
        "## Sources\n\n"
        "1. A review. The Press. Review. [https://example.org/r\\_1](https://example.org/r_1)\n"
    )


def test_points_have_the_words_of_the_page(client, article):
    page = " ".join(said(client.get(article.get_absolute_url()).content.decode()))
    text = " ".join(said(READER.render(fetch(client).split("---\n", 2)[2])))
    for words in (
        "Pro 1: It *warms*",
        "Evidence: strong",
        "Why Because 5 < 6 & more.",
        "Con 1: It cools",
    ):
        assert words in text
        assert words in page


def test_hostile_text_stays_in_its_place(client, db):
    title = '"quoted"\n--- </script> \x01\x9f\u2028 # `x` 😀 شاي'
    article = factories.article(title, slug="tea", pros=["- [x](javascript:alert(1))"])
    article.publish(by=None)
    text = fetch(client)
    assert front_matter(text)["title"] == '"quoted" --- </script> # `x` 😀 شاي'
    rendered = READER.render(text.split("---\n", 2)[2])
    assert "<script" not in rendered
    assert "<a href" not in rendered
    assert "- [x](javascript:alert(1))" in " ".join(said(rendered))


def test_what_is_not_live_has_none(client, article):
    article.summary = "Changed at the desk."
    article.save()
    assert "Changed at the desk." not in fetch(client)
    article.unpublish(by=None)
    factories.article("Draft", slug="draft")
    for path in ("/articles/tea.md", "/articles/draft.md", "/articles/nothing.md"):
        assert client.get(path).status_code == 404
    assert client.post("/articles/tea.md").status_code == 405


def test_the_page_leads_to_it(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<link rel="alternate" type="text/markdown"' in page
    assert 'href="/articles/tea.md"' in page


def test_search_engines_are_told_that_the_page_is_what_counts(client, article):
    assert client.get("/articles/tea.md").headers["Link"] == f'<{PAGE}>; rel="canonical"'


def test_it_takes_two_queries(client, article):
    with CaptureQueriesContext(connection) as queries:
        fetch(client)
    assert len(queries) == 2
