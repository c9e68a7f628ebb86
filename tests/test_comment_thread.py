import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Edition
from comments.models import Comment, Status
from comments.thread import Thread
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return factories.live_article(pros=["It warms", "It wakes"], cons=["It cools"])


def key(article, heading):
    return article.sections.get(heading=heading).key


def page(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def test_an_approved_comment_stands_under_the_article(client, article):
    comment = factories.approved(article, text="*Tea.*", name="Ada Example")
    html = page(client, article)
    assert f'<article class="comment" id="comment-{comment.pk}"' in html
    assert "<em>Tea.</em>" in html
    assert "Ada Example" in html
    assert '<h2 id="comments">Comments (1)</h2>' in html
    assert f'<a href="{article.get_absolute_url()}comments/{comment.pk}/" data-copy>Link' in html
    assert (
        f'<time class="soft" datetime="{timezone.localtime(comment.created_at):%Y-%m-%dT}' in html
    )


@pytest.mark.parametrize("status", set(Status.values) - {"approved"})
def test_no_word_of_any_other_comment_is_on_the_page(client, article, status):
    before = page(client, article)
    factories.comment(
        article, text="PLANTED", name="PLANTED", email="planted@example.org", status=status
    )
    assert page(client, article) == before


def test_nothing_private_of_an_approved_comment_is_on_the_page(client, article):
    comment = factories.approved(article, email="planted@example.org")
    html = page(client, article)
    for private in ["planted@example.org", comment.key, comment.digest]:
        assert private not in html


def test_comments_stand_in_the_order_in_which_they_were_sent(client, article):
    now = timezone.now()
    for minutes, name in [(1, "Third"), (3, "First"), (2, "Second")]:
        factories.approved(
            article, name=name, text=name, created_at=now - timedelta(minutes=minutes)
        )
    html = page(client, article)
    assert html.index(">First<") < html.index(">Second<") < html.index(">Third<")


def test_a_comment_stands_under_its_own_article_only(client, article):
    factories.approved(article, text="PLANTED")
    assert "PLANTED" not in page(client, factories.live_article("Another"))


def test_a_comment_on_a_point_links_to_it_and_the_point_counts_it(client, article):
    factories.approved(article, about=key(article, "It wakes"), text="a")
    factories.approved(article, about=key(article, "It wakes"), text="b")
    factories.comment(article, about=key(article, "It wakes"), text="held")
    html = page(client, article)
    anchor = f"point-{str(key(article, 'It wakes'))[:8]}"
    assert html.count(f'On <a href="#{anchor}">Pro 2: It wakes</a>') == 2
    assert 'Comment on this point (2)<span class="hidden">: Pro 2</span>' in html
    assert 'Comment on this point<span class="hidden">: Pro 1</span>' in html


def test_a_comment_follows_its_point_when_that_is_moved_and_renamed(client, article):
    factories.approved(article, about=key(article, "It wakes"))
    anchor = f"point-{str(key(article, 'It wakes'))[:8]}"
    article.sections.filter(heading="It wakes").update(heading="It rouses", ordering=1)
    article.publish(by=None)
    assert f'On <a href="#{anchor}">Pro 1: It rouses</a>' in page(client, article)


def test_a_comment_on_a_point_that_is_gone_says_so(client, article):
    factories.approved(article, about=key(article, "It wakes"))
    article.sections.filter(heading="It wakes").delete()
    article.publish(by=None)
    assert "On a point that has since been changed" in page(client, article)


def test_a_comment_on_the_whole_article_says_so(client, article):
    factories.approved(article)
    assert "On the whole article" in page(client, article)


def test_without_comments_the_page_says_so_and_offers_the_form(client, article):
    html = page(client, article)
    assert "Nobody has commented yet." in html
    assert f'action="/articles/{article.slug}/comment/"' in html
    assert "Every comment is read by a person before it appears" in html


@pytest.mark.parametrize("number", [0, 1, 40])
def test_the_page_takes_the_same_queries_for_any_number_of_comments(
    client, article, number, django_assert_num_queries
):
    keys = [None, key(article, "It wakes"), uuid.uuid4()]
    for row in range(number):
        factories.comment(article, text=str(row), about=keys[row % 3], status="approved")
    with django_assert_num_queries(4):
        page(client, article)


def test_the_page_is_the_same_bytes_for_everybody_and_sets_no_cookie(client, article):
    factories.approved(article)
    first = client.get(article.get_absolute_url())
    client.force_login(factories.moderator())
    second = client.get(article.get_absolute_url())
    assert first.content == second.content
    for response in [first, second]:
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_hostile_names_and_texts_are_text(client, article):
    factories.approved(article, name="<script>a</script>\u202e", text="<script>b</script>{{ 7 }}")
    html = page(client, article)
    assert "<script>" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;b&lt;/script&gt;{{ 7 }}" in html


def test_an_article_that_was_never_saved_has_no_comments(client, article):
    factories.approved(article)
    thread = Thread(Edition.objects.get(), None)
    assert not thread.entries
    assert not thread.count


def test_an_imported_comment_without_edition_is_shown_like_any_other(client, article):
    factories.approved(article, edition=None, text="From elsewhere")
    assert "From elsewhere" in page(client, article)
    assert Comment.objects.get().edition is None
