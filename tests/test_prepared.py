"""Queries that are compiled once give what their querysets give."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from blog.models import Edition
from blog.prepared import MOMENT, Prepared
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

AT = Prepared(Edition.objects.at, slug="\0", now=MOMENT)
TALLIED = Prepared(lambda article: Comment.objects.filter(article=article).with_tally(), article=-1)


def test_the_objects_are_those_of_the_queryset_with_all_they_came_with(
    django_assert_num_queries,
):
    tea, coffee = factories.live_article(slug="tea"), factories.live_article(slug="coffee")
    for article in [tea, coffee]:
        with django_assert_num_queries(1):
            [edition] = AT.find(slug=article.slug, now=timezone.now()).objects
            assert edition.article.slug == article.slug
            assert edition.live_from <= timezone.now()
        expected = Edition.objects.at(article.slug).get()
        assert edition == expected
        assert edition.content == expected.content
        assert edition.get_deferred_fields() == expected.get_deferred_fields()


def test_annotations_come_along():
    article = factories.live_article()
    factories.approved(article)
    [comment] = TALLIED.find(article=article.pk)
    expected = Comment.objects.with_tally().get()
    assert (comment.tally_total, comment.created_at) == (1, expected.created_at)


def test_values_come_as_values():
    article = factories.live_article()
    pairs = Prepared(
        lambda slug: Edition.objects.at(slug).values_list("pk", "live_from"), slug="\0"
    )
    assert list(pairs.find(slug=article.slug)) == list(
        Edition.objects.values_list("pk", "live_from")
    )


def test_a_moment_counts_each_time_and_not_the_first():
    article = factories.live_article(slug="tea")
    assert AT.find(slug="tea", now=timezone.now())
    assert not AT.find(slug="tea", now=timezone.now() - timedelta(days=9))
    article.unpublish(by=None)
    assert not AT.find(slug="tea", now=timezone.now())


def test_nothing_found_is_false_and_empty():
    found = AT.find(slug="nowhere", now=timezone.now())
    assert not found
    assert list(found) == found.column("id") == []


def test_a_column_is_that_of_the_model_itself_and_needs_no_object():
    article = factories.live_article(slug="tea")
    found = AT.find(slug="tea", now=timezone.now())
    assert found.column("id") == [Edition.objects.get().pk]
    assert found.column("article_id") == [article.pk]
    with pytest.raises(ValueError, match="slug"):
        found.column("slug")


def test_the_key_is_the_same_for_the_same_and_another_for_anything_else():
    article = factories.live_article()
    comment = factories.approved(article, name="Ada")
    keys = [TALLIED.find(article=article.pk).key for _ in range(2)]
    comment.name = "Eve"
    comment.save()
    keys.append(TALLIED.find(article=article.pk).key)
    factories.approved(article, text="Another")
    keys.append(TALLIED.find(article=article.pk).key)
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_an_example_that_is_not_in_the_query_is_refused():
    with pytest.raises(ValueError, match="now$"):
        Prepared(lambda slug, now: Edition.objects.at(slug), slug="\0", now=MOMENT).find()


def test_examples_that_are_alike_are_refused():
    alike = Prepared(lambda a, b: Edition.objects.filter(pk=a, article=b), a=-1, b=-1)
    with pytest.raises(ValueError, match="a"):
        alike.find(a=1, b=1)


@pytest.mark.parametrize(
    "values", [{"slug": "tea"}, {"slug": "tea", "now": None}, {"slug": "", "now": MOMENT, "pk": 1}]
)
def test_other_values_than_those_of_the_query_are_refused(values):
    with pytest.raises(ValueError, match="slug, now"):
        AT.find(**values)


def test_nothing_of_what_was_found_is_kept():
    article = factories.live_article()
    factories.approved(article)
    assert TALLIED.find(article=article.pk).objects
    assert "execute_sql" not in vars(TALLIED._statement.compiler)


@pytest.mark.django_db(transaction=True)
def test_threads_and_new_connections_find_the_same():
    factories.live_article(slug="tea")
    titles = []

    def find():
        for _ in range(2):
            found = AT.find(slug="tea", now=timezone.now())
            titles.extend(edition.content.title for edition in found)
            connection.close()

    find()
    if connection.vendor == "postgresql":
        thread = threading.Thread(target=find)
        thread.start()
        thread.join()
    assert len(titles) == (4 if connection.vendor == "postgresql" else 2)
