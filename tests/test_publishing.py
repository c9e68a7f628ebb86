from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from blog.models import Article, Edition
from tests import factories

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def live(article, at=None):
    return article.editions.live(at).first()


def status(article, at=None):
    return Article.objects.with_status(at).get(pk=article.pk).status


def test_a_new_article_is_a_draft_that_nobody_sees():
    article = factories.article()
    assert status(article) == "draft"
    assert live(article) is None


def test_publishing_shows_the_working_copy():
    article = factories.article(pros=["It warms"])
    editor = factories.editor()
    edition = article.publish(by=editor, note="First")
    assert live(article) == edition
    assert (edition.number, edition.created_by, edition.note) == (1, editor, "First")
    assert edition.content == article.content()
    assert status(article) == "live"


def test_a_saved_working_copy_changes_nothing_for_readers():
    article = factories.live_article(title="Before")
    article.title = "After"
    article.save()
    article.refresh_digest()
    assert live(article).content.title == "Before"
    assert status(article) == "live_with_changes"


def test_publishing_again_replaces_the_edition_without_gap_or_overlap():
    article = factories.live_article()
    first = live(article)
    second = article.publish(by=None)
    first.refresh_from_db()
    assert first.live_until == second.live_from
    assert [live(article), live(article, first.live_from)] == [second, first]
    assert second.number == 2


def test_a_scheduled_edition_is_seen_from_its_time_on_and_not_before():
    article = factories.article()
    due = timezone.now() + HOUR
    edition = article.schedule(by=None, at=due)
    assert status(article) == "scheduled"
    assert live(article) is None
    assert live(article, due - timedelta(microseconds=1)) is None
    assert live(article, due) == edition
    assert status(article, due) == "live"


def test_a_scheduled_change_leaves_the_live_edition_until_its_time():
    article = factories.live_article(title="Before")
    article.title = "After"
    article.save()
    due = timezone.now() + HOUR
    article.schedule(by=None, at=due)
    assert live(article).content.title == "Before"
    assert live(article, due).content.title == "After"


def test_scheduling_in_the_past_is_refused():
    article = factories.article()
    with pytest.raises(ValidationError, match="has passed"):
        article.schedule(by=None, at=timezone.now())
    assert not article.editions.exists()


def test_scheduling_again_replaces_the_earlier_plan():
    article = factories.live_article()
    now = timezone.now()
    article.schedule(by=None, at=now + HOUR)
    article.schedule(by=None, at=now + 3 * HOUR)
    assert live(article, now + 2 * HOUR).number == 1
    assert live(article, now + 4 * HOUR).number == 3


def test_publishing_drops_a_plan_that_was_cut_from_an_older_working_copy():
    article = factories.live_article()
    due = timezone.now() + HOUR
    article.schedule(by=None, at=due)
    newest = article.publish(by=None)
    assert live(article, due + HOUR) == newest


def test_unpublishing_takes_the_article_and_its_plan_from_readers():
    article = factories.live_article()
    due = timezone.now() + HOUR
    article.schedule(by=None, at=due)
    editor = factories.editor()
    assert article.unpublish(by=editor)
    assert live(article) is None
    assert live(article, due) is None
    assert status(article) == "draft"
    assert article.editions.get(number=1).end_set_by == editor


def test_a_command_may_unpublish_as_well():
    article = factories.live_article()
    article.unpublish(by=None)
    assert status(article) == "draft"


def test_unpublishing_a_draft_does_nothing_and_says_so():
    assert not factories.article().unpublish(by=None)


def test_an_article_expires_by_itself():
    article = factories.live_article()
    end = timezone.now() + HOUR
    article.expire(by=None, at=end)
    assert live(article) is not None
    assert live(article, end) is None
    assert status(article, end) == "expired"


def test_a_time_of_expiry_survives_a_new_edition_and_can_be_taken_away():
    article = factories.live_article()
    end = timezone.now() + 2 * HOUR
    article.expire(by=None, at=end)
    article.publish(by=None)
    assert live(article, end) is None
    article.expire(by=None, at=None)
    assert live(article, end) is not None


def test_cancelling_a_planned_change_gives_the_live_edition_its_end_back():
    article = factories.live_article()
    now = timezone.now()
    article.expire(by=None, at=now + 3 * HOUR)
    article.schedule(by=None, at=now + HOUR)
    article.schedule(by=None, at=now + 2 * HOUR)
    assert live(article, now + HOUR).number == 1
    assert live(article, now + 2 * HOUR).number == 3
    assert live(article, now + 3 * HOUR) is None


