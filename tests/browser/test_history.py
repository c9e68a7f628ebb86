"""Comparing, restoring and the trash in a browser; without JavaScript as well."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MAKE = """
from blog.models import Article, Person, Section
article = Article.objects.create(title={title!r}, author=Person.objects.editorial_team())
for number, kind in enumerate(["pro", "con"], 1):
    Section.objects.create(
        article=article, kind=kind, heading=kind, body="<p>Some words.</p>", ordering=10 * number
    )
article.refresh_digest()
article.publish(by=None)
article.sections.filter(kind="con").update(body="<p>Other words.</p>")
article.title += " changed"
article.save()
article.refresh_digest()
print(article.pk)
"""


@pytest.fixture
def article(site):
    """The address of the form of one that is live with two changes."""

    def make(title):
        return f"/admin/blog/article/{site.shell(MAKE.format(title=title)).strip()}/change/"

    return make


def test_the_keys_jump_from_change_to_change(new_page, log_in, article):
    page = log_in(new_page(), "editor")
    page.goto(article("Keys"))
    page.get_by_role("link", name="Compare with live", exact=True).click()
    expect(page.locator("[data-change]")).to_have_count(2)
    page.wait_for_load_state()  # until then nothing listens to keys
    title, section = page.locator("[data-change]").all()
    expect(title.locator(".new ins")).to_have_text("changed")
    expect(section.locator(".old del")).to_have_text("Some")
    expect(section.locator(".new del")).to_be_hidden()
    for key, change in (("n", title), ("n", section), ("n", section), ("p", title)):
        page.keyboard.press(key)
        expect(change).to_be_focused()
    page.get_by_role("link", name="Inline").click()
    expect(page.locator(".new del").last).to_be_visible()
    expect(page.locator(".old").first).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_edition_is_restored_and_the_article_trashed_without_javascript(
    new_page, log_in, article, width
):
    page = log_in(new_page(javascript=False, width=width), "editor")
    page.goto(article(f"Plain {width}"))
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("2 changes:")).to_be_visible()
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert over <= 0
    page.get_by_role("link", name="Restore", exact=True).click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("The working copy is Edition 1 again.")).to_be_visible()
    page.get_by_role("link", name="Move to the trash").click()
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("link", name="Open the trash").click()
    page.get_by_role("link", name=f"Plain {width}", exact=True).click()
    page.get_by_role("button", name="Take out of the trash").click()
    expect(page.get_by_text("is back as it was.")).to_be_visible()
