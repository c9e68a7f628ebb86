"""Two editors with the same article open: what each changed is kept, and nothing is overwritten."""

import pytest

from blog.models import Article, Source, Tag, Version
from tests import factories
from tests.forms import fill, read
from tests.test_article_admin import after, change_url, new_row, said

pytestmark = pytest.mark.django_db

NOT_CHOSEN = Version.Reason.NOT_CHOSEN


@pytest.fixture
def article():
    return factories.article(pros=["A", "B", "C"], cons=["D"], summary="First.")


class Editor:
    """A form that somebody has open: it sends what it was opened with, and the changes."""

    def __init__(self, client, article):
        self.client, self.url = client, change_url(article)
        self.page = client.get(self.url)

    def save(self, changes, button="_save"):
        return self.client.post(self.url, fill(self.page, changes, button=button))

    def choose(self, response, button="_save", **choices):
        data = fill(response, form_id="conflict_form", button=button)
        return self.client.post(
            self.url, data | {k.replace("_", "-"): v for k, v in choices.items()}
        )


@pytest.fixture
def open_form(client, article):
    client.force_login(factories.editor("erin"))

    def open_form():
        return Editor(client, article)

    return open_form


@pytest.fixture
def two(open_form):
    return open_form(), open_form()


def headings(article, kind="pro"):
    return list(article.sections.filter(kind=kind).values_list("heading", flat=True))


def test_changes_of_different_sections_are_merged(two, article, client):
    one, other = two
    after(client, one.save({"pro-0-heading": "A of one", "pro-0-body": "<p>One.</p>"}))
    page = after(client, other.save({"pro-1-heading": "B of the other"}))
    assert headings(article) == ["A of one", "B of the other", "C"]
    assert "What a colleague changed elsewhere in the article meanwhile is kept." in said(page)


def test_changes_of_different_fields_of_the_article_are_merged(two, article, client):
    one, other = two
    tag = Tag.objects.create(slug="tea", name="Tea")
    after(client, one.save({"title": "One's title", "tags": [str(tag.pk)]}))
    after(client, other.save({"summary": "The other's answer."}))
    article.refresh_from_db()
    assert (article.title, article.summary) == ("One's title", "The other's answer.")
    assert list(article.tags.all()) == [tag]


def test_the_same_change_twice_is_no_conflict(two, article, client):
    for form in two:
        after(client, form.save({"pro-0-heading": "Mended", "title": "Mended"}))
    assert headings(article)[0] == "Mended"


def test_what_nobody_touched_is_not_written(two, article, django_assert_max_num_queries):
    _one, other = two
    with django_assert_max_num_queries(80) as queries:
        other.save({"con-0-heading": "Other"})
    written = [query["sql"] for query in queries if 'UPDATE "blog_section"' in query["sql"]]
    assert len(written) == 1


@pytest.mark.parametrize("button", ["_save", "_publish", "_schedule", "_unpublish"])
def test_a_section_that_both_changed_is_saved_by_no_button_before_one_has_chosen(
    two, article, client, button
):
    one, other = two
    after(client, one.save({"pro-0-body": "<p>Text of one.</p>"}))
    changes = {"pro-0-body": "<p>Text of the other.</p>", "go_live_on": "2100-01-01T10:00"}
    response = other.save(changes, button=button)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Text of one." in html
    assert "Text of the other." in html
    assert article.sections.get(heading="A").body == "<p>Text of one.</p>"
    assert not article.editions.exists()
    fields, buttons = read(response, "conflict_form")
    assert button in buttons
    assert fields["go_live_on"] == ["2100-01-01T10:00"]


def test_whoever_changes_the_heading_meets_the_colleague_who_changed_the_text(two, client):
    one, other = two
    after(client, one.save({"pro-0-heading": "Heading of one"}))
    assert other.save({"pro-0-body": "<p>Text of the other.</p>"}).status_code == 409


