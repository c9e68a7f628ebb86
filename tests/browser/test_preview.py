"""The preview beside the form and in a tab, and a scheduled change on a server without a worker."""

import re
import time
import urllib.request
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.browser.desk import press

pytestmark = pytest.mark.browser

ADD = "/admin/blog/article/add/"
MARK = re.compile("<!-- preview -->.*?<!-- /preview -->", re.DOTALL)
# The planned change comes in some seconds instead of next year.
HURRY = """
from datetime import timedelta
from django.utils import timezone
from blog.models import Article
article = Article.objects.get(pk={pk})
planned = article.editions.scheduled().get()
live = article.editions.live().get()
due = timezone.now() + timedelta(seconds=6)
article.editions.filter(pk=live.pk).update(live_until=due)
article.editions.filter(pk=planned.pk).update(live_from=due)
print(due.isoformat())
"""


def title(page):
    return page.locator("#id_title")


def preview_button(page):
    return page.get_by_role("button", name="Preview", exact=True)


def shown(page):
    """The frame of the pane, once it is there."""
    frame = page.locator("#preview-pane iframe:not(.waiting)")
    expect(frame).to_have_count(1)
    return frame.element_handle().content_frame()


def in_pane(page):
    return page.frame_locator("#preview-pane iframe:not(.waiting)")


def add_point(page, kind, heading, text):
    page.get_by_role("button", name=f"Add {kind} here").last.click()
    card = page.locator(f"[data-card][data-kind={kind}]").last
    card.get_by_label("Heading", exact=True).fill(heading)
    card.get_by_label("Text", exact=True).click()
    page.keyboard.type(text)


def write_article(page, name):
    page.goto(ADD)
    title(page).fill(name)
    add_point(page, "pro", "It warms", "Very much.")
    add_point(page, "con", "It cools", "After a while.")


def test_a_preview_equals_its_publication(new_page, log_in):
    page = log_in(new_page(), "editor")
    write_article(page, "Is mint tea good for you?")
    preview_button(page).click()
    expect(in_pane(page).get_by_text("Readers do not see this yet.")).to_be_visible()
    expect(in_pane(page).get_by_text("After a while.")).to_be_visible()
    seen, marks = MARK.subn("", shown(page).content())
    assert marks == 2
    press(page, "Publish", "Published.")
    page.get_by_role("link", name="View", exact=True).click()
    expect(page.get_by_role("heading", name="Is mint tea good for you?")).to_be_visible()
    # Its scripts have done their part, as they have in the frame.
    page.wait_for_load_state()
    assert page.content() == seen


