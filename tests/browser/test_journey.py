"""The whole way, as people go it: write, publish, read, comment, approve, and everyone sees it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def write_with_script(page, title):
    page.goto("/admin/blog/article/add/")
    page.get_by_label("Title", exact=True).fill(title)
    for kind, name in (("pro", "Pro 1"), ("con", "Con 1")):
        page.get_by_role("button", name=f"Add {kind} here").last.click()
        card = page.get_by_role("group", name=name, exact=True)
        card.get_by_label("Heading", exact=True).fill(f"The {kind} of it")
        card.get_by_label("Text", exact=True).click()
        page.keyboard.type(f"What speaks as a {kind}.")
    page.get_by_role("button", name="Publish", exact=True).click()


def write_without_script(page, title):
    page.goto("/admin/blog/article/add/")
    page.get_by_label("Title", exact=True).fill(title)
    for kind in ("pro", "con"):
        page.get_by_role("button", name=f"Add {kind}", exact=True).click()
        page.locator(f"[name={kind}-0-heading]").fill(f"The {kind} of it")
        page.locator(f"[name={kind}-0-body]").fill(f"What speaks as a {kind}.")
    page.get_by_role("button", name="Publish", exact=True).click()


def send_comment(page, text):
    page.get_by_label("Comment", exact=True).fill(text)
    page.get_by_label("Your name", exact=True).fill("Robin Reader")
    page.get_by_label("E-mail", exact=True).fill("robin@example.org")
    page.get_by_role("button", name="Send comment", exact=True).click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("width", [1440, 390])
def test_from_an_empty_form_to_an_approved_comment(new_page, log_in, javascript, width):
    title = f"Is walking good for you? {javascript} {width}"
    words = f"I walk every day. {javascript} {width}"

    def open_page():
        return new_page(javascript=javascript, width=width)

    desk = log_in(open_page(), "editor")
    (write_with_script if javascript else write_without_script)(desk, title)
    expect(desk.get_by_text("Published. Readers see edition 1")).to_be_visible()

    reader = open_page()
    reader.goto("/")
    reader.get_by_role("link", name=title).first.click()
    expect(reader.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(reader.get_by_role("heading", name="Pro 1: The pro of it")).to_be_visible()
    expect(reader.get_by_text("What speaks as a con.")).to_be_visible()
    article = reader.url
    send_comment(reader, words)
    expect(reader.get_by_text("Held for a moderator")).to_be_visible()
    status = reader.url
    assert reader.context.cookies() == []

    somebody = open_page()
    somebody.goto(article)
    expect(somebody.get_by_role("heading", name="Comments (0)")).to_be_visible()
    expect(somebody.get_by_text(words)).to_have_count(0)

    moderator = log_in(open_page(), "moderator")
    moderator.goto("/admin/comments/comment/")
    moderator.get_by_role("link", name=words).first.click()
    moderator.get_by_role("button", name="Approve", exact=True).click()
    expect(moderator.get_by_text(re.compile("approved", re.IGNORECASE)).first).to_be_visible()

    somebody.reload()
    expect(somebody.get_by_role("heading", name="Comments (1)")).to_be_visible()
    expect(somebody.locator("article.comment").get_by_text(words)).to_be_visible()
    expect(somebody.get_by_text("robin@example.org")).to_have_count(0)
    reader.goto(status)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Your comment is approved")


def test_errors_keep_what_was_typed_and_lead_to_the_field(site, new_page):
    site.manage("seed_demo", "--force", "--verbosity", "0")
    page = new_page(width=390)
    page.goto("/articles/standing-desks/")
    page.get_by_label("Comment", exact=True).fill("Words that must not get lost.")
    page.get_by_label("E-mail", exact=True).fill("no address")
    page.get_by_role("button", name="Send comment").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Words that must not get lost.")
    page.get_by_role("alert").get_by_role("link", name=re.compile("name@example.org")).click()
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    # The browser reports the answer 422 as a line in its console.
    assert [fault for fault in new_page.faults if "422" not in fault] == []
    new_page.faults.clear()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_public_page_scrolls_sideways_or_breaks_its_policy(site, new_page, width, dark):
    site.manage("seed_demo", "--force", "--verbosity", "0")
    page = new_page(width=width, dark=dark)
    for path in (
        "/",
        "/articles/social-media-in-healthcare/",
        "/articles/social-media-in-healthcare/comment/",
        "/topics/digital-health/",
        "/people/ada-example/",
        "/how-we-work/",
    ):
        page.goto(path)
        inner, outer = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert inner <= outer, path
