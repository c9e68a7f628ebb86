"""Choosing and adding pictures in Chromium, with the keyboard and without JavaScript."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.desk import save

pytestmark = pytest.mark.browser

MAKE = """
from io import BytesIO
from PIL import Image as Drawing
from blog.images import CleanPicture
from blog.models import Article, Image, Person
out = BytesIO()
Drawing.new("RGB", (600, 400), "teal").save(out, "JPEG")
Image.objects.create(file=CleanPicture(out.getvalue(), name="p.jpg"), name={name!r}, alt="Steam")
article = Article.objects.create(title={name!r}, author=Person.objects.editorial_team())
article.refresh_digest()
print(article.pk)
"""
STORED = """
from blog.models import Article
article = Article.objects.get(pk={pk})
print(article.image and article.image.name, article.image_alt, article.image_decorative, sep="|")
"""


def drawn(color="red"):
    out = io.BytesIO()
    Image.new("RGB", (500, 300), color).save(out, "PNG")
    return {"name": "Red tea.png", "mimeType": "image/png", "buffer": out.getvalue()}


@pytest.fixture
def open_article(site, new_page, log_in):
    def go(name, **options):
        pk = site.shell(MAKE.format(name=name)).strip()
        page = log_in(new_page(**options), "editor")
        page.goto(f"/admin/blog/article/{pk}/change/")
        return page

    return go


def stored(site, page):
    pk = re.search(r"/article/(\d+)/", page.url)[1]
    return site.shell(STORED.format(pk=pk)).strip().split("|")


def test_a_picture_is_found_and_chosen_with_the_keyboard(site, open_article):
    page = open_article("A cup of oolong")
    opener = page.get_by_role("button", name="Choose a picture")
    opener.focus()
    page.keyboard.press("Enter")
    picker = page.get_by_role("dialog", name="Choose a picture")
    expect(picker.get_by_label("Search the pictures")).to_be_focused()
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("oolong")
    expect(picker.get_by_role("status")).to_have_text("Pictures found: 1")
    picker.get_by_role("radio", name="A cup of oolong").focus()
    page.keyboard.press("Space")
    words = picker.get_by_label("What it shows, in words")
    expect(words).to_have_value("Steam")
    words.fill("")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(picker.get_by_role("alert").filter(has_text="Say what the picture")).to_be_visible()
    words.fill("Steam over a cup")
    picker.get_by_role("button", name="Use this picture").click()
    expect(opener).to_be_focused()
    expect(page.locator(".picture-panel [data-chosen-picture] img")).to_be_visible()
    save(page)
    assert stored(site, page) == ["A cup of oolong", "Steam over a cup", "False"]


def test_an_answer_that_comes_late_leaves_the_focus_on_its_picture(open_article):
    page = open_article("A cup of lapsang")
    page.get_by_role("button", name="Choose a picture").click()
    picker = page.get_by_role("dialog", name="Choose a picture")
    expect(picker.get_by_role("status")).not_to_be_empty()
    held = []
    page.route(re.compile("q=lapsang"), lambda route: held.append(route))
    with page.expect_request(re.compile("q=lapsang")):
        picker.get_by_label("Search the pictures").fill("lapsang")
    expect(picker.get_by_role("status")).to_be_empty()
    radio = picker.get_by_role("radio", name="A cup of lapsang")
    radio.focus()
    held[0].continue_()
    expect(picker.get_by_role("status")).to_have_text("Pictures found: 1")
    expect(radio).to_be_focused()
    page.keyboard.press("Space")
    expect(picker.get_by_label("What it shows, in words")).to_have_value("Steam")
    # Opened again before the event of its closing.
    page.evaluate(
        "document.querySelector('#picture-picker').close();"
        "document.querySelector('[data-choose-picture]').click()"
    )
    radio.check(force=True)
    picker.get_by_role("button", name="Use this picture").click()
    expect(page.locator(".picture-panel [data-chosen-picture] img")).to_be_visible()


def test_a_file_is_added_at_once_and_the_form_carries_none(site, open_article, new_page):
    page = open_article("A cup of sencha")
    field = page.get_by_label("New picture")
    field.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"<svg/>"})
    sentence = page.get_by_role("alert").filter(has_text="not a picture that can be read")
    expect(sentence).to_be_visible()
    # The browser's own line about the answer 422.
    new_page.faults[:] = [fault for fault in new_page.faults if "422" not in fault]
    field.set_input_files(drawn())
    expect(
        page.locator(".picture-panel [data-chosen-picture]").get_by_text("Red tea")
    ).to_be_visible()
    expect(sentence).to_be_hidden()
    assert field.input_value() == ""
    page.get_by_label("Only decoration", exact=True).check()
    save(page)
    assert stored(site, page) == ["Red tea", "", "True"]
    page.get_by_role("button", name="Remove", exact=True).click()
    save(page)
    assert stored(site, page)[0] == "None"


def test_a_picture_is_added_within_the_picker(site, open_article):
    page = open_article("A cup of mate", width=390, height=844, touch=True, dark=True)
    page.get_by_role("button", name="Choose a picture").click()
    picker = page.get_by_role("dialog", name="Choose a picture")
    picker.get_by_label("Or add one from this device").set_input_files(drawn("blue"))
    expect(picker.get_by_role("radio", checked=True)).to_have_count(1)
    picker.get_by_label("What it shows, in words").fill("Blue")
    picker.get_by_role("button", name="Use this picture").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    save(page)
    assert stored(site, page)[1] == "Blue"


def test_without_javascript_there_is_a_list_and_a_file(site, open_article):
    page = open_article("A cup of rooibos", javascript=False)
    expect(page.get_by_role("button", name="Choose a picture")).to_be_hidden()
    page.get_by_label("From the library").select_option(label="A cup of rooibos")
    page.get_by_label("Picture in words").fill("Tea")
    save(page)
    assert stored(site, page) == ["A cup of rooibos", "Tea", "False"]
    page.get_by_label("New picture").set_input_files(drawn())
    save(page)
    assert stored(site, page)[1] == "Tea"


def test_the_picture_for_sharing_is_chosen_in_the_same_way(site, open_article):
    page = open_article("A cup of genmaicha")
    page.get_by_text("Search and sharing").click()
    page.get_by_role("button", name="Choose one for sharing").click()
    picker = page.get_by_role("dialog", name="Choose a picture")
    picker.get_by_label("Search the pictures").fill("genmaicha")
    expect(picker.get_by_role("status")).to_have_text("Pictures found: 1")
    picker.get_by_role("radio", name="A cup of genmaicha").check(force=True)
    picker.get_by_role("button", name="Use this picture").click()
    sharing = page.locator(".collapse [data-picture-panel]")
    expect(sharing.get_by_role("link", name="A cup of genmaicha")).to_be_visible()
    save(page)
    # The one at the top is another matter.
    assert stored(site, page)[:2] == ["None", ""]
    page.get_by_text("Search and sharing").click()
    expect(sharing.get_by_role("link", name="A cup of genmaicha")).to_be_visible()
    sharing.get_by_role("button", name="Remove").click()
    expect(sharing.get_by_role("link", name="A cup of genmaicha")).to_be_hidden()


def test_a_click_on_the_subject_fills_the_numbers(open_article):
    page = open_article("A cup of chai")
    page.goto("/admin/blog/image/?q=chai")
    page.get_by_role("link", name="A cup of chai").click()
    box = page.locator("[data-focus]").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    expect(page.get_by_label("Subject, from the left")).to_have_value("25")
    expect(page.get_by_label("Subject, from the top")).to_have_value("75")
    expect(page.locator("[data-focus] line").first).to_have_attribute("x1", "25%")
