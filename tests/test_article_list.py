"""The list of articles at the desk: filters, search, what is done to many, and CSV."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, Tag
from blog.spreadsheets import safe_cell, typed_cell
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_article_changelist")
EXPORT = reverse("admin:blog_article_export")


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def titles(client, query=""):
    return {article.title for article in client.get(f"{LIST}{query}").context["cl"].result_list}


def table(answer):
    return list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.fixture
def tea():
    today = timezone.localdate()
    article = factories.article(
        "Tea",
        author=factories.person("Ada"),
        reviewer=factories.person("Dora"),
        category=factories.category("Drinks"),
        next_review_on=today - timedelta(days=1),
    )
    article.tags.add(Tag.objects.create(name="Hot"), Tag.objects.create(name="Green"))
    article.refresh_digest()
    article.publish(by=None)
    factories.article("Milk", next_review_on=today, pros=["Calcium"])
    return article


def test_it_is_filtered_by_every_property(client, editor, tea):
    tag = tea.tags.first()
    for query in (
        "?status=live",
        "?overdue=yes",
        f"?category__id__exact={tea.category_id}",
        f"?author__id__exact={tea.author_id}",
        f"?reviewer__id__exact={tea.reviewer_id}",
        f"?tags__id__exact={tag.pk}",
        f"?tags__id__exact={tag.pk}&status=live&overdue=yes",
    ):
        assert titles(client, query) == {"Tea"}, query
    assert titles(client, "?status=draft") == {"Milk"}
    assert titles(client, "?reviewer__isnull=True") == {"Milk"}
    assert titles(client) == {"Tea", "Milk"}


@pytest.mark.parametrize(
    "query", ["?status=x", "?overdue=x", "?plan=x", "?tags__id__exact=x", "?author__id__exact=0"]
)
def test_a_strange_filter_breaks_nothing(client, editor, tea, query):
    for url in (LIST, EXPORT):
        assert client.get(f"{url}{query}").status_code in {200, 302}


def test_what_is_planned_is_found(client, editor, tea):
    tomorrow = timezone.now() + timedelta(days=1)
    tea.schedule(by=None, at=tomorrow)
    assert titles(client, "?plan=goes_live") == {"Tea"}
    assert titles(client, "?plan=comes_down") == set()
    tea.expire(by=None, at=tomorrow + timedelta(days=1))
    assert titles(client, "?plan=comes_down") == {"Tea"}


def test_it_is_searched_over_title_answer_and_text(client, editor, tea):
    Article.objects.filter(title="Milk").update(summary="For calves")
    for words in ("milk", "calves", "calcium"):
        assert titles(client, f"?q={words}") == {"Milk"}
    assert titles(client, "?q=some+words") == {"Tea", "Milk"}


# CSV


def test_the_whole_list_comes_as_csv_with_its_filter(client, editor, tea):
    answer = client.get(f"{EXPORT}?status=live")
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    today = timezone.localdate().isoformat()
    disposition = f'attachment; filename="articles-{today}.csv"'
    assert answer.headers["Content-Disposition"] == disposition
    text = answer.getvalue()
    assert text.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(StringIO(text.decode("utf-8-sig")))
    assert row["title"] == "Tea"
    assert (row["status"], row["author"], row["reviewer"]) == ("Live", "Ada", "Dora")
    assert (row["category"], row["tags"]) == ("Drinks", "Green; Hot")
    assert (row["pros"], row["cons"]) == ("1", "1")
    assert row["live since"].startswith(today)
    assert row["next review"] == str(tea.next_review_on)
    assert row["address"] == "http://testserver/articles/tea/"
    assert len(table(client.get(EXPORT))) == 2
    assert len(table(client.get(f"{EXPORT}?q=milk"))) == 1


def test_the_page_links_to_the_export_of_what_it_shows(client, editor, tea):
    page = client.get(f"{LIST}?status=live").content.decode()
    assert f'href="{EXPORT}?status=live"' in page


def test_only_ticked_rows_are_exported_by_the_action(client, editor, tea):
    data = {"action": "export_selected", "_selected_action": [tea.pk]}
    assert [row["title"] for row in table(client.post(LIST, data))] == ["Tea"]


def test_more_rows_cost_no_more_queries(client, editor, django_assert_max_num_queries):
    for number in range(30):
        factories.article(f"Article {number}", pros=[], cons=[])
    with django_assert_max_num_queries(16):
        assert len(table(client.get(EXPORT))) == 30


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        '"=1',
        "'=1",
        "“=1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM",
        "\x00=1",
        "|cmd",
        " \t \"'=1",
    ],
)
def test_no_cell_is_taken_for_a_formula(client, editor, text):
    assert safe_cell(text) == f"'{text}"
    assert typed_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["Tea", "1 = 1", "a@b.org", "", "/old/", "10-20", "«Tea»", "'80s"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == typed_cell(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert (safe_cell(-5), safe_cell(None)) == ("-5", "")


def test_a_hostile_title_is_harmless_in_the_file(client, editor):
    factories.article('=HYPERLINK("https://example.org","x")\n,y')
    (row,) = table(client.get(EXPORT))
    assert row["title"] == '\'=HYPERLINK("https://example.org","x")\n,y'


# Who may


@pytest.mark.parametrize("group", ["Author", "Editor", "Reviewer"])
def test_who_may_read_articles_may_export_them(client, tea, group):
    client.force_login(factories.user("reader", group=group))
    assert client.get(EXPORT).status_code == 200


@pytest.mark.parametrize("group", ["Moderator", None])
def test_who_may_not_read_them_may_not_export_them(client, tea, group):
    client.force_login(factories.user("other", group=group))
    assert client.get(EXPORT).status_code == 403
    data = {"action": "export_selected", "_selected_action": [tea.pk]}
    assert client.post(LIST, data).status_code == 403


def test_without_logging_in_there_is_only_the_login_page(client, tea):
    assert client.get(EXPORT).url.startswith(reverse("admin:login"))
    data = {"action": "export_selected", "_selected_action": [tea.pk]}
    assert client.post(LIST, data).url.startswith(reverse("admin:login"))


def test_the_export_takes_no_question_but_the_filters_of_the_list(client, editor, tea):
    for lookup in ("author__user__password__startswith=p", "title__regex=(a%2B)%2B$"):
        assert client.get(f"{EXPORT}?{lookup}").status_code in {302, 400}


@pytest.mark.parametrize("action", ["publish_selected", "unpublish_selected"])
def test_an_author_publishes_nothing_by_the_list(client, tea, action):
    client.force_login(factories.author("anna"))
    assert "publish_selected" not in client.get(LIST).content.decode()
    data = {"action": action, "_selected_action": [row.pk for row in Article.objects.all()]}
    client.post(LIST, data)
    assert set(Article.objects.with_status().values_list("title", "status")) == {
        ("Tea", "live"),
        ("Milk", "draft"),
    }


def test_publishing_many_asks_the_gate_for_each(client, editor):
    fine = factories.article("Fine")
    bare = factories.article("Bare", pros=[], cons=[])
    data = {"action": "publish_selected", "_selected_action": [fine.pk, bare.pk]}
    page = client.post(LIST, data, follow=True).content.decode()
    assert "1 article published." in page
    assert "“Bare” was not published" in page
    assert dict(Article.objects.with_status().values_list("title", "status")) == {
        "Fine": "live",
        "Bare": "draft",
    }
