import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from comments.models import Comment, Decision, Reason, Status
from tests import factories

pytestmark = pytest.mark.django_db


def decide(comment, to, *, by=None, version=None, **values):
    comment.refresh_from_db()
    seen = {comment.pk: comment.version if version is None else version}
    outcome = Comment.objects.decide(to=to, by=by, seen=seen, **values)
    comment.refresh_from_db()
    return outcome


def bring(comment, status):
    """Move a pending comment to a status, by the front door."""
    if status == "withdrawn":
        comment.withdraw()
    elif status != "pending":
        decide(comment, status)
    comment.refresh_from_db()
    return comment


def test_only_approved_comments_are_visible():
    rows = {status: bring(factories.comment(text=status), status) for status in Status.values}
    assert list(Comment.objects.approved()) == [rows["approved"]]
    assert list(Comment.objects.pending()) == [rows["pending"]]


def test_a_decision_says_who_when_from_where_to_where_why_and_about_which_text():
    moderator = factories.moderator()
    comment = factories.comment(text="Tea.")
    outcome = decide(comment, "rejected", by=moderator, reason="personal")
    decision = Decision.objects.get()
    assert [row.pk for row in outcome.decided] == [comment.pk]
    assert outcome.stale == []
    assert (decision.comment, decision.by, decision.reason) == (comment, moderator, "personal")
    assert (decision.from_status, decision.to_status) == ("pending", "rejected")
    assert decision.text_hash == hashlib.sha256(b"Tea.").hexdigest()
    assert decision.created_at >= comment.created_at
    assert (comment.status, comment.version) == ("rejected", 2)


STAFF = ["approved", "rejected", "spam"]


@pytest.mark.parametrize("to", Status.values)
@pytest.mark.parametrize("was", Status.values)
def test_staff_may_move_a_comment_between_these_statuses_and_no_others(was, to):
    comment = bring(factories.comment(), was)
    steps = comment.decisions.count()
    if to not in STAFF:
        with pytest.raises(ValueError, match="Nobody decides"):
            decide(comment, to)
    else:
        outcome = decide(comment, to)
        assert bool(outcome.decided) == (was != to and was != "withdrawn")
        assert bool(outcome.stale) != bool(outcome.decided)
    moved = to in STAFF and was not in (to, "withdrawn")
    comment.refresh_from_db()
    assert comment.status == (to if moved else was)
    assert comment.decisions.count() == steps + moved


def test_approving_again_after_rejecting_leaves_three_rows():
    comment = factories.comment()
    for to in ["approved", "rejected", "approved"]:
        decide(comment, to)
    assert [row.to_status for row in comment.decisions.all()] == [
        "approved",
        "rejected",
        "approved",
    ]
    assert comment.version == 4


def test_a_decision_on_a_version_that_is_gone_changes_nothing_and_says_who_was_faster():
    first, second = factories.moderator("first"), factories.moderator("second")
    comment = factories.comment()
    decide(comment, "approved", by=first)
    outcome = decide(comment, "rejected", by=second, version=1)
    assert outcome.decided == []
    assert str(outcome.stale[0]).startswith("Already approved by first on ")
    assert str(outcome.stale[0]).endswith("; nothing was changed.")
    assert (comment.status, comment.decisions.count()) == ("approved", 1)


def test_what_was_withdrawn_is_stale_and_says_by_whom():
    comment = factories.comment()
    comment.withdraw()
    outcome = decide(comment, "approved", version=1)
    assert str(outcome.stale[0]).startswith("Already withdrawn by its writer on ")


def test_of_many_only_those_that_are_as_seen_are_decided():
    rows = [factories.comment(text=str(number)) for number in range(3)]
    decide(rows[1], "spam")
    outcome = Comment.objects.decide(to="approved", by=None, seen={row.pk: 1 for row in rows})
    assert [row.pk for row in outcome.decided] == [rows[0].pk, rows[2].pk]
    assert [stale.comment.pk for stale in outcome.stale] == [rows[1].pk]


def test_comments_that_do_not_exist_are_passed_over():
    outcome = Comment.objects.decide(to="approved", by=None, seen={0: 1})
    assert (outcome.decided, outcome.stale) == ([], [])


