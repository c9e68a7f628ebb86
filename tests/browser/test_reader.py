"""What readers' browsers do with the article page: its scripts, paper, and narrow screens."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ARTICLE = "/articles/social-media-in-healthcare/"
SCHEME = "getComputedStyle(document.documentElement).colorScheme"
EXTREMES = """
from blog.models import Article, Person, Section, Source
from django.utils import timezone
from comments.models import Comment
team = Person.objects.editorial_team()
words = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3
def make(slug, title, pros, cons, sources=0):
    if Article.objects.filter(slug=slug).exists():
        return
    article = Article.objects.create(slug=slug, title=title, author=team)
    for number in range(sources):
        Source.objects.create(article=article, title=f"Source {number} {words}", ordering=number,
                              url=f"https://example.org/{words}/{number}")
    for number, heading in enumerate([*pros, *cons]):
        Section.objects.create(article=article, kind="pro" if number < len(pros) else "con",
                               heading=heading, body=f"<p>{heading} {words}</p>", ordering=number)
    article.publish(by=None, correction=f"It said {words}.")
    Comment.objects.bulk_create(
        Comment(article=article, name=f"Reader {n} {words}"[:80], text=f"{n} {words}",
                status="approved", section_key=article.sections.first().key)
        for n in range(25))
make("one-and-twelve", "One and twelve?", ["a"], [f"Con {n}" for n in range(12)])
make("long-title", "Should everybody who has ever had a cold " * 4 + words[:36], [words], ["b"], 40)
make("arabic", "هل وسائل التواصل الاجتماعي مفيدة؟", ["تصل المعلومات إلى الناس"], ["قد يكشف منشور"])
"""


@pytest.fixture(scope="module")
def demo(site):
    site.manage("seed_demo", "--force", "--verbosity", "0")
    site.shell(EXTREMES)


@pytest.fixture
def article(demo, new_page):
    def open_article(path=ARTICLE, **values):
        page = new_page(**values)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(path)
        return page

    return open_article


# Links


def test_copy_link_copies_the_lasting_address_and_says_so(site, article):
    page = article()
    point = page.locator("article.point").nth(1)
    point.get_by_role("link", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site.url}{ARTICLE}#{point.get_attribute('id')}"
    assert re.search("#point-[0-9a-f]{8}$", copied)
    assert "#" not in page.url


def test_a_comment_has_its_own_address(site, article):
    page = article("/articles/one-and-twelve/")
    comment = page.locator("article.comment").first
    comment.get_by_role("link", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="The link is copied.")).to_be_visible()
    number = comment.get_attribute("id").removeprefix("comment-")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site.url}/articles/one-and-twelve/comments/{number}/"
    page.goto(copied)
    assert page.url.endswith(f"/articles/one-and-twelve/#comment-{number}")


def test_share_falls_back_to_copying(site, article):
    page = article()
    page.get_by_role("button", name="Share this article").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}{ARTICLE}"


def test_the_number_of_a_point_leads_to_it_and_marks_it(article):
    page = article(f"{ARTICLE}#con-2")
    shadow = "getComputedStyle(document.getElementById('con-2').closest('.point')).boxShadow"
    assert page.evaluate(shadow) != "none"
    expect(page.locator("#con-2")).to_be_in_viewport()


def test_without_scripts_links_are_links_and_no_control_is_there(article, site):
    page = article(javascript=False)
    for name in ("Colours", "Forget it", "Share this article"):
        expect(page.get_by_text(name, exact=True)).to_be_hidden()
    link = page.locator("article.point").first.get_by_role("link", name="Link to Pro 1")
    link.click()
    expect(page).to_have_url(re.compile("#point-[0-9a-f]{8}$"))


def test_more_comments_come_without_a_script(article):
    page = article("/articles/one-and-twelve/", javascript=False)
    expect(page.locator("article.comment")).to_have_count(20)
    page.get_by_role("link", name="More comments").click()
    expect(page.locator("article.comment")).to_have_count(5)
    page.get_by_role("link", name="Pro 1: a").first.click()
    expect(page).to_have_url(re.compile("/articles/one-and-twelve/#point-[0-9a-f]{8}$"))


# Colours


def test_the_chosen_colours_stay_and_can_be_given_back(article):
    page = article()
    switch = page.get_by_label("Colours")
    assert page.evaluate(SCHEME) == "light dark"
    switch.select_option("Dark")
    assert page.evaluate(SCHEME) == "dark"
    page.goto("/")
    assert page.evaluate(SCHEME) == "dark"
    page.get_by_label("Colours").select_option("As this device has them")
    page.reload()
    assert page.evaluate(SCHEME) == "light dark"
    assert page.evaluate("localStorage.length") == 0


def test_nobody_sees_the_other_colours_first(article):
    page = article()
    page.get_by_label("Colours").select_option("Dark")
    page.add_init_script(
        "requestAnimationFrame(function look() {"
        " window.frames_ = (window.frames_ || []);"
        " if (document.body) frames_.push(getComputedStyle(document.documentElement).colorScheme);"
        " if (frames_.length < 20) requestAnimationFrame(look) })"
    )
    page.reload()
    seen = page.evaluate("new Promise((done) => setTimeout(() => done(window.frames_), 500))")
    assert set(seen) == {"dark"}


def test_the_desk_has_colours_of_its_own(article, log_in):
    page = article()
    page.get_by_label("Colours").select_option("Dark")
    log_in(page, "editor")
    assert page.evaluate("localStorage.getItem('theme')") != "dark"


# The draft


def test_a_comment_that_was_begun_is_there_again_and_gone_once_it_is_sent(article):
    page = article()
    page.get_by_label("Comment", exact=True).fill("Words that I had begun.")
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_label("Your name").fill("Robin")
    page.get_by_label("E-mail").fill("robin@example.org")
    stored = page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "begun" in stored
    assert "robin" not in stored.lower()
    page.goto("/")
    page.goto(ARTICLE)
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Words that I had begun.")
    assert page.get_by_label("What is it about?").input_value()
    page.get_by_label("Your name").fill("Robin")
    page.get_by_role("button", name="Send comment").click()
    expect(page.get_by_text("Held for a moderator")).to_be_visible()
    page.wait_for_load_state()  # the script that forgets it runs after the text is there
    assert page.evaluate("sessionStorage.length") == 0
    page.goto(ARTICLE)
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")


def test_a_draft_can_be_forgotten_and_is_not_in_another_tab(article):
    page = article()
    page.get_by_label("Comment", exact=True).fill("About my health.")
    other = page.context.new_page()
    other.goto(ARTICLE)
    expect(other.get_by_label("Comment", exact=True)).to_have_value("")
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    expect(page.get_by_role("button", name="Forget it")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_comment_that_was_refused_keeps_its_draft(article, new_page):
    page = article()
    page.get_by_label("Comment", exact=True).fill("Words without a name.")
    page.get_by_role("button", name="Send comment").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.goto(ARTICLE)
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Words without a name.")
    # The browser reports the answer 422 as a line in its console.
    assert [fault for fault in new_page.faults if "422" not in fault] == []
    new_page.faults.clear()


def test_a_link_to_comment_on_a_point_counts_more_than_the_draft(article):
    page = article()
    page.get_by_label("Comment", exact=True).fill("Words.")
    # Both pages have the form.
    with page.expect_event("load"):
        page.locator("article.point").first.get_by_role(
            "link", name="Comment on this point"
        ).click()
    asked = page.get_by_label("What is it about?").input_value()
    assert asked
    assert asked in page.url
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Words.")


# Narrow, wide, paper


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize("slug", ["one-and-twelve", "long-title", "arabic", "step-counters"])
def test_nothing_scrolls_sideways(article, slug, width):
    page = article(f"/articles/{slug}/", width=width)
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert inner <= outer


def test_nothing_scrolls_sideways_on_the_page_of_comments(article):
    page = article("/articles/long-title/", width=320)
    with page.expect_event("load"):
        page.get_by_role("link", name="More comments").click()
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert inner <= outer


@pytest.mark.parametrize("slug", ["one-and-twelve", "step-counters"])
def test_both_sides_have_the_same_width_and_begin_at_the_same_height(article, slug):
    page = article(f"/articles/{slug}/")
    pro, con = (page.locator(f"#{kind}-1").locator("xpath=..") for kind in ("pro", "con"))
    assert pro.bounding_box()["width"] == con.bounding_box()["width"]
    assert pro.bounding_box()["y"] == con.bounding_box()["y"]


def test_lines_are_short_enough_to_read(article):
    page = article(width=2000)
    short = page.evaluate(
        """[...document.querySelectorAll('.prose p')].map((each) => {
          const ruler = document.createElement('span')
          ruler.textContent = 'n'.repeat(75)
          ruler.style.whiteSpace = 'nowrap'
          each.append(ruler)
          const fits = ruler.getClientRects()[0].width >= each.clientWidth
          ruler.remove()
          return fits
        })"""
    )
    assert short
    assert all(short)


def test_paper_has_both_sides_and_the_addresses_of_sources_and_nothing_to_press(article):
    page = article(width=720)
    page.get_by_label("Colours").select_option("Dark")
    page.emulate_media(media="print")
    assert page.evaluate(SCHEME) == "light"
    pro, con = (page.locator(f"#{kind}-1").bounding_box() for kind in ("pro", "con"))
    assert pro["y"] == con["y"]
    assert con["x"] > pro["x"] + 200
    for hidden in (".menu", ".contents", "#comment-form", ".share", ".theme", "[data-copy]"):
        expect(page.locator(hidden).first).to_be_hidden()
    link = page.locator(".sources a[href^=http]").first
    shown = link.evaluate("each => getComputedStyle(each, '::after').content")
    assert shown == f'"{link.get_attribute("href")}"'
    expect(page.locator(".point .cited").first).to_be_visible()
    address = page.locator(".head").evaluate("each => getComputedStyle(each, '::after').content")
    assert address == f'"{page.locator(".head").get_attribute("data-address")}"'
    expect(page.get_by_role("heading", name=re.compile("^Comments"))).to_be_visible()


def test_nothing_moves_for_those_who_asked_for_that(article):
    page = article()
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_page_does_not_shift_while_it_loads(article):
    page = article(width=390)
    shift = page.evaluate(
        """new Promise((resolve) => {
          let sum = 0
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += entry.value
          }).observe({ type: 'layout-shift', buffered: true })
          setTimeout(() => resolve(sum), 500)
        })"""
    )
    assert shift == 0
