"""What the page says there are is what there are, whatever was moved, by whom and when."""

import random
from functools import partial

import pytest
from django.core.management import call_command
from django.db.models import Count

from comments.models import Comment, Status, Tally
from tests import factories
from tests.test_comment_races import at_once


def true_counts(article):
    """(all, for each key of a point), counted."""
    rows = Comment.objects.filter(article=article, status="approved").order_by()
    by_key = rows.exclude(section_key=None).values_list("section_key").annotate(Count("pk"))
    return rows.count(), {str(key): number for key, number in by_key}


def tally(article):
    row = Tally.objects.filter(article=article).first() or Tally(article=article)
    return row.total, row.by_section


def decide(comment, to):
    comment.refresh_from_db()
    Comment.objects.decide(to=to, by=None, seen={comment.pk: comment.version}, announce=False)


@pytest.mark.django_db
class TestOneMoveAfterTheOther:
    def test_what_waits_is_not_counted_and_what_is_approved_is(self):
        article = factories.live_article(pros=["It warms"])
        key = article.sections.first().key
        whole, on_point = (
            factories.comment(article, text="a"),
            factories.comment(article, about=key),
        )
        assert tally(article) == (0, {})
        decide(whole, "approved")
        assert tally(article) == (1, {})
        decide(on_point, "approved")
        assert tally(article) == (2, {str(key): 1})
        decide(on_point, "rejected")
        assert tally(article) == (1, {})
        whole.withdraw()
        assert tally(article) == (0, {})

    def test_an_approved_comment_that_is_put_to_another_point_is_counted_there(self):
        article = factories.live_article(pros=["It warms"])
        key = article.sections.first().key
        comment = factories.approved(article)
        comment.section_key = key
        comment.save(update_fields=["section_key"])
        assert tally(article) == (1, {str(key): 1})

    @pytest.mark.parametrize("seed", range(5))
    def test_it_is_true_after_any_sequence_of_moves(self, seed):
        chance = random.Random(seed)  # noqa: S311
        articles = [factories.live_article(name, pros=["a", "b"]) for name in ("One", "Two")]
        keys = {
            article: [None, *article.sections.values_list("key", flat=True)] for article in articles
        }
        for step in range(60):
            article = chance.choice(articles)
            comment = chance.choice([*Comment.objects.order_by("pk"), None])
            move = chance.choice(
                ["write", "write", "decide", "decide", "withdraw", "many", "delete"]
            )
            about = chance.choice(keys[article])
            if move == "write" or comment is None:
                factories.comment(article, text=f"{step}", about=about)
            elif move == "decide":
                decide(comment, chance.choice(["approved", "rejected", "spam"]))
            elif move == "withdraw":
                comment.withdraw()
            elif move == "many":
                status = chance.choice(["approved", "pending"])
                Comment.objects.bulk_create(
                    Comment(article=article, name="Bo", text=f"{step} {row}", status=status)
                    for row in range(3)
                )
            elif not comment.decisions.exists():
                chance.choice([comment.delete, Comment.objects.filter(pk=comment.pk).delete])()
            for each in articles:
                assert tally(each) == true_counts(each)
        assert sum(tally(article)[0] for article in articles)

    def test_deciding_on_many_articles_at_once_counts_each(self):
        articles = [factories.live_article(name) for name in ("One", "Two", "Three")]
        rows = [factories.comment(article, text=f"{n}") for article in articles for n in range(3)]
        Comment.objects.decide(to="approved", by=None, seen={row.pk: 1 for row in rows[:-1]})
        assert [tally(article)[0] for article in articles] == [3, 3, 2]

    def test_rejecting_what_waits_counts_nothing(self):
        comment = factories.comment()
        decide(comment, "rejected")
        assert not Tally.objects.exists()

    def test_a_decision_that_came_too_late_changes_no_count(self):
        comment = factories.approved()
        Comment.objects.decide(to="rejected", by=None, seen={comment.pk: comment.version - 1})
        assert tally(comment.article)[0] == 1

    def test_a_decision_that_fails_leaves_the_count(self, monkeypatch):
        comment = factories.comment()
        monkeypatch.setattr("comments.mail.tell_writer", None)
        Comment.objects.filter(pk=comment.pk).update(email="ada@example.org")
        with pytest.raises(AttributeError):
            Comment.objects.decide(to="approved", by=None, seen={comment.pk: 1})
        assert tally(comment.article) == (0, {})

    def test_a_comment_stored_as_approved_counts(self):
        article = factories.live_article()
        row = factories.comment(article, status=Status.APPROVED)
        assert tally(article)[0] == 1
        row.status = Status.REJECTED
        row.save()
        assert tally(article)[0] == 0

    def test_an_import_is_counted(self):
        path = "tests/imports/plain_model_form.txt"
        call_command("import_article", path, "--publish", "--approve-comments", stdout=None)
        article = Comment.objects.first().article
        assert tally(article) == true_counts(article)
        assert tally(article)[0]

    def test_the_demo_is_counted(self):
        call_command("seed_demo", verbosity=0)
        for article in {comment.article for comment in Comment.objects.all()}:
            assert tally(article) == true_counts(article)

    def test_it_goes_with_its_article(self):
        comment = factories.approved()
        article = comment.article
        article.trash(by=None)
        article.purge(article.trashed_at)
        assert not Tally.objects.exists()

    def test_the_command_makes_it_true_again(self, capsys):
        article, silent = factories.live_article("One"), factories.live_article("Two")
        factories.approved(article)
        Tally.objects.update(total=7, by_section={"x": 3})
        Tally.objects.create(article=silent, total=3)
        call_command("recount_comments")
        assert tally(article) == true_counts(article) == (1, {})
        assert tally(silent) == (0, {})
        assert "2 articles" in capsys.readouterr().out

    def test_a_recount_takes_the_same_queries_for_any_number(self, django_assert_num_queries):
        for number in (1, 4):
            articles = [factories.live_article(f"{number} {n}") for n in range(number)]
            for article in articles:
                factories.approved(article)
            # And a savepoint around them.
            with django_assert_num_queries(6):
                Tally.objects.recount([article.pk for article in articles])


@pytest.mark.usefixtures("shared_database")
class TestAtTheSameMoment:
    def test_two_deciders_lose_no_count(self):
        article = factories.live_article("Raced", pros=["a"])
        key = article.sections.first().key
        for number in range(8):
            rows = [
                factories.comment(article, text=f"{number} {n}", about=key if n % 2 else None)
                for n in range(4)
            ]
            outcomes = at_once(
                *(partial(Comment.objects.decide, to="approved", by=None, seen={row.pk: 1})
                  for row in rows[:3]),
                partial(rows[3].withdraw),
            )  # fmt: skip
            assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
            assert tally(article) == true_counts(article) == (3 * (number + 1), {
                str(key): number + 1
            })  # fmt: skip

    def test_approving_and_withdrawing_the_same_one_leaves_a_true_count(self):
        article = factories.live_article("Both ways")
        for number in range(8):
            row = factories.comment(article, text=f"Both {number}")
            at_once(
                partial(Comment.objects.decide, to="approved", by=None, seen={row.pk: 1}),
                Comment.objects.get(pk=row.pk).withdraw,
            )
            assert tally(article) == true_counts(article) == (0, {})