def test_the_pane_follows_what_is_typed_and_shows_three_widths(new_page, log_in):
    page = log_in(new_page(), "editor")
    write_article(page, "First words")
    entries = page.evaluate("history.length")
    preview_button(page).click()
    expect(preview_button(page)).to_have_attribute("aria-expanded", "true")
    expect(in_pane(page).get_by_role("heading", name="First words")).to_be_visible()
    for name, width in (("Tablet", 768), ("Desktop", 1280), ("Phone", 390)):
        button = page.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert shown(page).evaluate("innerWidth") == width
    shown(page).evaluate("scrollTo(0, 200)")
    title(page).fill("Other words")
    expect(in_pane(page).get_by_role("heading", name="Other words")).to_have_count(1)
    assert shown(page).evaluate("scrollY") == 200
    # The rich text counts as typing as well.
    page.locator("[data-kind=con]").last.get_by_label("Text", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And so on.")
    expect(in_pane(page).get_by_text("And so on.")).to_have_count(1)
    assert page.evaluate("history.length") == entries
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#preview-pane")).to_be_hidden()
    expect(page.locator("#preview-pane iframe")).to_have_count(0)


def test_the_pane_is_opened_and_closed_by_keys(new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    title(page).fill("By keys")
    page.keyboard.press("Control+Shift+P")
    expect(in_pane(page).get_by_role("heading", name="By keys")).to_be_visible()
    expect(title(page)).to_be_focused()
    page.keyboard.press("Control+Shift+P")
    expect(page.locator("#preview-pane")).to_be_hidden()
    preview_button(page).press("Enter")
    page.get_by_role("button", name="Tablet", exact=True).focus()
    page.keyboard.press("Escape")
    expect(page.locator("#preview-pane")).to_be_hidden()
    expect(preview_button(page)).to_be_focused()


def test_on_a_phone_the_pane_covers_the_form(new_page, log_in):
    page = log_in(new_page(width=390, touch=True), "editor")
    page.goto(ADD)
    title(page).fill("On a phone")
    preview_button(page).click()
    expect(in_pane(page).get_by_role("heading", name="On a phone")).to_be_visible()
    assert page.locator("#preview-pane").bounding_box()["width"] == 390
    close = page.get_by_role("button", name="Close", exact=True)
    expect(close).to_be_focused()
    assert page.locator("#article_form").evaluate("form => form.inert")
    close.click()
    expect(preview_button(page)).to_be_focused()
    assert not page.locator("#article_form").evaluate("form => form.inert")


def test_a_new_tab_shows_it_and_sends_no_comment(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    write_article(page, "In a tab")
    preview_button(page).click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open in a new tab").click()
    tab = opened.value
    expect(tab.get_by_role("heading", name="In a tab")).to_be_visible()
    tab.get_by_label("Comment", exact=True).fill("Too early.")
    tab.get_by_label("Your name").fill("Ada")
    with tab.expect_console_message(lambda message: "form-action" in message.text):
        # A click would wait for the page that never comes.
        tab.get_by_role("button", name="Send comment").dispatch_event("click")
    assert tab.url.endswith("/admin/blog/article/add/preview/")
    assert title(page).input_value() == "In a tab"
    new_page.faults.clear()
    assert "In a tab" not in site.shell(
        "from blog.models import Article\nprint(Article.objects.all())"
    )


def test_without_javascript_the_button_opens_a_tab(new_page, log_in):
    page = log_in(new_page(javascript=False), "editor")
    page.goto(ADD)
    title(page).fill("Without a script")
    with page.context.expect_page() as opened:
        preview_button(page).click()
    expect(opened.value.get_by_role("heading", name="Without a script")).to_be_visible()
    expect(opened.value.get_by_text("Readers do not see this yet.")).to_be_visible()


def test_a_login_that_ended_is_said_in_the_pane(new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    title(page).fill("Kept words")
    page.context.clear_cookies(name="sessionid")
    preview_button(page).click()
    expect(page.locator("[data-failed]")).to_contain_text("The preview cannot be shown.")
    expect(page.locator("[data-failed]")).to_be_visible()
    assert title(page).input_value() == "Kept words"
    new_page.faults.clear()


def test_a_scheduled_change_comes_at_its_moment_without_a_worker(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    write_article(page, "Morning tea")
    press(page, "Publish", "Published.")
    title(page).fill("Evening tea")
    page.get_by_label("Go live on").fill(f"{datetime.now().year + 1}-05-04T07:00")  # noqa: DTZ005
    press(page, "Schedule", "Scheduled.")
    expect(page.get_by_role("button", name="Cancel the schedule")).to_be_visible()
    expect(page.get_by_text("Time zone: Europe/London.").first).to_be_visible()
    pk = re.search(r"/article/(\d+)/", page.url)[1]
    address = page.get_by_role("link", name="View", exact=True).get_attribute("href")
    due = datetime.fromisoformat(site.shell(HURRY.format(pk=pk)).strip()).timestamp()
    answers = []
    while time.time() < due + 1.5:
        asked = time.time()
        with urllib.request.urlopen(site.url + address) as response:  # noqa: S310
            text = response.read().decode()
        answers.append((asked, time.time(), "Evening tea" in text, "Morning tea" in text))
    early = [new for asked, answered, new, _old in answers if answered < due]
    late = [old for asked, _answered, _new, old in answers if asked >= due]
    assert early
    assert late
    assert not any(early)
    assert not any(late)
    assert all(new != old for _asked, _answered, new, old in answers)
    page.reload()
    press(page, "Unpublish", "Unpublished.")
    new_page.faults.clear()
    assert page.request.get(address).status == 404
