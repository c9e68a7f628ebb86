"""What the tests of the article's form share."""

import json
import re

from playwright.sync_api import expect

ADD = "/admin/blog/article/add/"
MAKE = """
from blog.models import Article, Person, Section
article = Article.objects.create(title={title!r}, author=Person.objects.editorial_team())
kinds = ["pro", "con"] * {points}
Section.objects.bulk_create([
    Section(
        article=article, kind=kind, ordering=10 * number, heading=f"{{kind}} point {{number}}",
        body={body!r},
    )
    for number, kind in enumerate(kinds, 1)
])
article.refresh_digest()
print(article.pk)
"""
SECTIONS = """
import json
from blog.models import Article
sections = Article.objects.get(pk={pk}).sections.values_list("kind", "heading", "body")
print(json.dumps(list(sections)))
"""


def make_article(site, title, *, points=1, body="<p>Some <strong>strong</strong> words.</p>"):
    """The address of the form of a new draft with so many pros and as many cons."""
    pk = site.shell(MAKE.format(title=title, points=points, body=body)).strip()
    return f"/admin/blog/article/{pk}/change/"


def stored(site, page):
    """Kind, heading and body of each section, in order."""
    pk = re.search(r"/article/(\d+)/", page.url)[1]
    return [tuple(row) for row in json.loads(site.shell(SECTIONS.format(pk=pk)))]


def section(page, name):
    return page.get_by_role("group", name=name, exact=True)


def names(page):
    return page.locator("[data-cards=sections] [data-name]").all_inner_texts()


def press(page, name, said):
    """Presses what sends the form, and waits for the page that says so."""
    # The page that is left may say the same.
    with page.expect_event("load"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()


def save(page):
    press(page, "Save", "Saved.")