def test_when_the_history_cannot_be_written_nothing_is_decided(monkeypatch):
    comment = factories.comment()

    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(Decision, "of", fail)
    with pytest.raises(IntegrityError):
        decide(comment, "approved")
    monkeypatch.undo()
    comment.refresh_from_db()
    assert (comment.status, comment.version) == ("pending", 1)


@pytest.mark.parametrize("number", [1, 100])
def test_deciding_takes_one_update_for_each_and_a_fixed_number_of_other_queries(
    number, django_assert_max_num_queries
):
    article = factories.live_article()
    rows = [factories.comment(article, text=str(row)) for row in range(number)]
    with django_assert_max_num_queries(number + 6):
        Comment.objects.decide(to="spam", by=None, seen={row.pk: 1 for row in rows})


# The writer


@pytest.mark.parametrize("was", Status.values)
def test_the_writer_can_withdraw_what_waits_and_what_is_public(was):
    comment = bring(factories.comment(), was)
    steps = comment.decisions.count()
    assert comment.withdraw() == (was in {"pending", "approved"})
    comment.refresh_from_db()
    if was in {"pending", "approved"}:
        assert comment.status == "withdrawn"
        assert (comment.last_decision.from_status, comment.last_decision.by) == (was, None)
    else:
        assert (comment.status, comment.decisions.count()) == (was, steps)


# Append-only


def test_a_decision_cannot_be_changed_or_deleted_by_any_method():
    decide(factories.comment(), "approved")
    decision = Decision.objects.get()
    decision.reason = "Other"
    copy = Decision.of(decision.comment, "pending", by=None)
    copy.pk = decision.pk
    for attempt in (
        decision.save,
        decision.delete,
        Decision.objects.all().delete,
        lambda: Decision.objects.update(reason="Other"),
        lambda: Decision.objects.bulk_update([decision], ["reason"]),
        lambda: Decision.objects.bulk_create(
            [copy], update_conflicts=True, unique_fields=["id"], update_fields=["reason"]
        ),
        lambda: decision.comment.decisions.update(reason="Other"),
        lambda: decision.comment.decisions.all().delete(),
    ):
        with pytest.raises(TypeError, match="never changed or deleted"):
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
    with pytest.raises(ProtectedError):
        decision.comment.delete()
    assert Decision.objects.get().reason == ""


def test_an_article_with_comments_cannot_be_deleted():
    comment = factories.comment()
    with pytest.raises(TypeError, match="trash"):
        comment.article.delete()
    with pytest.raises(ProtectedError):
        comment.edition.delete()


# What the database itself holds


def test_the_database_refuses_an_unknown_status():
    comment = factories.comment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(status="public")


def test_the_database_refuses_a_second_row_of_the_same_form():
    comment = factories.comment()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.comment(comment.article)


@pytest.mark.parametrize("other", [{"name": "Bob"}, {"email": "b@example.org"}, {"text": "No."}])
def test_the_database_lets_different_ones_be(other):
    comment = factories.comment()
    factories.comment(comment.article, **other)
    assert Comment.objects.count() == 2


def test_counts_take_one_query_and_name_every_status(django_assert_num_queries):
    factories.comment(text="1")
    factories.approved(text="2")
    factories.approved(text="3")
    with django_assert_num_queries(1):
        counts = Comment.objects.counts()
    assert counts == {"pending": 1, "approved": 2, "rejected": 0, "spam": 0, "withdrawn": 0}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_for_the_writer(reason):
    comment = factories.comment()
    decide(comment, "rejected", reason=reason.value)
    assert comment.last_decision.explanation == str(reason.sentence)
    assert str(reason.sentence).endswith(".")


def test_own_words_reach_the_writer_as_they_are():
    comment = factories.comment()
    decide(comment, "rejected", reason="Please leave out the name.")
    assert comment.last_decision.explanation == "Please leave out the name."


@pytest.mark.parametrize(
    ("name", "shown"), [("ada", "A"), ("Ada de Example", "AE"), ("日本", "日")]
)
def test_initials(name, shown):
    assert Comment(name=name).initials == shown


def test_the_moderator_group_comes_with_a_migration_and_holds_nothing_of_the_articles():
    permissions = factories.moderator().get_all_permissions()
    assert permissions == {
        "comments.view_comment",
        "comments.change_comment",
        "comments.view_decision",
    }
