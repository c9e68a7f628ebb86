"""Publishing actions on one article at the same moment, with real threads and connections."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from blog.models import Article, Edition
from tests import factories
from tests.test_comment_races import at_once

pytestmark = pytest.mark.usefixtures("shared_database")

ROUNDS = 8


def fresh(article):
    return Article.objects.get(pk=article.pk)


@pytest.mark.parametrize("first", [True, False], ids=["first edition", "a later edition"])
def test_publishing_twice_at_the_same_moment_takes_turns(first):
    for number in range(ROUNDS):
        make = factories.article if first else factories.live_article
        article = make(f"Twice {first} {number}")
        editions = at_once(
            lambda article=article: fresh(article).publish(by=None),
            lambda article=article: fresh(article).publish(by=None),
        )
        newest = max(editions, key=lambda edition: edition.number)
        assert article.editions.live().get() == newest


def test_publishing_and_scheduling_at_the_same_moment_leave_one_plan():
    due = timezone.now() + timedelta(hours=1)
    for number in range(ROUNDS):
        article = factories.article(f"Both {number}")
        results = at_once(
            lambda article=article: fresh(article).publish(by=None),
            lambda article=article: fresh(article).schedule(by=None, at=due),
        )
        assert not [result for result in results if isinstance(result, Exception)]
        assert article.editions.live(due).count() == 1
        assert article.editions.live(due - timedelta(minutes=1)).count() <= 1


def test_publishing_and_unpublishing_at_the_same_moment_leave_one_of_the_two():
    for number in range(ROUNDS):
        article = factories.live_article(f"Off {number}")
        results = at_once(
            lambda article=article: fresh(article).publish(by=None),
            lambda article=article: fresh(article).unpublish(by=None),
        )
        assert not [result for result in results if isinstance(result, Exception)]
        assert article.editions.live().count() <= 1


def test_the_rule_of_one_live_edition_survives_a_rebuild_of_the_table():
    # SQLite rebuilds a table to change it, and with the old one its triggers would go.
    article = factories.live_article("Rebuilt")
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor._remake_table(Edition)
    edition = article.editions.get()
    edition.pk, edition.number = None, 2
    edition._state.adding = True
    with pytest.raises(IntegrityError):
        edition.save()
