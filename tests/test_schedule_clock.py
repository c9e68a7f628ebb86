"""Nothing needs a cron: with a frozen clock and no worker, not one page is late or early."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, AuditEntry
from comments.forms import make_token
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2027, 5, 4, 12, 0, tzinfo=LONDON)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
# Every second from five before to five after, and the last and first instant.
AROUND = [*(n * SECOND for n in range(-5, 6)), -INSTANT, INSTANT]


@pytest.fixture
def clock(monkeypatch):
    """`clock(at)` stops the clock there."""

    def stop(at):
        monkeypatch.setattr(timezone, "now", lambda: at)

    stop(NOON - timedelta(days=1))
    return stop


@pytest.fixture(autouse=True)
def no_worker(settings):
    """A job that anything would ask for is never done."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def article(clock):
    category = factories.category()
    article = factories.article(
        "Morning tea", category=category, author=factories.person("Ada Example")
    )
    article.tags.create(slug="drinks", name="Drinks")
    return article


def retitle(article, title):
    article.title = title
    article.save()
    article.refresh_digest()


def titles(client, article):
    """What each kind of page shows of the article: its title, or None."""
    pages = {
        "article": article.get_absolute_url(),
        "home": "/",
        "topic": article.category.get_absolute_url(),
        "person": article.author.get_absolute_url(),
        "tag": "/tags/drinks/",
        "year": "/archive/2027/",
        "comment form": reverse("comments:write", args=[article.slug]),
    }
    return {name: _title(client.get(url)) for name, url in pages.items()}


def _title(response):
    if response.status_code == 404:
        return None
    assert response.status_code == 200
    found = re.findall("Morning tea|Evening tea", response.content.decode())
    assert len(set(found)) <= 1, "two editions on one page"
    return found[0] if found else None


def assert_shown(client, clock, article, at, *, before, after):
    for step in AROUND:
        clock(at + step)
        due = before if step < timedelta() else after
        shown = titles(client, article)
        assert set(shown.values()) == {due}, f"{step.total_seconds()} s: {shown}"


def test_a_first_publication(client, clock, article):
    article.schedule(by=None, at=NOON)
    assert_shown(client, clock, article, NOON, before=None, after="Morning tea")


def test_a_change_to_a_live_article(client, clock, article):
    article.publish(by=None)
    retitle(article, "Evening tea")
    article.schedule(by=None, at=NOON)
    assert_shown(client, clock, article, NOON, before="Morning tea", after="Evening tea")


def test_an_expiry(client, clock, article):
    article.publish(by=None)
    article.expire(by=None, at=NOON)
    assert_shown(client, clock, article, NOON, before="Morning tea", after=None)


def test_a_change_that_expires(client, clock, article):
    article.publish(by=None)
    retitle(article, "Evening tea")
    article.schedule(by=None, at=NOON)
    end = NOON + timedelta(hours=1)
    article.expire(by=None, at=end)
    assert_shown(client, clock, article, NOON, before="Morning tea", after="Evening tea")
    assert_shown(client, clock, article, end, before="Evening tea", after=None)


def test_an_unpublication_is_at_once(client, clock, article):
    article.publish(by=None)
    clock(NOON)
    article.unpublish(by=None)
    assert_shown(client, clock, article, NOON, before="Morning tea", after=None)


def test_a_plan_that_is_cancelled_never_comes(client, clock, article):
    article.publish(by=None)
    retitle(article, "Evening tea")
    article.schedule(by=None, at=NOON)
    assert article.unschedule(by=None)
    assert_shown(client, clock, article, NOON, before="Morning tea", after="Morning tea")


@pytest.mark.parametrize("step", [-INSTANT, timedelta()])
def test_a_comment_can_be_sent_from_the_very_moment_on(client, clock, article, step):
    edition = article.schedule(by=None, at=NOON)
    clock(NOON + step)
    data = {"name": "Ada", "comment": "First.", "token": make_token(edition)}
    response = client.post(reverse("comments:write", args=[article.slug]), data)
    assert response.status_code == (404 if step else 303)


def test_dates_are_those_of_the_moment_and_not_of_the_planning(client, clock, article):
    article.publish(by=None)
    retitle(article, "Evening tea")
    article.schedule(by=None, at=NOON + timedelta(days=3))
    clock(NOON + timedelta(days=3))
    text = client.get(article.get_absolute_url()).content.decode()
    assert '<time datetime="2027-05-03">' in text
    assert '<time datetime="2027-05-07">' in text


# Cancelling


def test_cancelling_gives_the_live_edition_its_end_back_and_is_on_record(clock, article):
    editor = factories.editor()
    article.publish(by=None)
    article.expire(by=None, at=NOON + timedelta(days=1))
    article.schedule(by=None, at=NOON)
    assert article.unschedule(by=editor)
    assert article.editions.live().get().live_until == NOON + timedelta(days=1)
    entry = AuditEntry.objects.get(action="unscheduled")
    assert (entry.by, entry.article, entry.detail) == (editor, article, "Edition 2")


