"""Public corrections: what editors tell readers about a change, for good."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from blog.models import AuditEntry, Edition
from tests import factories
from tests.forms import fill
from tests.test_preview import change_url, preview_url, unmarked

pytestmark = pytest.mark.django_db

WRONG = "Con 1 gave the wrong dose: it is 5 mg, not 50 mg."


@pytest.fixture
def article():
    return factories.live_article()


@pytest.fixture
def editor(client):
    account = factories.editor()
    client.force_login(account)
    return account


def page(client, article):
    return client.get(article.get_absolute_url()).content.decode()


def backdate(article, days):
    """As if everything had happened so many days ago."""
    for edition in article.editions.order_by("live_from"):
        Edition.objects.filter(pk=edition.pk).update(
            **{
                name: getattr(edition, name) - timedelta(days=days)
                for name in ("live_from", "live_until")
                if getattr(edition, name)
            }
        )


def send(client, article, button="_publish", **changes):
    url = change_url(article)
    return client.post(url, fill(client.get(url), changes, button=button))


# What readers see


def test_an_article_without_corrections_has_no_changes(client, article):
    article.publish(by=None, note="Only for colleagues")
    html = page(client, article)
    assert "Changes" not in html
    assert "#changes" not in html
    assert "Only for colleagues" not in html


def test_a_correction_stands_under_changes_with_its_day(client, article):
    article.publish(by=None, correction=WRONG)
    html = page(client, article)
    today = timezone.localdate()
    assert '<h2 id="changes">Changes</h2>' in html
    assert f'<time datetime="{today}">' in html[html.index('id="changes"') :]
    assert f'<span dir="auto">{WRONG}</span>' in html
    assert '<a href="#changes">Changes (1)</a>' in html


def test_the_byline_leads_to_it_on_the_day_of_publication_and_later(client, article):
    link = '<a href="#changes">What was corrected</a>'
    assert link not in page(client, article)
    article.publish(by=None, correction=WRONG)
    html = page(client, article)
    assert html.index("<dt>Published</dt>") < html.index(link) < html.index("</dl>")
    assert "<dt>Updated</dt>" not in html
    backdate(article, 3)
    article.publish(by=None, correction="It was 6 mg.")
    html = page(client, article)
    assert html.count(link) == 1
    assert html.index("<dt>Updated</dt>") < html.index(link)


def test_the_markdown_has_it_as_well(client, article):
    path = reverse("blog:markdown", args=[article.slug])
    assert "## Changes" not in client.get(path).content.decode()
    article.publish(by=None, correction=WRONG)
    article.publish(by=None, correction="<b>Then</b> this.")
    text = client.get(path).content.decode()
    today = timezone.localdate()
    first, second = text.index(r"\<b\>Then"), text.index(f"- {today}: Con 1 gave the wrong dose")
    assert text.index("## Changes") < first < second


def test_earlier_corrections_stay_the_newest_first(client, article):
    article.publish(by=None, correction="The first.")
    article.publish(by=None)
    article.publish(by=None, correction="The second.")
    html = page(client, article)
    assert html.index("The second.") < html.index("The first.")
    numbers = [row["number"] for row in article.editions.live().get().corrections]
    assert numbers == [2, 4]


def test_they_survive_that_the_article_was_not_public_for_a_while(client, article):
    article.publish(by=None, correction=WRONG)
    article.unpublish(by=None)
    article.publish(by=None)
    assert WRONG in page(client, article)


def test_a_scheduled_correction_shows_when_its_edition_does_and_with_that_day(client, article):
    at = timezone.now() + timedelta(days=3)
    edition = article.schedule(by=None, at=at, correction=WRONG)
    assert WRONG not in page(client, article)
    assert edition.changes[0].date == timezone.localdate(at)
    backdate(article, 4)
    assert WRONG in page(client, article)


def test_a_plan_that_was_dropped_corrects_nothing(client, article):
    article.schedule(by=None, at=timezone.now() + timedelta(days=3), correction=WRONG)
    article.publish(by=None)
    assert WRONG not in page(client, article)
    backdate(article, 4)
    assert WRONG not in page(client, article)


def test_they_cost_no_query(client, article, django_assert_num_queries):
    for number in range(5):
        article.publish(by=None, correction=f"Number {number}")
    with django_assert_num_queries(4):
        page(client, article)


def test_a_hostile_correction_is_text(client, article):
    article.publish(by=None, correction="<script>a</script>\u2028 \u202eand \n more")
    html = page(client, article)
    assert "<script>a" not in html
    assert "&lt;script&gt;a&lt;/script&gt;" in html


# What is kept


def test_the_edition_keeps_it_as_it_was(article):
    edition = article.publish(by=None, correction=f"  {WRONG}\n ")
    assert edition.corrections == [
        {"date": timezone.localdate().isoformat(), "text": WRONG, "number": 2}
    ]
    assert edition.correction == WRONG
    assert article.publish(by=None).correction == ""
    edition.corrections = []
    with pytest.raises(TypeError):
        edition.save(update_fields=["corrections"])


def test_the_digest_is_of_the_text_alone(article):
    before = article.editions.live().get().digest
    assert article.publish(by=None, correction=WRONG).digest == before


def test_a_correction_of_more_than_300_characters_is_refused_and_nothing_is_published(article):
    with pytest.raises(ValidationError, match="300 characters"):
        article.publish(by=None, correction="x" * 301)
    assert article.editions.count() == 1
    assert article.publish(by=None, correction="x" * 300).number == 2


def test_it_is_in_the_audit_trail(article):
    article.publish(by=None, correction=WRONG)
    assert AuditEntry.objects.first().detail.endswith(f"corrected: {WRONG}")
    article.publish(by=None)
    assert "corrected" not in AuditEntry.objects.first().detail


def test_an_edition_from_before_has_none():
    edition = factories.live_article("Old").editions.get()
    assert edition.corrections == []
    assert edition.changes == []
    assert edition.correction == ""


# The desk


def test_an_editor_marks_it_when_publishing(client, editor, article):
    send(client, article, summary="Mended", correction=WRONG)
    assert WRONG in page(client, article)


def test_an_editor_marks_it_when_scheduling(client, editor, article):
    at = timezone.localtime(timezone.now() + timedelta(days=2))
    send(client, article, "_schedule", go_live_on=f"{at:%Y-%m-%dT%H:%M}", correction=WRONG)
    assert article.editions.scheduled().get().correction == WRONG


def test_a_correction_alone_is_reason_enough_to_publish(client, editor, article):
    send(client, article, correction=WRONG)
    assert article.editions.count() == 2
    send(client, article)
    assert article.editions.count() == 2


def test_saving_alone_tells_readers_nothing(client, editor, article):
    send(client, article, "_save", summary="Mended", correction=WRONG)
    assert WRONG not in page(client, article)
    send(client, article)
    assert WRONG not in page(client, article)


def test_too_long_a_correction_is_an_error_at_its_field(client, editor, article):
    response = send(client, article, correction="x" * 301)
    assert response.status_code == 200
    assert 'for="id_correction"' in response.content.decode()
    assert "at most 300 characters" in response.content.decode()
    assert article.editions.count() == 1


def test_an_author_who_may_not_publish_has_no_such_field(client, article):
    client.force_login(factories.author("writer"))
    assert "id_correction" not in client.get(change_url(article)).content.decode()
    data = {"_publish": "1", "correction": WRONG}
    assert client.post(change_url(article), data).status_code == 403


def test_the_preview_shows_it_as_publishing_does(client, editor, article):
    url = change_url(article)
    data = fill(client.get(url), {"summary": "Mended", "correction": WRONG}, button="_publish")
    seen = unmarked(client.post(preview_url(article), data | {"_preview": ""}))
    assert WRONG in seen
    client.post(url, data)
    client.logout()
    assert seen == page(client, article)


def test_the_history_says_what_readers_were_told(client, editor, article):
    article.publish(by=editor, correction=WRONG)
    history = client.get(reverse("admin:blog_article_history", args=[article.pk]))
    assert f"told readers: {WRONG}" in history.content.decode()


def test_a_day_is_a_date():
    article = factories.live_article("Dated")
    article.publish(by=None, correction=WRONG)
    assert isinstance(article.editions.live().get().changes[0].date, date)