@pytest.mark.parametrize(
    ("use", "body"),
    [
        ("mine", "<p>Other.</p>"),
        ("colleague", "<p>One.</p>"),
        ("both", "<p>Other.</p><p>One.</p>"),
        ("hand", "<p>By hand.</p>"),
    ],
)
def test_the_choice_is_saved_and_the_other_text_stays_in_the_history(
    two, article, client, use, body
):
    one, other = two
    after(client, one.save({"pro-0-body": "<p>One.</p>"}))
    response = other.save({"pro-0-body": "<p>Other.</p>", "pro-1-heading": "B of the other"})
    choices = {"pro-0-use-text": use, "pro-0-hand-body": "<p>By hand.</p>"}
    after(client, other.choose(response, **choices))
    assert article.sections.get(heading="A").body == body
    assert headings(article) == ["A", "B of the other", "C"]
    kept = str([version.data for version in article.versions.all()])
    assert "<p>One.</p>" in kept
    assert "<p>Other.</p>" in kept


def test_a_choice_counts_only_for_the_text_that_was_shown(two, article, client, open_form):
    one, other = two
    after(client, one.save({"pro-0-body": "<p>One.</p>"}))
    response = other.save({"pro-0-body": "<p>Other.</p>"})
    after(client, open_form().save({"pro-0-body": "<p>Third.</p>"}))
    again = other.choose(response, pro_0_use_text="mine")
    assert again.status_code == 409
    assert "Third." in again.content.decode()
    after(client, other.choose(again, pro_0_use_text="mine"))
    assert article.sections.get(heading="A").body == "<p>Other.</p>"


def test_a_field_of_the_article_that_both_changed_is_a_conflict_too(two, article, client):
    one, other = two
    after(client, one.save({"summary": "One's answer."}))
    response = other.save({"summary": "Other's answer.", "title": "New title"})
    assert response.status_code == 409
    after(client, other.choose(response, use_summary="colleague"))
    article.refresh_from_db()
    assert (article.summary, article.title) == ("One's answer.", "New title")
    assert article.versions.get(reason=NOT_CHOSEN).content.summary == "Other's answer."


def test_a_source_that_both_changed_is_a_conflict_too(open_form, article, client):
    factories.source(article, "Review")
    one, other = open_form(), open_form()
    after(client, one.save({"sources-0-title": "Review of one"}))
    response = other.save({"sources-0-title": "Review of the other"})
    assert response.status_code == 409
    after(client, other.choose(response, sources_0_use_text="mine"))
    assert Source.objects.get().title == "Review of the other"


def test_with_another_error_the_form_comes_back_and_the_choice_after_that(two, client):
    one, other = two
    after(client, one.save({"summary": "One's answer."}))
    response = other.save({"summary": "Other's answer.", "title": ""})
    assert response.status_code == 200
    assert "A colleague changed this as well" in response.content.decode()
    assert read(response)[0]["summary"] == ["Other's answer."]
    other.page = response
    assert other.save({"title": "Given"}).status_code == 409


def test_hostile_text_is_shown_as_text_on_the_page_of_two_texts(two, client):
    one, other = two
    after(client, one.save({"summary": "<script>one()</script>"}))
    response = other.save(
        {"summary": "<img src=x onerror=other()>", "pro-0-body": '"><script>x()</script>'}
    )
    html = response.content.decode()
    assert "<script>one" not in html
    assert "<img src=x" not in html
    assert '"><script>x' not in html


# Rows that come, go and move


def test_a_section_that_a_colleague_added_stays(two, article, client):
    one, other = two
    row = new_row("pro", 3, heading="New", body="<p>n</p>", ordering="15", region="main")
    after(client, one.save(row))
    after(client, other.save({"pro-2-heading": "C mended"}))
    assert headings(article) == ["A", "New", "B", "C mended"]


def test_a_section_that_a_colleague_deleted_and_nobody_else_touched_stays_deleted(
    two, article, client
):
    one, other = two
    after(client, one.save({"pro-1-DELETE": "on"}))
    after(client, other.save({"pro-2-heading": "C mended"}))
    assert headings(article) == ["A", "C mended"]


