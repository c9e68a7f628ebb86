"""Data to measure with: real articles, the same ones each time, and only where there is nothing."""

import io

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from blog import bench_data, checks
from blog.models import Article, Category, Edition, PersonListing, Tag, TagListing
from blog.models.listings import enlist
from comments.models import Comment, Decision
from comments.models import Status as CommentStatus
from tests import factories

pytestmark = pytest.mark.django_db


def make(**numbers):
    out, err = io.StringIO(), io.StringIO()
    call_command("make_bench_data", stdout=out, stderr=err, **numbers)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def small():
    return make(articles=12, comments=30, pending=5, on_one=20)


def test_it_makes_as_many_as_asked_for(small):
    assert small == ("12 articles and 35 comments made.\n", "")
    assert Article.objects.count() == 12
    assert Comment.objects.counts() | {"approved": 30, "pending": 5} == Comment.objects.counts()
    first = Article.objects.get(slug=bench_data.FIRST_SLUG)
    assert first.comments.approved().count() == 20
    assert first.comments.exclude(section_key=None).exists()


def test_the_articles_are_what_their_rows_say_and_pass_the_gate(small):
    for article in Article.objects.with_status():
        value = article.content()
        assert (article.digest, article.substance) == (value.digest, value.substance)
        assert checks.errors(value) == []
        last = article.editions.get(number=article.editions.count())
        assert last.digest == last.content.digest == article.digest
    assert {"live", "live_with_changes", "draft", "expired"} >= {
        article.status for article in Article.objects.with_status()
    }


def test_some_articles_have_older_editions_some_a_planned_one_and_some_are_over(small):
    assert Edition.objects.scheduled().count() == 1
    assert Edition.objects.live().count() == 11
    assert Article.objects.get(slug="question-5").editions.count() == 4


def test_every_edition_is_enlisted_as_if_it_had_been_cut(small):
    rows = [sorted(model.objects.values_list("edition", *names)) for model, names in LISTINGS]
    for model, _names in LISTINGS:
        model.objects.all().delete()
    enlist(Edition.objects.all())
    assert rows == [
        sorted(model.objects.values_list("edition", *names)) for model, names in LISTINGS
    ]
    assert all(rows)


LISTINGS = [(TagListing, ["slug"]), (PersonListing, ["person"])]


def test_the_pages_are_there(client, small):
    urls = ["/", "/topics/", "/archive/", f"/articles/{bench_data.FIRST_SLUG}/"]
    for edition in Edition.objects.live().select_related("article"):
        urls += [edition.get_absolute_url(), f"/tags/{edition.content.tags[0].slug}/"]
        urls.append(edition.author.get_absolute_url())
    assert {client.get(url).status_code for url in urls} == {200}


def test_every_approved_comment_has_its_decision_and_the_text_as_it_would_be_typed(small):
    assert Decision.objects.count() == 30
    assert not Comment.objects.exclude(status=CommentStatus.PENDING).filter(decisions=None).exists()
    for comment in Comment.objects.all():
        html, key = comment.html, comment.digest
        comment.prepare()
        assert (comment.html, comment.digest) == (html, key)


def dump():
    names = ["slug", "title", "key", "data", "digest", "substance", "text", "html", "created_at"]
    names += ["live_from", "live_until", "published_on", "changed_at", "name", "url", "signed_at"]
    models = [Article, Edition, Category, Tag, Comment, bench_data.Section, bench_data.Source]
    rows = (row for model in models for row in model.objects.order_by("pk"))
    return serializers.serialize("json", rows, fields=names)


def rows_made(**numbers):
    """The rows, which are taken back with the transaction."""
    with transaction.atomic():
        make(**numbers)
        rows = dump()
        transaction.set_rollback(True)
    return rows


@pytest.mark.skipif(connection.vendor != "sqlite", reason="Elsewhere numbers are not taken back")
def test_the_same_numbers_give_the_same_rows():
    numbers = {"articles": 7, "comments": 9, "pending": 2}
    first = rows_made(**numbers)
    assert rows_made(**numbers) == first
    assert len(first) > 10_000


@pytest.mark.parametrize(
    "fill",
    [factories.article, factories.category, lambda: Tag.objects.create(slug="tea", name="Tea")],
)
def test_a_database_that_is_not_empty_stays_as_it_is(fill):
    fill()
    before = Article.objects.count()
    with pytest.raises(CommandError, match="This database is not empty, so nothing was made."):
        make(articles=3)
    assert Article.objects.count() == before


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (["--articles", "0"], "--articles is 0"),
        (["--articles", "-1"], "'-1' is no whole number"),
        (["--comments", "x"], "'x' is no whole number"),
        (["--pending", "9" * 5000], "is no whole number"),
        (["--comments", "2", "--on-one", "3"], "--on-one is 3, but --comments only 2"),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_a_sentence(numbers, words):
    with pytest.raises(CommandError, match=words):
        call_command("make_bench_data", *numbers)
    assert not Article.objects.exists()


def test_one_article_takes_all_the_comments():
    make(articles=1, comments=4, pending=2, on_one=1)
    assert Article.objects.get().comments.count() == 6


def test_a_bar_shows_what_is_done_when_asked_for():
    _out, err = make(articles=2, comments=3, pending=0, verbosity=2)
    assert "articles [##############################] 2 of 2" in err
    assert "comments [##############################] 3 of 3" in err


def test_nothing_is_said_when_asked_for_silence():
    assert make(articles=1, comments=1, pending=0, verbosity=0) == ("", "")
