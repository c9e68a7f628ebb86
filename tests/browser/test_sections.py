"""The sections of an article in Chromium: by keyboard alone, by mouse and by touch."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import ADD, make_article, names, save, section, stored

pytestmark = pytest.mark.browser


def press_until(page, name, key="Tab", at_most=60):
    """Goes on with a key until the focus is on what has this accessible name."""
    for _step in range(at_most):
        label = page.evaluate(
            "(document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.textContent).trim()"
        )
        if label == name:
            return
        page.keyboard.press(key)
    pytest.fail(f"{name} is not reached with {key}.")


def test_an_article_with_4_pros_and_4_cons_is_written_and_published_by_keyboard_alone(
    site, new_page, log_in
):
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    keyboard = page.keyboard
    for _step in range(60):
        if page.evaluate("document.activeElement.id") == "id_title":
            break
        keyboard.press("Tab")
    keyboard.type("Should one write by keyboard?")
    keyboard.press("Enter")
    keyboard.type("For the most part, yes.")
    press_until(page, "Add pro here")
    keyboard.press("Enter")
    for number in range(1, 9):
        kind, place = ("pro", number) if number <= 4 else ("con", number - 4)
        keyboard.type(f"A {kind}, number {place}")
        keyboard.press("Enter")  # from the heading to the text
        keyboard.type(f"The words of {kind} {place}, and ")
        keyboard.press("Control+b")
        keyboard.type("strong")
        keyboard.press("Control+b")
        keyboard.type(" ones.")
        if number < 8:
            press_until(page, "Add pro here" if number < 4 else "Add con here")
            keyboard.press("Enter")
    press_until(page, "Publish", "Shift+Tab", at_most=300)
    keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    rows = stored(site, page)
    assert [row[0] for row in rows] == ["pro"] * 4 + ["con"] * 4
    assert rows[7][1:] == (
        "A con, number 4",
        "<p>The words of con 4, and <strong>strong</strong> ones.</p>",
    )
    page.get_by_role("link", name="View", exact=True).click()
    expect(page.get_by_role("heading", name="Con 4: A con, number 4")).to_be_visible()


def test_a_shortcut_adds_below_where_one_writes(new_page, log_in, site):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Shortcuts"))
    section(page, "Pro 1").get_by_label("Text", exact=True).click()
    page.keyboard.press("Control+Alt+c")
    expect(section(page, "Con 1").get_by_label("Heading")).to_be_focused()
    assert names(page) == ["Pro 1", "Con 1", "Con 2"]
    section(page, "Con 2").get_by_role("button", name=re.compile("^.?Con 2")).focus()
    page.keyboard.press("t")
    assert names(page) == ["Pro 1", "Con 1", "Con 2", "Text"]
    # In a field, a letter is a letter.
    page.keyboard.type("pct")
    expect(section(page, "Text").get_by_label("Heading")).to_have_value("pct")


def grip(page, name):
    return section(page, name).get_by_role("button", name="Reorder")


def swipe(page, start, end, steps=8):
    """A finger that goes from one point of the window to another; it is still down after that."""
    client = page.context.new_cdp_session(page)

    def send(kind, *points):
        client.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    send("touchStart", start)
    for step in range(1, steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        send("touchMove", (x, y))
    return lambda: send("touchEnd")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("outline", [True, False], ids=["outline", "cards"])
def test_a_finger_moves_a_section(site, new_page, log_in, outline):
    page = log_in(new_page(width=390, height=844, touch=True), "editor")
    page.goto(make_article(site, "Touch", points=2))
    if outline:
        page.get_by_role("button", name="Outline").tap()
    page.locator("#sections").scroll_into_view_if_needed()
    expect(grip(page, "Pro 2")).to_be_visible()
    grip(page, "Pro 1").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#pro-0').scrollIntoView({block: 'center'})")
    if outline:
        start, end = middle(grip(page, "Con 1")), middle(grip(page, "Pro 1"))
    else:
        page.evaluate("document.querySelector('#con-0 h3').scrollIntoView({block: 'center'})")
        x, y = start = middle(grip(page, "Con 1"))
        end = (x, y - 390)
    lift = swipe(page, start, (end[0], end[1] - 20))
    expect(page.locator(".drop-before")).to_have_count(1)
    expect(page.locator(".drag-ghost")).to_have_text("Con 1")
    lift()
    expect(page.locator("#desk-status")).to_have_text("Con 1 is now at place 1 of 4.")
    assert names(page) == ["Con 1", "Pro 1", "Pro 2", "Con 2"]
    save(page)
    assert [row[1] for row in stored(site, page)] == [
        "con point 2",
        "pro point 1",
        "pro point 3",
        "con point 4",
    ]


def test_a_finger_at_the_edge_scrolls_a_long_list(site, new_page, log_in):
    page = log_in(new_page(width=390, height=844, touch=True), "editor")
    page.goto(make_article(site, "Long", points=30))
    page.evaluate("document.querySelector('#pro-0').scrollIntoView({block: 'center'})")
    before = page.evaluate("scrollY")
    x, y = middle(grip(page, "Pro 1"))
    lift = swipe(page, (x, y), (x, 800))
    # So many pixels a frame, and a busy machine draws few of them.
    page.wait_for_function("far => scrollY > far", arg=before + 1500, timeout=30_000)
    lift()
    expect(page.locator("#desk-status")).to_have_text(re.compile("is now at place"))
    # It may have passed others of its side, and has another number then.
    assert page.locator("[data-card]").first.get_attribute("id") == "con-0"
    place = page.evaluate(
        "[...document.querySelectorAll('[data-card]')].findIndex((card) => card.id == 'pro-0')"
    )
    assert place > 15


def test_a_mouse_drags_a_section_and_escape_puts_it_back(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Mouse", points=2))
    page.get_by_role("button", name="Outline").click()
    x, y = middle(grip(page, "Pro 1"))
    target = middle(grip(page, "Con 2"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    expect(page.locator(".drag-ghost")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drag-ghost")).to_have_count(0)
    page.mouse.up()
    assert names(page) == ["Pro 1", "Con 1", "Pro 2", "Con 2"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(target[0], target[1] + 15, steps=6)
    expect(page.locator(".drop-after")).to_have_count(1)
    page.mouse.up()
    assert names(page) == ["Con 1", "Pro 1", "Con 2", "Pro 2"]
    expect(page.locator("#desk-status")).to_have_text("Pro 2 is now at place 4 of 4.")
    save(page)
    assert stored(site, page)[3][1] == "pro point 1"


def test_a_grip_works_by_keyboard(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Grip", points=2))
    grip(page, "Pro 1").focus()
    page.keyboard.press("Space")
    expect(grip(page, "Pro 1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#desk-status")).to_have_text(
        "Pro 1 picked up, at place 1 of 4. Arrow keys move it, Enter drops it, Escape puts it back."
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert names(page) == ["Con 1", "Pro 1", "Pro 2", "Con 2"]
    page.keyboard.press("Escape")
    expect(page.locator("#desk-status")).to_have_text("Pro 1 is back at place 1 of 4.")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-status")).to_have_text("Pro 1 dropped at place 2 of 4.")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Reorder")
    page.keyboard.press("ArrowDown")  # to the next one, which stays where it is
    save(page)
    assert [row[1] for row in stored(site, page)][:2] == ["con point 2", "pro point 1"]


def test_a_source_is_dragged(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Sources in order"))
    for number, title in enumerate(("First review", "Second review")):
        page.get_by_role("button", name="Add a source").click()
        page.locator(f"#sources-{number}").get_by_label("Title").fill(title)
    save(page)
    page.locator("#sources-1").scroll_into_view_if_needed()
    x, y = middle(page.locator("#sources-1 [data-grip]"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*middle(page.locator("#sources-0 [data-grip]")), steps=4)
    page.mouse.move(x, page.locator("#sources-0").bounding_box()["y"] + 4)
    expect(page.locator(".drop-before")).to_have_count(1)
    page.mouse.up()
    save(page)
    assert page.locator("#sources-0").get_by_label("Title").input_value() == "Second review"


def test_a_section_is_duplicated_with_all_that_is_in_it(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Twice"))
    page.get_by_role("button", name="Add a source").click()
    page.locator("#sources-0").get_by_label("Title").fill("Example review")
    save(page)
    card = section(page, "Pro 1")
    card.get_by_label("Example review").check()
    card.get_by_label("Strength of the evidence").select_option("Strong")
    card.get_by_label("Text", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And more.")
    card.get_by_role("button", name="Duplicate").click()
    copy = section(page, "Pro 2")
    expect(copy.get_by_label("Heading")).to_be_focused()
    expect(page.locator("#desk-status")).to_have_text(
        "Duplicated. Pro 2, at place 2 of 3, is the copy."
    )
    assert names(page) == ["Pro 1", "Pro 2", "Con 1"]
    expect(copy.get_by_label("Example review")).to_be_checked()
    expect(copy.get_by_label("Strength of the evidence")).to_have_value("strong")
    copy.get_by_label("Heading").fill("The copy")
    save(page)
    rows = stored(site, page)
    assert [row[1] for row in rows] == ["pro point 1", "The copy", "con point 2"]
    assert rows[0][2] == rows[1][2] == "<p>Some <strong>strong</strong> words. And more.</p>"
    expect(section(page, "Pro 2").get_by_label("Example review")).to_be_checked()


def test_sixty_sections_are_reordered_and_published(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto(make_article(site, "Sixty", points=30))
    expect(page.get_by_role("button", name="Outline")).to_have_attribute("aria-pressed", "true")
    assert page.locator("[data-cards=sections] .ProseMirror").count() == 0
    section(page, "Con 30").get_by_role("button", name="Move up").click()
    grip(page, "Pro 1").focus()
    page.keyboard.press("Alt+ArrowDown")
    # Only what moved is sent with another number.
    changed = page.evaluate(
        "[...document.querySelectorAll('[data-ordering]')]"
        ".filter((input) => input.value != input.defaultValue).length"
    )
    assert changed <= 4
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    rows = [row[1] for row in stored(site, page)]
    assert rows[:2] == ["con point 2", "pro point 1"]
    assert rows[58:] == ["con point 60", "pro point 59"]
    page.get_by_role("button", name="Outline").click()
    assert page.locator("[data-card].open").count() == 60
    expect(section(page, "Con 1").get_by_label("Text", exact=True)).to_be_visible()
    assert page.locator("[data-cards=sections] .ProseMirror").count() < 30