def test_a_section_that_a_colleague_deleted_comes_back_with_what_was_typed(two, article, client):
    one, other = two
    key = article.sections.get(heading="B").key
    after(client, one.save({"pro-1-DELETE": "on"}))
    row = new_row("pro", 3, heading="New", body="<p>n</p>", ordering="90", region="main")
    changes = {"pro-1-heading": "B, mended", "pro-2-heading": "C, mended"}
    page = after(client, other.save(changes | row))
    assert "A colleague had deleted 1 part" in said(page)
    assert headings(article) == ["A", "B, mended", "C, mended", "New"]
    assert article.sections.get(heading="B, mended").key == key


def test_a_section_that_a_colleague_changed_is_not_deleted_unread(two, article, client):
    one, other = two
    after(client, one.save({"pro-1-heading": "B, much better"}))
    page = after(client, other.save({"pro-1-DELETE": "on"}))
    assert headings(article) == ["A", "B, much better", "C"]
    assert "A colleague changed 1 part that you wanted to delete" in said(page)


def test_a_section_that_both_delete_is_gone(two, article, client):
    for form in two:
        after(client, form.save({"pro-1-DELETE": "on"}))
    assert headings(article) == ["A", "C"]


def test_who_moved_nothing_keeps_the_order_of_the_colleague_who_did(two, article, client):
    one, other = two
    after(client, one.save({"pro-0-ordering": "99"}))
    after(client, other.save({"pro-0-heading": "A mended"}))
    assert headings(article) == ["B", "C", "A mended"]


def test_two_sections_at_the_same_place_are_numbered_anew(two, article, client):
    one, _other = two
    after(client, one.save({"pro-0-ordering": "20"}))
    places = list(article.sections.values_list("ordering", flat=True))
    assert len(set(places)) == len(places)


def test_a_source_that_a_colleague_deleted_is_no_longer_cited_and_stops_nobody(
    open_form, article, client
):
    source = factories.source(article)
    article.sections.get(heading="A").sources.add(source)
    one, other = open_form(), open_form()
    after(client, one.save({"sources-0-DELETE": "on"}))
    after(client, other.save({"pro-0-heading": "A mended"}))
    assert headings(article)[0] == "A mended"
    assert not Source.objects.exists()


def test_the_same_new_row_sent_twice_is_one(open_form, article, client):
    form = open_form()
    key = "6a1d9c1e-6f0e-4c5e-9d58-2f1c7a4f3b10"
    row = new_row("pro", 3, heading="New", ordering="90", region="main", key=key)
    for _time in range(2):
        after(client, form.save(row))
    assert headings(article) == ["A", "B", "C", "New"]
    assert str(article.sections.get(heading="New").key) == key


def test_the_same_new_article_sent_twice_is_one(client, open_form):
    page = client.get("/admin/blog/article/add/")
    for _time in range(2):
        after(client, client.post("/admin/blog/article/add/", fill(page, {"title": "Twice"})))
    assert Article.objects.filter(title="Twice").count() == 1


@pytest.mark.parametrize("nonsense", ["", "{", "[]", '{"title": 1}', '{"x": "y"}', "9" * 99])
def test_nonsense_about_what_was_opened_is_no_error(open_form, client, article, nonsense):
    form = open_form()
    response = form.save({"opened": nonsense, "pro-0-opened": nonsense, "title": "Sent"})
    assert response.status_code in {302, 409}


def test_line_breaks_of_the_browser_are_no_change(open_form, client, article):
    Article.objects.update(summary="One.\n\nTwo.")
    one, other = open_form(), open_form()
    after(client, one.save({"summary": "One.\n\nTwo, mended."}))
    after(client, other.save({"summary": "One.\r\n\r\nTwo.", "title": "Other"}))
    article.refresh_from_db()
    assert article.summary == "One.\n\nTwo, mended."
