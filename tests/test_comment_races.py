"""Two at the same moment, with real threads and real connections."""

import threading
from functools import partial

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from comments.forms import make_token
from comments.models import Comment, Decision
from tests import factories

ROUNDS = 10


pytestmark = pytest.mark.usefixtures("shared_database")


def at_once(*actions):
    """What each action returned, all begun at the same moment."""
    start, results = threading.Barrier(len(actions)), {}

    def run(number, action):
        try:
            start.wait(timeout=10)
            results[number] = action()
        except Exception as error:  # noqa: BLE001
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(actions))]


def test_the_same_form_sent_at_the_same_moment_makes_one_comment(monkeypatch):
    # One for each round, and room for those that are counted until they turn out to be the same.
    monkeypatch.setattr("comments.throttle.LIMITS", [(ROUNDS + 3, 86_400)])
    article = factories.live_article()
    url = reverse("comments:write", args=[article.slug])
    form = {"name": "Ada", "token": make_token(article.editions.get())}
    for number in range(ROUNDS):
        text = f"Round {number}"
        answers = at_once(*[partial(Client().post, url, form | {"comment": text})] * 4)
        assert [answer.status_code for answer in answers] == [303] * 4
        assert len({answer.url for answer in answers}) == 1
        assert Comment.objects.filter(text=text).count() == 1


def test_approve_and_reject_at_the_same_moment_give_one_outcome():
    one, two = factories.moderator("one"), factories.moderator("two")
    for number in range(ROUNDS):
        comment = factories.comment(text=f"Decided {number}", email="ada@example.org")
        mail.outbox.clear()
        outcomes = at_once(
            partial(Comment.objects.decide, to="approved", by=one, seen={comment.pk: 1}),
            partial(Comment.objects.decide, to="rejected", by=two, seen={comment.pk: 1}),
        )
        winner, loser = sorted(outcomes, key=lambda outcome: len(outcome.stale))
        comment.refresh_from_db()
        assert [len(winner.decided), len(winner.stale)] == [1, 0]
        assert [len(loser.decided), len(loser.stale)] == [0, 1]
        decision = Decision.objects.get(comment=comment)
        assert decision.to_status == comment.status == winner.decided[0].status
        assert f"Already {comment.status} by {decision.by}" in str(loser.stale[0])
        assert len(mail.outbox) == 1


def test_withdrawing_and_approving_at_the_same_moment_leave_a_straight_history():
    moderator = factories.moderator()
    for number in range(ROUNDS):
        comment = factories.comment(text=f"Withdrawn {number}")
        at_once(
            Comment.objects.get(pk=comment.pk).withdraw,
            partial(Comment.objects.decide, to="approved", by=moderator, seen={comment.pk: 1}),
        )
        comment.refresh_from_db()
        steps = list(comment.decisions.values_list("from_status", "to_status"))
        assert comment.status == "withdrawn"
        assert steps in (
            [("pending", "withdrawn")],
            [("pending", "approved"), ("approved", "withdrawn")],
        )
        assert comment.version == 1 + len(steps)


def test_two_moderators_who_decide_the_same_many_in_opposite_order_both_finish():
    one, two = factories.moderator("three"), factories.moderator("four")
    article = factories.live_article()
    for number in range(3):
        rows = [factories.comment(article, text=f"{number} {row}") for row in range(20)]
        seen = {row.pk: 1 for row in rows}
        backwards = dict(reversed(seen.items()))
        outcomes = at_once(
            partial(Comment.objects.decide, to="approved", by=one, seen=seen),
            partial(Comment.objects.decide, to="spam", by=two, seen=backwards),
        )
        assert sum(len(outcome.decided) for outcome in outcomes) == 20
        assert Decision.objects.filter(comment__in=rows).count() == 20