def test_an_expiry_at_the_moment_of_a_planned_change_survives_its_cancelling():
    article = factories.live_article()
    end = timezone.now() + HOUR
    article.expire(by=None, at=end)
    article.schedule(by=None, at=end)
    article.schedule(by=None, at=end + HOUR)
    assert live(article, end) is None
    assert live(article, end + HOUR).number == 3


def test_who_set_an_end_is_kept():
    article, editor = factories.live_article(), factories.editor()
    article.expire(by=editor, at=timezone.now() + HOUR)
    assert live(article).end_set_by == editor
    assert article.publish(by=None).end_set_by == editor


def test_an_edition_is_never_changed():
    edition = factories.live_article().editions.get()
    edition.data["title"] = "Other"
    with pytest.raises(TypeError, match="never changed"):
        edition.save()
    with pytest.raises(TypeError, match="never changed"):
        edition.save(update_fields=["live_until", "data"])


def test_what_was_never_saved_is_not_published():
    article = factories.article(title="Saved")
    article.title = "Never saved"
    article.publish(by=None)
    assert live(article).content.title == "Saved"
    assert status(article) == "live"


def test_a_source_of_another_article_is_left_out():
    article, other = factories.article("One"), factories.article("Other")
    article.sections.first().sources.add(factories.source(other))
    assert article.publish(by=None).content.points[0].cites == ()


@pytest.mark.parametrize("published", [False, True])
def test_an_expiry_that_makes_no_sense_is_refused(published):
    article = factories.live_article() if published else factories.article()
    at = timezone.now() - HOUR if published else timezone.now() + HOUR
    with pytest.raises(ValidationError):
        article.expire(by=None, at=at)


def test_publishing_twice_at_one_moment_leaves_one_live_edition(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    article = factories.article()
    article.publish(by=None)
    article.publish(by=None)
    assert [edition.number for edition in article.editions.live(now)] == [2]
    assert article.unpublish(by=None)
    assert not article.editions.live(now).exists()


@pytest.mark.parametrize(("pros", "cons"), [((), ("a",)), (("a",), ()), (("",), ("a",))])
def test_a_lopsided_or_unnamed_set_of_points_is_not_published(pros, cons):
    article = factories.article(pros=pros, cons=cons)
    with pytest.raises(ValidationError):
        article.publish(by=None)
    assert not article.editions.exists()


def _edition(article, number, start, end):
    now = timezone.now()
    return Edition(
        article=article,
        number=number,
        data={},
        live_from=start and now + start,
        live_until=end and now + end,
        published_on=now.date(),
    )


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [
        (1 * HOUR, 3 * HOUR, True),  # touches
        (1 * HOUR, 4 * HOUR, False),
        (1 * HOUR, None, False),
        (4 * HOUR, 5 * HOUR, False),
        (6 * HOUR, None, True),  # touches
        (None, None, True),
    ],
)
@pytest.mark.parametrize("way", ["insert", "bulk", "update"])
def test_the_database_itself_refuses_two_editions_live_at_once(
    monkeypatch, start, end, allowed, way
):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    article = factories.article()
    _edition(article, 1, 3 * HOUR, 6 * HOUR).save()
    other = _edition(article, 2, start, end)

    def write():
        with transaction.atomic():
            if way == "insert":
                other.save()
            elif way == "bulk":
                Edition.objects.bulk_create([other])
            else:
                row = _edition(article, 2, None, None)
                row.save()
                Edition.objects.filter(pk=row.pk).update(
                    live_from=other.live_from, live_until=other.live_until
                )

    if allowed:
        write()
    else:
        with pytest.raises(IntegrityError):
            write()
        with pytest.raises(ValidationError):
            other.validate_constraints()


def test_editions_of_two_articles_are_live_side_by_side():
    factories.live_article("One")
    factories.live_article("Two")
    assert Edition.objects.live().count() == 2


def test_the_address_of_a_draft_may_change():
    article = factories.article()
    article.slug = "another"
    article.full_clean()
    article.save()
    assert Article.objects.get().slug == "another"


def test_nobody_reviews_what_they_wrote():
    ada = factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.article(author=ada, reviewer=ada)


def test_the_status_of_many_articles_takes_one_query(django_assert_num_queries):
    for number in range(5):
        factories.live_article(f"Article {number}")
    with django_assert_num_queries(1):
        assert {row.status for row in Article.objects.with_status()} == {"live"}
