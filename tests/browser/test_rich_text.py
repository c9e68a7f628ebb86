# ruff: noqa: E501 -- the lines of other programs
"""Rich text in Chromium: what the toolbar makes, and what becomes of what is pasted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import ADD, make_article, save, section, stored

pytestmark = pytest.mark.browser

PASTE = """(data) => {
  const transfer = new DataTransfer()
  for (const [type, value] of Object.entries(data)) transfer.setData(type, value)
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }),
  )
}"""
WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta name=Generator content="Microsoft Word 15"><title>Draft</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {margin:0cm; font-family:"Calibri",sans-serif;} --></style>
</head><body lang=EN-GB link="#0563C1" style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1>Is it any good?<o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:8.0pt'><b><span lang=EN-US style='font-family:"Arial",sans-serif;
color:red'>Strong</span></b> and <i style='mso-bidi-font-style:normal'>slanted</i><span
style='mso-spacerun:yes'>\u00a0\u00a0 </span>words in <st1:City w:st="on">Paris</st1:City>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-fareast-font-family:Symbol'><span style='mso-list:Ignore'>\u00b7<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Below<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>\u00b7<span>&nbsp; </span></span><![endif]>Second<o:p></o:p></p>
<p class=MsoNormal>Then:<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>One<o:p></o:p></p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr style='mso-yfti-irow:0'>
<td width=301 valign=top style='width:225.4pt'><p class=MsoNormal><b>Dose<o:p></o:p></b></p></td>
<td width=301><p class=MsoNormal>Effect<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><a href="https://example.org/a?utm_source=mail&amp;id=7#part">Read it</a>
<img width=10 height=20 src="file:///C:/Users/a/clip_image001.png" v:shapes="Picture_x0020_1"></p>
<!--EndFragment--></body></html>"""
FROM_WORD = (
    "<h3>Is it any good?</h3><p><strong>Strong</strong> and <em>slanted</em> words in Paris.</p>"
    "<ul><li><p>First</p><ul><li><p>Below</p></li></ul></li><li><p>Second</p></li></ul>"
    "<p>Then:</p><ol><li><p>One</p></li></ol>"
    "<table><tbody><tr><td><p><strong>Dose</strong></p></td><td><p>Effect</p></td></tr></tbody></table>"
    '<p><a href="https://example.org/a?id=7#part">Read it</a></p>'
)
DOCS = """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;"
id="docs-internal-guid-5f8e0c1a-7fff-1111-2222-333344445555"><h2 dir="ltr" style="line-height:1.38;margin-top:18pt">
<span style="font-size:16pt;font-family:Arial;font-weight:400;white-space:pre-wrap;">What it does</span></h2>
<p dir="ltr" style="line-height:1.38;margin-top:0pt;"><span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;
font-weight:400;font-style:normal;white-space:pre-wrap;">Plain, </span><span style="font-weight:700;font-style:normal;">bold</span><span
style="font-weight:400;font-style:italic;"> and slanted.</span></p><br /><ul style="margin-top:0;padding-inline-start:48px;">
<li dir="ltr" style="list-style-type:disc;font-weight:400;" aria-level="1"><p dir="ltr" role="presentation"><span
style="font-weight:400;">One</span></p></li><ul><li dir="ltr" aria-level="2"><p dir="ltr" role="presentation"><span>One a</span></p></li></ul>
<li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>Two</span></p></li></ul>
<p dir="ltr"><a href="https://www.google.com/url?q=https://example.org/study&amp;sa=D&amp;source=editors" style="text-decoration:none;"><span
style="color:#1155cc;text-decoration:underline;">The study</span></a></p><div dir="ltr" align="left"><table style="border:none;"><colgroup><col
width="301" /><col width="301" /></colgroup><tbody><tr style="height:0pt"><td style="border-left:solid #000 1pt;"><p dir="ltr"><span>a</span></p></td>
<td><p dir="ltr"><span>b</span></p></td></tr></tbody></table></div><p><span><span style="border:none;"><img
src="https://lh7-rt.googleusercontent.com/docsz/x" width="602" height="301" /></span></span></p></b><br class="Apple-interchange-newline">"""
FROM_DOCS = (
    "<h3>What it does</h3><p>Plain, <strong>bold</strong><em> and slanted.</em></p>"
    "<ul><li><p>One</p><ul><li><p>One a</p></li></ul></li><li><p>Two</p></li></ul>"
    '<p><a href="https://example.org/study">The study</a></p>'
    "<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>"
)
PAGE = """<div class="post" onclick="x()"><script>alert(1)</script><style>p{color:red}</style>
<h1 id="a">News</h1><div><div>First &amp; <span style="font-weight: bold">bold</span></div></div>
<figure><img src="https://example.org/big.jpg"><figcaption>Not ours</figcaption></figure>
<p style="display:none">secret</p><p>Last <a href="javascript:x()">link</a><img src="/pixel.gif" width="1"></p></div>"""


@pytest.fixture
def text(site, new_page, log_in):
    """An empty text with the focus in it."""
    page = log_in(new_page(), "editor")
    page.goto(ADD)
    page.get_by_label("Title", exact=True).fill("Rich text")
    page.get_by_role("button", name="Add text here").last.click()
    card = section(page, "Text")
    card.get_by_label("Heading", exact=True).fill("A text")
    page.keyboard.press("Enter")
    expect(card.get_by_label("Text", exact=True)).to_be_focused()
    return card


def tool(card, name):
    return card.get_by_role("button", name=name, exact=True)


def body(site, page):
    save(page)
    html = stored(site, page)[0][2]
    return re.sub(r' rel="[^"]*"', "", html)


