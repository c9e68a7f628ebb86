"""The command: files in, an article with its comments out, or nothing at all."""

import datetime
import html
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.models import Article, Edition, Person
from comments.models import Comment, Decision

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parent / "imports"
MODEL = FOLDER / "plain_model_form.txt"
ALL = sorted(FOLDER.glob("*.txt"))


def run(*files, **options):
    out = StringIO()
    call_command("import_article", *files, stdout=out, **options)
    return out.getvalue()


def write(tmp_path, text, name="article.txt"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows():
    return [model.objects.count() for model in (Article, Edition, Comment, Decision, Person)]


def visible(response):
    """The words of a page, without its markup and its data."""
    text = re.sub(
        r'<script type="application/ld\+json">.*?</script>', "", response.content.decode()
    )
    text = re.sub(r"<[^>]+>", " ", text)
    return " ".join(html.unescape(text).split())


def test_makes_a_draft_by_the_editorial_team_with_pending_comments():
    said = run(MODEL)
    article = Article.objects.get()
    assert article.author == Person.objects.editorial_team()
    assert (article.summary, article.category, article.reviewer) == ("", None, None)
    assert not article.editions.exists()
    assert {comment.status for comment in article.comments.all()} == {"pending"}
    assert "saved as a draft" in said
    assert article.title in said


def test_publish_and_approve_comments_make_both_public(client):
    said = run(MODEL, publish=True, approve_comments=True)
    article = Article.objects.get()
    assert "published" in said
    page = client.get(article.get_absolute_url())
    assert page.status_code == 200
    assert page.content.decode().count('class="comment"') == article.comments.count() > 0
    decision = Decision.objects.first()
    assert (decision.by, decision.reason) == (None, "Imported")


def test_comments_keep_their_dates_and_nobody_is_mailed(mailoutbox):
    run(MODEL, publish=True)
    assert all(
        timezone.localtime(comment.created_at).hour == 12 for comment in Comment.objects.all()
    )
    assert not mailoutbox


def test_points_without_a_word_are_imported_and_not_published():
    path = next(path for path in ALL if path.stem == "points_without_text")
    with pytest.raises(CommandError, match="Pro 1 has no text"):
        run(path, publish=True)
    assert not Article.objects.exists()
    run(path)
    assert Article.objects.get().sections.count() == 5


@pytest.mark.parametrize(
    "path",
    [path for path in ALL if path.stem != "points_without_text"],
    ids=lambda path: path.stem,
)
def test_every_fixture_can_be_published_and_read(path, client):
    run(path, publish=True, approve_comments=True)
    article = Article.objects.get()
    page = html.unescape(
        re.sub(r"<[^>]+>", " ", client.get(article.get_absolute_url()).content.decode())
    )
    page = " ".join(page.split())
    for section in article.sections.all():
        assert section.heading in page
        for paragraph in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", section.body):
            assert " ".join(html.unescape(paragraph).split()) in page


def test_a_second_import_adds_nothing_and_says_so(tmp_path):
    run(MODEL)
    before = rows()
    assert "already imported" in run(MODEL)
    windows = write(tmp_path, b"\xef\xbb\xbf" + MODEL.read_bytes().replace(b"\n", b"\r\n"))
    assert "already imported" in run(windows)
    assert rows() == before


def test_a_second_import_leaves_what_editors_did_since():
    run(MODEL)
    Article.objects.update(title="A better title")
    assert "already imported as “A better title”" in run(MODEL)
    assert Article.objects.get().title == "A better title"


def test_the_same_file_named_twice_is_imported_once():
    said = run(MODEL, MODEL)
    assert Article.objects.count() == 1
    assert "already imported" in said


def test_a_dry_run_prints_the_outline_and_changes_nothing():
    before = rows()
    said = run(MODEL, dry_run=True, publish=True, approve_comments=True, author="New Person")
    assert rows() == before
    assert "Pro 1:" in said
    assert "Nothing was changed" in said


def test_the_author_is_found_by_name_whatever_its_case():
    ada = Person.objects.create(slug="ada", name="Ada Example")
    run(MODEL, author="ada  example")
    assert Article.objects.get().author == ada
    assert Person.objects.filter(name__iexact="ada example").count() == 1


def test_an_author_who_is_not_there_yet_is_added():
    run(MODEL, author="Kim Newcomer")
    person = Article.objects.get().author
    assert (person.name, person.slug) == ("Kim Newcomer", "kim-newcomer")


def test_an_author_with_letters_beyond_ascii_is_found_as_well():
    eva = Person.objects.create(slug="eva", name="Éva Minta")
    run(MODEL, author="éva minta")
    assert Article.objects.get().author == eva


def test_two_people_of_one_name_are_not_guessed_between():
    Person.objects.create(slug="a", name="Ada")
    Person.objects.create(slug="b", name="Ada")
    with pytest.raises(CommandError, match="several people"):
        run(MODEL, author="Ada")
    run(MODEL, author="b")
    assert Article.objects.get().author.slug == "b"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "file is empty"),
        ("Title\n\nNo date here\n", 3, "date"),
        ("Title\n\n31 February 2020\n\nThe Pros of X\n\n1. a\n\nb\n", 3, "no such date"),
        ("Title\n\n1 May 2020\n\nThe Pros of X\n\n1. a\n\nb\n", 9, "The Cons of"),
        (b"\x00\x01\x02", 1, "plain text"),
    ],
)
def test_a_file_that_cannot_be_understood_names_itself_the_line_and_what_was_expected(
    tmp_path, text, line, words
):
    path = write(tmp_path, text, "odd.txt")
    before = rows()
    with pytest.raises(CommandError) as error:
        run(MODEL, path)
    assert f"odd.txt, line {line}: " in str(error.value)
    assert "Expected" in str(error.value)
    assert words in str(error.value)
    assert rows() == before