def test_cancelling_nothing_does_nothing(clock, article):
    article.publish(by=None)
    assert not article.unschedule(by=None)
    assert not AuditEntry.objects.filter(action="unscheduled").exists()


# At the desk


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def press(client, article, button, changes=None):
    url = change_url(article)
    return client.post(url, fill(client.get(url), changes, button=button))


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def test_a_change_is_scheduled_and_the_schedule_cancelled_by_buttons(client, editor):
    article = factories.live_article("Morning tea")
    page = client.get(change_url(article)).content.decode()
    assert "Cancel the schedule" not in page
    tomorrow = timezone.localtime() + timedelta(days=1)
    changes = {"title": "Evening tea", "go_live_on": f"{tomorrow:%Y-%m-%dT%H:%M}"}
    press(client, article, "_schedule", changes)
    assert article.editions.scheduled().get().content.title == "Evening tea"
    assert "Cancel the schedule" in client.get(change_url(article)).content.decode()
    response = press(client, article, "_unschedule")
    assert response.status_code == 302
    assert not article.editions.scheduled().exists()
    assert article.editions.live().get().content.title == "Morning tea"
    assert "Readers keep edition 1." in client.get(change_url(article)).content.decode()


def test_authors_cannot_cancel_a_schedule(client):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    client.force_login(factories.author())
    assert "_unschedule" not in read(client.get(change_url(article)))[1]
    assert press(client, article, "_unschedule").status_code == 403
    assert article.editions.scheduled().exists()


def test_nobody_cancels_a_schedule_without_a_login(client):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    response = client.post(change_url(article), {"_unschedule": "1"})
    assert urlsplit(response.url).path == "/admin/login/"
    assert article.editions.scheduled().exists()


@pytest.mark.parametrize("zone", ["Europe/London", "UTC"])
def test_the_time_zone_stands_beside_both_fields(client, editor, zone):
    with timezone.override(zone):
        page = client.get(reverse("admin:blog_article_add")).content.decode()
    for name in ("go_live_on", "take_down_on"):
        field = re.search(rf'<input[^>]*id="id_{name}"[^>]*>', page)[0]
        described = re.search('aria-describedby="([^"]*)"', field)[1]
        words = re.search(rf'id="{described}">([^<]*)<', page)[1]
        assert f"Time zone: {zone}." in words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2027-03-28T01:30", "There is no 01:30 on this day"),
        ("2027-10-31T01:30", "01:30 comes twice on this day"),
    ],
)
def test_a_time_at_which_the_clocks_change_gets_a_sentence(client, editor, typed, sentence):
    article = factories.article()
    for field, button in (("go_live_on", "_schedule"), ("take_down_on", "_publish")):
        response = press(client, article, button, {field: typed})
        assert response.status_code == 200
        errors = response.context["adminform"].form.errors[field]
        assert errors[0].startswith(sentence)
        assert "Europe/London" in errors[0]
    assert not article.editions.exists()


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2027-03-28T00:59", "2027-03-28T00:59"),
        ("2027-03-28T02:00", "2027-03-28T01:00"),
        ("2027-10-31T00:59", "2027-10-30T23:59"),
        ("2027-10-31T02:00", "2027-10-31T02:00"),
        ("2027-07-01T12:00", "2027-07-01T11:00"),
    ],
)
def test_other_times_of_these_days_are_taken_in_the_zone_of_the_site(client, editor, typed, utc):
    article = factories.article()
    press(client, article, "_schedule", {"go_live_on": typed})
    at = article.editions.get().live_from
    assert at == datetime.fromisoformat(f"{utc}+00:00")
    page = client.get(change_url(article))
    assert read(page)[0]["go_live_on"] == [typed]


def test_a_planned_moment_that_comes_twice_survives_saving(client, editor):
    """It cannot be typed, but a command may have planned it, or the site's zone was changed."""
    article = factories.article()
    twice = datetime(2027, 10, 31, 1, 30, 15, tzinfo=UTC)  # 01:30 in London, again
    article.schedule(by=None, at=twice)
    article.expire(by=None, at=twice + timedelta(seconds=9))
    response = press(client, article, "_save", {"title": "Evening tea"})
    assert response.status_code == 302
    edition = article.editions.get()
    assert edition.live_from == twice
    assert edition.live_until == twice + timedelta(seconds=9)
    assert Article.objects.get().title == "Evening tea"


def test_a_time_that_has_just_passed_is_refused(clock, article):
    clock(NOON)
    for at in (NOON, NOON - INSTANT):
        with pytest.raises(ValidationError):
            article.schedule(by=None, at=at)
