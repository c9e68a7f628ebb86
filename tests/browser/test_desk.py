import pytest

pytestmark = pytest.mark.browser


def test_smoke(site, new_page, log_in):
    page = log_in(new_page(), "editor")
    page.goto("/admin/blog/article/add/")
    page.screenshot(path="/tmp/shot-add.png", full_page=True)
    page.get_by_label("Title").first.fill("Is tea good?")
    page.get_by_role("button", name="Add pro here").last.click()
    page.screenshot(path="/tmp/shot-pro.png", full_page=True)
    page.keyboard.type("It warms")
    page.get_by_role("group", name="Pro 1").get_by_label("Text").click()
    page.keyboard.type("Very warm")
    page.get_by_role("button", name="Save").click()
    page.screenshot(path="/tmp/shot-saved.png", full_page=True)
    print(page.url, page.inner_text(".messagelist"))
