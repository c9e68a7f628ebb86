"""No word is lost: saving by itself, without the server, without a login, beside a colleague."""

import re
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect

from tests.browser.desk import save
from tests.browser.test_desk import ADD, pk_of, section, stored

pytestmark = pytest.mark.browser

STATE = "#save-state"
TITLES = """
from blog.models import Article
print(list(Article.objects.filter(title__startswith={start!r}).values_list("title", "summary")))
"""


def says(page, words):
    expect(page.locator(STATE)).to_contain_text(words, timeout=12_000)


def saved(page):
    expect(page.locator(STATE)).to_have_attribute("data-state", "saved", timeout=12_000)
    expect(page.locator(STATE)).to_contain_text(re.compile(r"Saved \d\d:\d\d"))


def typed(page, name, text):
    page.get_by_role("group", name=name, exact=True).get_by_label("Text", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def autosaves(page, words):
    """Until these words are saved: a slow machine may save half of what is done meanwhile."""
    sent = quote_plus(words)

    def has_words(answer):
        return "/autosave/" in answer.url and answer.ok and sent in answer.request.post_data

    return page.expect_response(has_words)


def titles(site, start):
    return site.shell(TITLES.format(start=start))


def test_what_is_typed_is_saved_within_5_seconds_and_survives_killing_the_tab(
    site, new_page, log_in, make_article
):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Killed"))
    with autosaves(page, "A kept con"):
        page.get_by_label("Short answer", exact=True).fill("Kept summary.")
        typed(page, "Pro 1", " Kept words.")
        page.get_by_role("button", name="Add con here").last.click()
        section(page, "Con 2").get_by_label("Heading").fill("A kept con")
    saved(page)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(f"/admin/blog/article/{pk_of(page)}/change/")
    expect(again.get_by_label("Short answer", exact=True)).to_have_value("Kept summary.")
    rows = stored(site, again)
    assert ("pro", "pro point 1", "<p>Some <strong>strong</strong> words. Kept words.</p>") in rows
    assert [row[1] for row in rows if row[0] == "con"] == ["con point 2", "A kept con"]
    expect(again.locator("#kept-here")).to_be_hidden()


def test_a_new_article_saves_itself_once(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    with autosaves(page, "New and alone"):
        page.get_by_label("Title", exact=True).fill("New and alone")
    page.wait_for_url(re.compile(r"/article/\d+/change/"))
    page.get_by_role("button", name="Add pro here").last.click()
    with autosaves(page, "One pro"):
        section(page, "Pro 1").get_by_label("Heading").fill("One pro")
    saved(page)
    page.get_by_label("Title", exact=True).fill("New and alone, saved")
    save(page)
    assert titles(site, "New and alone").count("New and alone") == 1
    assert [row[:2] for row in stored(site, page)] == [("pro", "One pro")]


def test_while_the_server_is_stopped_the_text_is_kept_and_offered_with_a_difference(
    site, new_page, log_in, make_article
):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Stopped"))
    site.stop()
    try:
        page.get_by_label("Short answer", exact=True).fill("Typed without a server.")
        typed(page, "Con 1", " Offline words.")
        page.get_by_role("button", name="Add pro here").last.click()
        section(page, "Pro 2").get_by_label("Heading").fill("An offline pro")
        says(page, "Offline: kept in this browser")
        page.close(run_before_unload=False)
    finally:
        site.start()
        new_page.faults.clear()  # refused connections
    again = page.context.new_page()
    again.goto(f"/admin/blog/article/{pk_of(page)}/change/")
    expect(again.get_by_label("Short answer", exact=True)).to_have_value("")
    notice = again.locator("#kept-here")
    expect(notice).to_contain_text("This browser holds text that is not saved")
    notice.get_by_text("See the difference").click()
    expect(notice.locator("ins").first).to_contain_text("Typed without a server.")
    expect(notice).to_contain_text("Offline words.")
    with autosaves(again, "Typed without a server."):
        notice.get_by_role("button", name="Use it").click()
    saved(again)
    again.reload()
    expect(again.get_by_label("Short answer", exact=True)).to_have_value("Typed without a server.")
    rows = stored(site, again)
    assert (
        "con",
        "con point 2",
        "<p>Some <strong>strong</strong> words. Offline words.</p>",
    ) in rows
    assert ("pro", "An offline pro", "") in rows
    expect(again.locator("#kept-here")).to_be_hidden()


def test_when_the_server_comes_back_everything_is_saved_without_a_click(
    site, new_page, log_in, make_article
):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Back"))
    site.stop()
    try:
        page.get_by_label("Short answer", exact=True).fill("First.")
        says(page, "Offline")
        page.get_by_label("Short answer", exact=True).fill("Second.")
    finally:
        site.start()
    saved(page)
    with autosaves(page, "Third."):
        page.get_by_label("Short answer", exact=True).fill("Third.")
    page.reload()
    expect(page.get_by_label("Short answer", exact=True)).to_have_value("Third.")
    new_page.faults.clear()  # refused connections


def test_a_login_that_ended_loses_nothing(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    page.goto(make_article("Logged out"))
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Short answer", exact=True).fill("Typed after the session ended.")
    says(page, "Not saved: log in again")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log in, in a new tab").click()
    login = opened.value
    login.get_by_label("User name").fill("editor")
    login.get_by_label("Password").fill(site.passwords["editor"])
    login.get_by_role("button", name="Log in").click()
    login.wait_for_url("**/admin/")
    login.close()
    saved(page)
    # The form itself can be sent with the new login as well.
    save(page)
    expect(page.get_by_label("Short answer", exact=True)).to_have_value(
        "Typed after the session ended."
    )


def test_pressing_save_after_the_login_ended_loses_nothing(site, new_page, log_in, make_article):
    page = log_in(new_page(), "editor")
    address = make_article("Pressed")
    page.goto(address)
    page.get_by_label("Short answer", exact=True).fill("Typed and pressed.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("User name").fill("editor")
    page.get_by_label("Password").fill(site.passwords["editor"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**{address}")
    page.locator("#kept-here").get_by_role("button", name="Use it").click()
    saved(page)
    expect(page.get_by_label("Short answer", exact=True)).to_have_value("Typed and pressed.")


def test_two_editors_see_each_other_and_their_different_sections_merge(
    site, new_page, log_in, make_article
):
    address = make_article("Together", points=2)
    one, two = log_in(new_page(), "editor"), log_in(new_page(), "author")
    one.goto(address)
    two.goto(address)
    expect(one.locator("#presence")).to_contain_text("author has this article open", timeout=15_000)
    expect(two.locator("#presence")).to_contain_text("editor has this article open", timeout=15_000)
    with autosaves(one, "From one."):
        typed(one, "Pro 1", " From one.")
    with autosaves(two, "From two."):
        typed(two, "Con 1", " From two.")
    saved(two)
    save(one)
    save(two)
    bodies = [row[2] for row in stored(site, two)]
    assert sum("From one." in body for body in bodies) == 1
    assert sum("From two." in body for body in bodies) == 1
    two.goto("/admin/")
    expect(one.locator("#presence li")).to_have_count(0, timeout=15_000)


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("Yours", ["Two typed this."]),
        ("editor", ["One typed this."]),
        ("Both", ["Two typed this.", "One typed this."]),
    ],
)
def test_two_texts_for_one_section_are_shown_side_by_side_and_none_is_lost(
    site, new_page, log_in, make_article, choice, kept
):
    address = make_article("Conflict")
    one, two = log_in(new_page(), "editor"), log_in(new_page(), "author")
    one.goto(address)
    two.goto(address)
    with autosaves(one, "One typed this."):
        typed(one, "Pro 1", " One typed this.")
    saved(one)
    typed(two, "Pro 1", " Two typed this.")
    says(two, "Two texts for Pro 1")
    two.get_by_role("button", name="Look at both").click()
    expect(two.get_by_role("heading", name="Two texts for one part")).to_be_visible()
    expect(two.get_by_text("Two typed this.").first).to_be_visible()
    expect(two.get_by_text("One typed this.").first).to_be_visible()
    new_page.faults.clear()  # the console notes the status 409
    two.get_by_label(choice).first.check()
    two.get_by_role("button", name="Save this text").click()
    expect(two.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    body = next(row[2] for row in stored(site, two) if row[0] == "pro")
    assert [words for words in ("Two typed this.", "One typed this.") if words in body] == kept
    history = site.shell(
        "from blog.models import Version\n"
        f"print([v.data for v in Version.objects.filter(article={pk_of(two)})])"
    )
    assert "One typed this." in history
    assert "Two typed this." in history
