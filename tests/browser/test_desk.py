"""The article form in Chromium, with JavaScript and without it."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import save

pytestmark = pytest.mark.browser

ADD = "/admin/blog/article/add/"
SECTIONS = """
import json
from blog.models import Article
sections = Article.objects.get(pk={pk}).sections.values_list("kind", "heading", "body")
print(json.dumps(list(sections)))
"""


def pk_of(page):
    return re.search(r"/article/(\d+)/", page.url)[1]


def stored(site, page):
    rows = json.loads(site.shell(SECTIONS.format(pk=pk_of(page))))
    return [tuple(row) for row in rows]


def section(page, name):
    return page.get_by_role("group", name=name, exact=True)


def names(page):
    return page.locator("[data-cards=sections] [data-name]").all_inner_texts()


def write(page, name, heading, text):
    card = section(page, name)
    card.get_by_label("Heading", exact=True).fill(heading)
    card.get_by_label("Text", exact=True).click()
    page.keyboard.type(text)


def test_an_article_is_written_with_the_mouse_and_published(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    page.get_by_label("Title", exact=True).fill("Is tea good for you?")
    page.get_by_role("button", name="Add pro here").last.click()
    expect(section(page, "Pro 1").get_by_label("Heading")).to_be_focused()
    write(page, "Pro 1", "It warms", "Very much.")
    page.get_by_role("button", name="Add con here").last.click()
    write(page, "Con 1", "It cools", "After a while.")
    # Between the two.
    page.get_by_role("button", name="Add text here").nth(1).click()
    write(page, "Text", "Half time", "And now the rest.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    assert stored(site, page) == [
        ("pro", "It warms", "<p>Very much.</p>"),
        ("text", "Half time", "<p>And now the rest.</p>"),
        ("con", "It cools", "<p>After a while.</p>"),
    ]
    page.get_by_role("link", name="View", exact=True).click()
    expect(page.get_by_role("heading", name="Is tea good for you?")).to_be_visible()
    expect(page.get_by_text("Very much.")).to_be_visible()


def test_an_article_is_written_without_a_mouse(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.type("By keyboard")
    page.get_by_role("button", name="Add pro here").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("It warms")
    page.keyboard.press("Tab")  # the toolbar
    page.keyboard.press("Tab")
    page.keyboard.type("Very much.")
    for _ in range(20):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        if label == "Add con here":
            break
    page.keyboard.press("Enter")
    page.keyboard.type("It cools")
    save_by_key(page)
    assert [row[:2] for row in stored(site, page)] == [("pro", "It warms"), ("con", "It cools")]
    assert stored(site, page)[0][2] == "<p>Very much.</p>"


def save_by_key(page):
    with page.expect_event("load"):
        page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_sections_move_with_their_numbers_and_keep_the_focus(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Moving", points=2))
    assert names(page) == ["Pro 1", "Con 1", "Pro 2", "Con 2"]
    down = section(page, "Pro 1").get_by_role("button", name="Move down")
    down.click()
    down_again = page.locator(":focus")
    expect(down_again).to_have_attribute("aria-label", "Move down")
    expect(page.locator("#desk-status")).to_have_text("Pro 1 is now at place 2 of 4.")
    page.keyboard.press("Enter")
    assert names(page) == ["Con 1", "Pro 1", "Pro 2", "Con 2"]
    headings = page.locator("[data-cards=sections] [name$=-heading]")
    assert headings.nth(1).input_value() == "pro point 3"
    # The shortcut on the name of a section.
    section(page, "Con 2").get_by_role("button", name=re.compile("Con 2")).focus()
    page.keyboard.press("Alt+ArrowUp")
    assert names(page) == ["Con 1", "Pro 1", "Con 2", "Pro 2"]
    save(page)
    assert [row[1] for row in stored(site, page)] == [
        "con point 2",
        "pro point 3",
        "con point 4",
        "pro point 1",
    ]


def test_the_ends_of_the_list_have_no_way_on(new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Ends"))
    expect(section(page, "Pro 1").get_by_role("button", name="Move up")).to_be_disabled()
    expect(section(page, "Con 1").get_by_role("button", name="Move down")).to_be_disabled()
    section(page, "Pro 1").get_by_role("button", name="Move down").click()
    # The button that was pressed is off now; the focus is on its neighbour.
    expect(section(page, "Pro 1").get_by_role("button", name="Move up")).to_be_focused()


def test_a_section_is_dragged_to_another_place(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Dragging"))
    page.get_by_role("button", name="Outline").click()
    page.locator("#pro-0 .grip").drag_to(
        page.locator("#con-0 h3"), target_position={"x": 60, "y": 40}
    )
    save(page)
    assert [row[0] for row in stored(site, page)] == ["con", "pro"]


def test_a_deleted_section_comes_back_with_undo_and_goes_with_saving(
    site, new_page, log_in, make_article
):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Deleting", points=2))
    section(page, "Pro 1").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert names(page) == ["Pro", "Con 1", "Pro 1", "Con 2"]
    page.keyboard.press("Enter")
    assert names(page) == ["Pro 1", "Con 1", "Pro 2", "Con 2"]
    section(page, "Con 1").get_by_role("button", name="Delete").click()
    # A new one that is deleted again never gets there.
    page.get_by_role("button", name="Add pro here").last.click()
    section(page, "Pro 3").get_by_label("Heading").fill("Never mind")
    section(page, "Pro 3").get_by_role("button", name="Delete").click()
    save(page)
    assert [row[1] for row in stored(site, page)] == ["pro point 1", "pro point 3", "con point 4"]


def test_sections_close_and_open(new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Closing"))
    card = section(page, "Pro 1")
    collapse = card.get_by_role("button", name="Collapse")
    expect(collapse).to_have_attribute("aria-expanded", "true")
    collapse.click()
    expect(collapse).to_have_attribute("aria-expanded", "false")
    expect(card.get_by_label("Heading")).to_be_hidden()
    page.get_by_role("button", name="Outline").click()
    expect(section(page, "Con 1").get_by_label("Heading")).to_be_hidden()
    page.get_by_role("button", name="Outline").click()
    expect(card.get_by_label("Heading")).to_be_visible()


def test_a_long_article_opens_as_an_outline_and_can_be_edited(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Long", points=30))
    assert page.locator(".ProseMirror").count() < 5
    section(page, "Con 30").get_by_role("button", name=re.compile("Con 30")).click()
    write(page, "Con 30", "The last one", "More. ")
    save(page)
    rows = stored(site, page)
    assert len(rows) == 60
    assert rows[-1][1] == "The last one"
    assert "More." in rows[-1][2]


def test_words_are_made_bold_quoted_and_linked(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    page.get_by_label("Title", exact=True).fill("Formats")
    page.get_by_role("button", name="Add text here").last.click()
    card = section(page, "Text")
    card.get_by_label("Text", exact=True).click()
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    card.get_by_role("button", name="Bulleted list").click()
    page.keyboard.type("two")
    page.keyboard.press("Control+a")
    card.get_by_role("button", name="Bold").click()
    expect(card.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="Link").click()
    page.get_by_label("URL").fill("https://example.org/")
    page.get_by_role("button", name="Update").click()
    expect(card.get_by_role("link", name="two")).to_be_visible()
    save(page)
    one, two = stored(site, page)[0][2].split("<ul>")
    assert re.fullmatch(r'<p><a href="https://example.org/"[^>]*><strong>one</strong></a></p>', one)
    assert two.startswith("<li><p><a ")
    assert two.endswith("><strong>two</strong></a></p></li></ul>")


def test_a_source_is_added_and_cited(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Sources"))
    page.get_by_role("button", name="Add a source").click()
    page.locator("#sources-0").get_by_label("Title").fill("Example review")
    save(page)
    section(page, "Pro 1").get_by_label("Example review").check()
    save(page)
    expect(section(page, "Pro 1").get_by_label("Example review")).to_be_checked()


def test_an_error_leads_to_its_field_and_loses_nothing(new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Errors"))
    page.get_by_label("Title", exact=True).fill("")
    write(page, "Pro 1", "Typed", "Also typed. ")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_role("link", name="Go live on: Choose the day and the time to go live.").click()
    expect(page.get_by_label("Go live on")).to_be_focused()
    expect(section(page, "Pro 1").get_by_label("Heading")).to_have_value("Typed")
    expect(section(page, "Pro 1").get_by_label("Text", exact=True)).to_contain_text("Also typed.")


def test_without_javascript_an_article_is_written_and_published(site, new_page, log_in):
    page = log_in(new_page(javascript=False), "editor")
    page.goto(ADD)
    for name in ("Move up", "Add pro here", "Collapse", "Outline"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_label("Title", exact=True).fill("Without a script")
    page.get_by_role("button", name="Add pro").click()
    page.get_by_label("Heading").fill("It warms")
    page.get_by_label("Text", exact=True).fill("Very much.\n\nIndeed.")
    page.get_by_role("button", name="Add con").click()
    card = section(page, "Con 1")
    card.get_by_label("Heading").fill("It cools")
    card.get_by_label("Text", exact=True).fill("Soon.")
    # First in the order, by its number.
    card.get_by_label("Place").fill("5")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published. Readers see edition 1")).to_be_visible()
    assert stored(site, page) == [
        ("con", "It cools", "<p>Soon.</p>"),
        ("pro", "It warms", "<p>Very much.</p>\n\n<p>Indeed.</p>"),
    ]
    section(page, "Con 1").get_by_label("Delete on saving").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Readers still see edition 1")).to_be_visible()
    assert [row[0] for row in stored(site, page)] == ["pro"]


def test_with_javascript_the_plain_controls_are_not_there(new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Plain"))
    expect(page.get_by_role("button", name="Add pro", exact=True)).to_have_count(0)
    expect(page.get_by_label("Place").first).to_be_hidden()
    expect(page.get_by_label("Delete on saving").first).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_the_desk_scrolls_sideways(new_page, log_in, make_article, width, dark):
    page = log_in(new_page(width=width, dark=dark), "editor")
    article = make_article("A long title that goes on for quite a while " * 3, points=2)
    for url in (
        "/admin/",
        "/admin/blog/article/",
        ADD,
        article,
        article.replace("change", "delete"),
        article.replace("change", "history"),
        "/admin/blog/person/add/",
        "/admin/blog/tag/",
        "/admin/password_change/",
    ):
        page.goto(url)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, url


def test_the_theme_is_switched_and_kept(new_page, log_in):
    page = log_in(new_page(), "editor")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Theme: as the system. Change").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/admin/blog/article/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_reviewer_reads_without_a_fault(new_page, log_in, make_article):
    page = log_in(new_page(), "reviewer")
    page.goto(make_article("To be read"))
    expect(section(page, "Pro 1").get_by_role("paragraph").last).to_have_text("Some strong words.")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.locator(".ProseMirror")).to_have_count(0)


def test_no_page_asks_another_server_for_anything(site, new_page, log_in, make_article):
    page = new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    log_in(page, "editor")
    page.goto(make_article("Requests"))
    assert not [url for url in asked if not url.startswith((site.url, "data:", "blob:"))]