@pytest.mark.parametrize(
    ("html", "expected"), [(WORD, FROM_WORD), (DOCS, FROM_DOCS)], ids=["word", "docs"]
)
def test_what_is_pasted_from_other_programs_comes_out_clean(site, text, html, expected):
    page = text.page
    page.evaluate(PASTE, {"text/html": html, "text/plain": "not this"})
    expect(page.locator("#desk-status")).to_have_text(
        "Pictures do not come along. Add them from the library."
    )
    page.keyboard.type("")
    assert body(site, page) == expected


def test_a_web_page_leaves_its_scripts_and_pictures_behind(site, text):
    page = text.page
    page.evaluate(PASTE, {"text/html": PAGE})
    assert body(site, page) == (
        "<h3>News</h3><p>First &amp; <strong>bold</strong></p><p>Not ours</p><p>Last link</p>"
    )


def test_blank_lines_of_plain_text_part_paragraphs(site, text):
    page = text.page
    page.evaluate(PASTE, {"text/plain": "One\r\nand on\r\n\r\n\r\nTwo <b>\n \nThree\n"})
    assert body(site, page) == "<p>One<br>and on</p><p>Two &lt;b&gt;</p><p>Three</p>"


def test_words_that_are_copied_within_the_editor_stay_as_they_are(site, text):
    page = text.page
    page.keyboard.type("one ")
    page.keyboard.press("Control+b")
    page.keyboard.type("two")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+v")
    expected = "<p>one <strong>two</strong></p>"
    assert body(site, page) == expected * 2


def test_a_key_meets_what_was_selected_just_before_it(site, text):
    page = text.page
    page.keyboard.type("one")
    page.keyboard.press("Control+a")
    page.evaluate(
        """() => {
          getSelection().collapseToEnd()
          // In the same task: the browser has told nobody yet.
          const key = { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key))
        }"""
    )
    page.keyboard.type("two")
    assert body(site, page) == "<p>one</p><p>two</p>"


def test_a_table_is_made_filled_by_keyboard_and_changed(site, text):
    page = text.page
    for name in ("Add row below", "Remove row", "Header row", "Remove table"):
        expect(tool(text, name)).to_be_hidden()
    tool(text, "Insert table").click()
    expect(tool(text, "Insert table")).to_be_hidden()
    for word in ("Dose", "Effect", "1 mg", "none", "2 mg"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.type("some")
    tool(text, "Add row below").click()
    tool(text, "Add column after").click()
    expect(text.locator("tr").first.locator("th")).to_have_count(3)
    page.keyboard.press("Tab")
    tool(text, "Remove column").click()
    tool(text, "Remove row").click()
    # From the last cell the Tab key goes on in the page.
    text.locator("td p").last.click()
    page.keyboard.press("Tab")
    expect(text.get_by_label("Text", exact=True)).not_to_be_focused()
    rows = body(site, page)
    assert rows.startswith(
        "<table><tbody><tr><th><p>Dose</p></th><th><p>Effect</p></th></tr>"
        "<tr><td><p>1 mg</p></td><td><p>none</p></td></tr>"
    )
    expect(section(page, "Text").locator("table")).to_be_visible()
    section(page, "Text").locator("td p").first.click()
    tool(section(page, "Text"), "Remove table").click()
    assert body(site, page) == ""


def test_sub_headings_quotations_links_and_undo(site, text):
    page = text.page
    tool(text, "Subhead").click()
    expect(tool(text, "Subhead")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Below")
    page.keyboard.press("Enter")
    tool(text, "Small subhead").click()
    expect(tool(text, "Small subhead")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Further below")
    page.keyboard.press("Enter")
    page.keyboard.type("Write to")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_text("Address (URL)")).to_be_visible()
    page.get_by_label("URL").fill("ada@example.org")
    page.keyboard.press("Enter")
    expect(text.get_by_role("link", name="Write to")).to_have_attribute(
        "href", "mailto:ada@example.org"
    )
    tool(text, "Remove the address").click()
    expect(text.get_by_role("link", name="Write to")).to_have_count(0)
    tool(text, "Take back").click()
    expect(text.get_by_role("link", name="Write to")).to_have_count(1)
    assert body(site, page) == (
        '<h3>Below</h3><h4>Further below</h4><p><a href="mailto:ada@example.org">Write to</a></p>'
    )


def test_the_toolbar_is_one_stop_and_goes_by_arrows(text):
    page = text.page
    page.keyboard.press("Alt+F10")
    expect(tool(text, "Take back")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(text.locator(".prose-menubar button:visible").last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tool(text, "Bold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(text.locator(".ProseMirror")).to_be_focused()
    page.keyboard.type("bold")
    expect(text.locator(".ProseMirror strong")).to_have_text("bold")


def test_a_picture_of_the_library_keeps_its_place_words_and_caption(site, new_page, log_in):
    page = log_in(new_page(width=390), "editor")
    figure = (
        '<p>Before.</p><figure><img src="/media/there/is-none.png" alt="A cup" width="40"'
        ' height="30"><figcaption>A cup of <em>tea</em></figcaption></figure>'
    )
    page.route("**/media/**", lambda route: route.fulfill(status=200, content_type="image/png"))
    page.goto(make_article(site, "Pictures", body=figure))
    card = section(page, "Pro 1")
    card.locator("figcaption").click()
    page.keyboard.press("End")
    page.keyboard.type(", hot")
    tool(card, "Insert picture").click()
    page.get_by_label("What the picture shows").fill("A white cup")
    page.get_by_role("button", name="Apply").click()
    save(page)
    assert stored(site, page)[0][2] == figure.replace('A cup"', 'A white cup"').replace(
        "<em>tea</em>", "<em>tea, hot</em>"
    )
    # The other one, which nobody touched, is the same to the letter.
    assert stored(site, page)[1][2] == figure
