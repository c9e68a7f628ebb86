"""The home page of the desk: what is shown to whom, and at what cost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, Version
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
MODULES = ["mine", "awaiting", "changed", "scheduled", "overdue", "published", "waiting"]


@pytest.fixture
def log_in(client):
    def go(group, name="erin", **values):
        user = factories.user(name, group=group, **values)
        client.force_login(user)
        return user

    return go


def home(client):
    return client.get(HOME).content.decode()


def module(client, name):
    """The text of one module, or None when it is not on the page."""
    page = home(client)
    start = page.find(f'id="{name}"')
    return None if start < 0 else page[start : page.index("</section>", start)]


def changed(title):
    article = factories.live_article(title)
    article.title = f"{title}, changed"
    article.save()
    article.refresh_digest()
    return article


def fill(number, user):
    """So many rows for every module."""
    person = factories.person("Me", user=user)
    today, now = timezone.localdate(), timezone.now()
    for index in range(number):
        factories.article(f"Mine {index}", author=person)
        changed(f"Live {index}")
        planned = factories.article(f"Planned {index}")
        planned.schedule(by=user, at=now + timedelta(hours=index + 1))
        overdue = factories.live_article(f"Over {index}", reviewer=person, by=user)
        factories.sign_off(overdue, person, signed_by=user)
        Article.objects.filter(pk=overdue.pk).update(next_review_on=today - timedelta(days=3))
        factories.comment(overdue, text=f"Comment {index}")
        overdue.submit_for_review(by=None, note=f"Look {index}")


# Each module


def test_mine_is_what_i_write_and_what_i_saved_last(client, log_in):
    me, other = log_in("Editor"), factories.editor("other")
    factories.article("By me", author=factories.person("Me", user=me))
    factories.article("Not mine")
    for title, savers in {"Saved by me": [other, me], "Saved by them": [me, other]}.items():
        article = factories.article(title)
        for number, saver in enumerate(savers):
            article.summary = f"Text {number}"
            Version.objects.keep(article, article.content(), by=saver, reason="saved")
    factories.live_article("Done", author=me.person)
    text = module(client, "mine")
    assert "By me" in text
    assert "Saved by me" in text
    for title in ("Not mine", "Saved by them", "Done"):
        assert title not in text
    assert "chip draft" in text


def test_what_is_live_with_changes_is_there_and_what_has_none_is_not(client, log_in):
    log_in("Editor")
    changed("Tea")
    factories.live_article("Milk")
    text = module(client, "changed")
    assert "Tea, changed" in text
    assert "Milk" not in text
    assert "?status=live_with_changes" in text


def test_what_is_planned_comes_in_its_order(client, log_in):
    log_in("Editor")
    now = timezone.now()
    factories.article("Later").schedule(by=None, at=now + timedelta(days=2))
    factories.live_article("Sooner").schedule(by=None, at=now + timedelta(days=1))
    text = module(client, "scheduled")
    assert text.index("Sooner") < text.index("Later")
    assert text.index("Change to a public article") < text.index("New article")


def test_what_is_overdue_says_for_how_long_and_who_is_not_is_absent(client, log_in):
    log_in("Editor")
    today = timezone.localdate()
    factories.article("Late", next_review_on=today - timedelta(days=12))
    factories.article("Today", next_review_on=today)
    factories.article("Never")
    text = module(client, "overdue")
    assert "12 days over" in text
    assert "Never signed off" in text
    assert "Today" not in text
    assert "?overdue=yes" in text


def test_comments_waiting_are_counted_with_the_age_of_the_oldest(client, log_in):
    log_in("Moderator")
    article = factories.live_article()
    factories.comment(article, text="One")
    old = factories.comment(article, text="Two")
    factories.approved(article, text="Three")
    since = timezone.now() - timedelta(hours=9, minutes=20, seconds=5)
    Comment.objects.filter(pk=old.pk).update(created_at=since)
    text = module(client, "waiting").replace("\xa0", " ")
    assert "<dd>2</dd>" in text
    assert "9 hours, 20 minutes" in text
    Comment.objects.decide(
        to="spam", by=None, seen=dict(Comment.objects.values_list("pk", "version"))
    )
    assert "every comment has been decided" in module(client, "waiting")


def test_what_was_published_last_comes_first(client, log_in):
    erin = log_in("Editor")
    first = factories.live_article("First", by=erin)
    factories.live_article("Second")
    first.editions.update(live_from=timezone.now() - timedelta(days=1))
    text = module(client, "published")
    assert text.index("Second") < text.index("First")
    assert "Edition 1, erin" in text


def test_a_long_list_shows_seven_and_says_how_many_more(client, log_in):
    me = log_in("Editor")
    person = factories.person("Me", user=me)
    for number in range(9):
        factories.article(f"Mine {number}", author=person, pros=[], cons=[])
    text = module(client, "mine")
    assert text.count("<li>") == 7
    assert "and 2 more" in text
    assert '<span class="count">9</span>' in text


def test_titles_are_escaped(client, log_in):
    factories.live_article("<script>x</script>")
    log_in("Editor")
    assert "<script>x" not in home(client)


# What it costs


def test_each_module_is_one_query_however_much_there_is(client, log_in, django_assert_num_queries):
    # The session, the account, its rights in two; then whether there is an article at all.
    queries = 5 + len(MODULES)
    me = log_in("Editor")
    me.groups.add(factories.moderator("m").groups.get())
    fill(1, me)
    with django_assert_num_queries(queries):
        client.get(HOME)
    for number in range(5):
        changed(f"More {number}")
        factories.comment(text=f"More {number}")
        factories.article(f"Mine too {number}", author=me.person)
    with django_assert_num_queries(queries):
        client.get(HOME)


# Who sees what


def test_a_moderator_sees_comments_and_no_articles(client, log_in):
    log_in("Moderator")
    factories.live_article("Tea")
    page = home(client)
    assert "Comments waiting" in page
    assert "Tea" not in page
    assert "New article" not in page


def test_an_author_sees_articles_and_no_comments(client, log_in):
    log_in("Author")
    factories.comment()
    page = home(client)
    assert "Comments waiting" not in page
    assert "New article" in page
    assert 'id="mine"' in page


def test_a_reviewer_sees_articles_but_writes_none(client, log_in):
    log_in("Reviewer")
    factories.live_article()
    page = home(client)
    assert 'id="overdue"' in page
    assert "New article" not in page


def test_without_any_right_it_says_whom_to_ask(client, log_in):
    log_in(None)
    factories.live_article("Tea")
    page = home(client)
    assert "Nothing here is open to you yet" in page
    assert "Tea" not in page


def test_without_logging_in_there_is_only_the_login_page(client):
    assert client.get(HOME).url.startswith(reverse("admin:login"))


@pytest.mark.parametrize(
    ("group", "said", "not_said"),
    [
        ("Editor", ["Add yourself as a person", "Write the first article", "Publish it"], []),
        ("Author", ["Write the first article", "Ask an editor"], ["Add yourself as a person"]),
        ("Reviewer", ["Wait for the first draft"], ["Write the first article", "make demo"]),
        ("Moderator", ["Wait for the first article"], ["Write the first article"]),
    ],
)
def test_on_an_empty_site_it_says_what_to_do_first(client, log_in, group, said, not_said):
    log_in(group)
    page = home(client)
    for words in said:
        assert words in page
    for words in not_said:
        assert words not in page
    assert 'id="mine"' not in page
    factories.article()
    assert "What to do first" not in home(client)


def test_every_list_that_is_open_is_in_the_navigation_in_groups(client, log_in):
    log_in("Editor", is_superuser=True)
    page = home(client)
    nav = page[page.index('id="desk-nav"') : page.index("</nav>", page.index('id="desk-nav"'))]
    places = [nav.index(f"<h2>{name}</h2>") for name in ("Writing", "Moderation", "Settings")]
    assert places == sorted(places)
    for name in ("blog_article", "blog_redirect", "blog_auditentry", "comments_comment"):
        assert reverse(f"admin:{name}_changelist") in nav
    assert reverse("admin:auth_user_changelist") in nav
