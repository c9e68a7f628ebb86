"""Findings beside the form: each link opens what hides its field and puts the cursor there."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MAKE = """
from tests import factories
article = factories.article("Findings", pros=[f"Pro {n}" for n in range(14)])
article.sections.filter(heading="Pro 9").update(body="<p> </p>")
article.sections.filter(heading="Pro 3").update(heading="")
article.refresh_digest()
print(article.pk)
"""


@pytest.fixture(scope="module")
def address(site):
    return f"/admin/blog/article/{site.shell(MAKE).strip()}/change/"


def test_a_finding_opens_the_card_and_focuses_its_field(new_page, log_in, address):
    page = new_page()
    log_in(page, "editor")
    page.goto(address)
    page.wait_for_selector("[data-share]")
    assert not page.locator("#pro-3").evaluate("card => card.classList.contains('open')")
    page.get_by_role("link", name="Pro 4 has no heading.").click()
    expect(page.locator("#id_pro-3-heading")).to_be_focused()
    page.get_by_role("link", name="Pro 10 has no text.").click()
    expect(page.locator("#pro-9 .ProseMirror")).to_be_focused()


def test_a_link_from_another_page_arrives_there_too(new_page, log_in, address):
    page = new_page()
    log_in(page, "editor")
    page.goto(address.replace("change", "review"))
    page.get_by_role("link", name="Pro 10 has no text.").click()
    expect(page.locator("#pro-9 .ProseMirror")).to_be_focused()


def test_the_links_of_a_refusal_lead_there_as_well(new_page, log_in, address):
    page = new_page(width=390)
    log_in(page, "editor")
    page.goto(address)
    page.get_by_role("button", name="Publish").click()
    page.locator(".messagelist a", has_text="Pro 10 has no text.").click()
    expect(page.locator("#pro-9 .ProseMirror")).to_be_focused()
