"""Takes the pictures of docs/guide.md anew: `make guide`. Needs a Chromium and the tests' packages.

It starts a site of its own with the demo, so the pictures show no real article and no real person.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import SWITCHES, find_chromium, serve

FOLDER = Path(__file__).parent / "guide"
SIZE = {"width": 1280, "height": 800}
LAST = "from blog.models import Article; print(Article.objects.get(slug={slug!r}).pk)"


def log_in(browser, site, name):
    page = browser.new_context(base_url=site.url, viewport=SIZE, locale="en-GB").new_page()
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(site.passwords[name])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    return page


def take(page, name):
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


def write(page, text):
    page.locator("#pro-0").scroll_into_view_if_needed()
    page.locator("#pro-0 .ProseMirror").click()
    page.keyboard.press("Control+End")
    with page.expect_response(lambda answer: "/autosave/" in answer.url):
        page.keyboard.type(text)


def pictures(browser, site):
    pk = site.shell(LAST.format(slug="step-counters")).strip()
    address = f"/admin/blog/article/{pk}"
    editor = log_in(browser, site, "editor")
    take(editor, "desk")
    editor.goto(f"{address}/change/")
    take(editor, "form")
    editor.goto(f"{address}/compare/?from=live&to=draft")
    take(editor, "compare")
    editor.goto(f"{address}/review/")
    take(editor, "review")
    editor.goto(f"{address}/change/")
    editor.get_by_role("button", name="Preview", exact=True).click()
    editor.wait_for_timeout(1500)
    take(editor, "preview")
    editor.goto(f"{address}/change/")
    author = log_in(browser, site, "author")
    author.goto(f"{address}/change/")
    write(editor, " Wear it for a week before you decide.")
    write(author, " Wear it on working days alone.")
    author.get_by_role("button", name="Look at both").click()
    author.wait_for_selector("#conflict_form")
    take(author, "conflict")


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as site:
        site.manage("seed_demo")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=SWITCHES)
            pictures(browser, site)
            browser.close()


if __name__ == "__main__":
    main()