def test_a_file_that_is_not_there_or_no_file(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            run(path)


def test_a_device_is_no_file():
    with pytest.raises(CommandError, match="no file"):
        run(Path("/dev/zero"))


@pytest.mark.parametrize("author", ["", "!!!", "\udcff", "x" * 201])
def test_an_author_without_a_name_is_refused(author):
    with pytest.raises(CommandError, match="--author"):
        run(MODEL, author=author)


def test_an_enormous_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="5 MB"):
        run(write(tmp_path, b"x" * (5 * 1024 * 1024 + 1)))


def test_a_comment_that_cannot_be_stored_stops_everything(tmp_path):
    text = MODEL.read_text() + "\n\u202e\u202c\nSome text.\n1 May 2019\n"
    before = rows()
    with pytest.raises(CommandError):
        run(write(tmp_path, text))
    assert rows() == before


def test_the_same_words_on_another_day_are_another_comment(tmp_path):
    text = MODEL.read_text() + "\nRo\nThanks!\n1 May 2019\nRo\nThanks!\n2 May 2019\n"
    run(write(tmp_path, text))
    assert Comment.objects.filter(name="Ro").count() == 2


def test_a_comment_from_the_future_is_refused(tmp_path):
    text = MODEL.read_text() + "\nRo\nThanks!\n1 May 2999\n"
    with pytest.raises(CommandError, match=r"line \d+: Expected the date .* in the past"):
        run(write(tmp_path, text))
    assert not Article.objects.exists()


def test_an_article_dated_in_the_future_is_not_published_but_may_be_a_draft(tmp_path):
    text = MODEL.read_text()
    year = re.search(r"\b(19|20)\d\d\b", text).group()
    path = write(tmp_path, text.replace(year, "2999", 1))
    with pytest.raises(CommandError, match="future"):
        run(path, publish=True)
    assert not Article.objects.exists()
    run(path)
    assert Article.objects.get().date.year == 2999


def test_hostile_text_stays_text(tmp_path, client):
    evil = "<script>alert(1)</script>"
    text = (
        MODEL.read_text().replace("\n1. ", f"\n1. {evil} ", 1) + f"\nMallory\n{evil}\n1 May 2020\n"
    )
    run(write(tmp_path, text), publish=True, approve_comments=True)
    page = client.get(Article.objects.get().get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


SEED = """The Pros and Cons of Paper Maps

Jul 28, 2018

Introduction to Paper Maps

A map on paper shows a place at one glance. It needs no battery.

Understanding Paper Maps

Maps are drawn by people. They choose what to leave out.

The Pros of Paper Maps

1. The Whole Picture

You see where you are and what lies around it.

2. Always On

Paper does not go flat. It survives a fall.

The Cons of Paper Maps

1. Out of Date

A road built last year is missing.

2. Hard to Fold

It never goes back the way it came.


Paper maps reward patience. They also reward planning.

Robin Reader
I still keep one in the car. It has saved me twice.
Nov 9, 2023
Sam Sample
My children have never seen one.
Oct 15, 2023
"""


def test_the_form_of_the_first_article_keeps_every_sentence_once_and_in_order(tmp_path, client):
    run(write(tmp_path, SEED), publish=True, approve_comments=True)
    article = Article.objects.get()
    assert article.date == datetime.date(2018, 7, 28)
    kinds = [section.kind for section in article.sections.all()]
    assert kinds == ["text", "text", "pro", "pro", "con", "con", "text"]
    assert article.sections.last().heading == ""
    assert (article.pros_heading, article.cons_heading) == (
        "The Pros of Paper Maps",
        "The Cons of Paper Maps",
    )
    names = [
        (row.name, timezone.localdate(row.created_at)) for row in article.comments.order_by("pk")
    ]
    assert names == [
        ("Robin Reader", datetime.date(2023, 11, 9)),
        ("Sam Sample", datetime.date(2023, 10, 15)),
    ]
    text = visible(client.get(article.get_absolute_url()))
    wanted = re.findall(r"[A-Z][^.\n]*\.", SEED.split("Robin Reader")[0])
    wanted = [sentence for sentence in wanted if " " in sentence]
    assert [text.count(sentence) for sentence in wanted] == [1] * len(wanted)
    places = [text.index(sentence) for sentence in wanted]
    assert places == sorted(places)
    assert text.count("I still keep one in the car. It has saved me twice.") == 1
