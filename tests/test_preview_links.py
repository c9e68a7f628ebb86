"""Links for people without a login: what they show, for how long, and who may make them."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, AuditEntry, PreviewLink, PreviewOpening, Version
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MARK = re.compile("<!-- preview -->.*?<!-- /preview -->", re.DOTALL)


@pytest.fixture
def article():
    return factories.article("Secret title")


def make(article, **values):
    return PreviewLink.objects.make(article, **{"by": None, "days": 7} | values)


def retitle(article, title):
    article.title = title
    article.save()
    article.refresh_digest()


def text(client, link):
    response = client.get(link.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def links_url(article):
    return reverse("admin:blog_article_links", args=[article.pk])


def revoke_url(link):
    return reverse("admin:blog_article_revoke_link", args=[link.article_id, link.pk])


# What a link shows


def test_it_shows_the_draft_without_a_login_and_follows_it(client, article):
    link = make(article, note="Dr Okafor")
    page = text(client, link)
    assert "Secret title" in page
    assert "Preview for Dr Okafor." in page
    assert "Readers do not see this yet." in page
    retitle(article, "Another title")
    assert "Another title" in text(client, link)


def test_it_is_listed_cached_and_passed_on_nowhere(client, article):
    response = client.get(make(article).get_absolute_url())
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "form-action 'none'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_without_its_marks_it_is_what_publishing_gives(client):
    article = factories.live_article()
    article.editions.update(live_from=timezone.now() - timedelta(days=3))
    retitle(article, "Another title")
    page = text(client, make(article))
    article.publish(by=None)
    public = client.get(article.get_absolute_url()).content.decode()
    assert MARK.sub("", page) == public
    assert "Readers see exactly this." in text(client, make(article))


@pytest.mark.parametrize("reason", [None, Version.Reason.SAVED, Version.Reason.AUTOSAVED])
def test_a_pinned_text_stays_whatever_is_saved_later(client, article, reason):
    user = factories.author()
    keep = {"by": user, "reason": reason}
    if reason:
        Version.objects.keep(article, article.content(), **keep)
    link = make(article, shows="now", by=user)
    for number in range(3):
        retitle(article, f"Later {number}")
        Version.objects.keep(article, article.content(), by=user, reason="autosaved")
    page = text(client, link)
    assert "Secret title" in page
    assert "Later" not in page


def test_the_same_saved_text_is_kept_once(article):
    links = [make(article, shows="now") for _ in range(2)]
    assert links[0].version == links[1].version
    assert Version.objects.count() == 1


def test_an_edition_can_be_shown_that_readers_do_not_see(client):
    article = factories.live_article("First title")
    retitle(article, "Second title")
    article.publish(by=None)
    assert "First title" in text(client, make(article, shows=1))
    assert "Second title" in text(client, make(article, shows=2))
    with pytest.raises(ValueError, match="no edition 3"):
        make(article, shows=3)


def test_a_link_shows_one_thing(article):
    version = Version.objects.keep(article, article.content(), by=None, reason="saved")
    edition = article.publish(by=None)
    link = make(article)
    link.version, link.edition = version, edition
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save()


def test_the_links_of_an_article_go_with_it_when_the_trash_is_emptied(article):
    make(article, shows="now")
    make(article).log_opening()
    article.trash(by=None)
    assert PreviewLink.objects.count() == 2
    Article.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    Article.objects.purge()
    assert not PreviewLink.objects.exists()
    assert not Version.objects.exists()


# When it ends


def test_it_expires_at_its_moment(client, article, monkeypatch):
    link = make(article, days=1)
    for at, status in (
        (link.expires_at - timedelta(microseconds=1), 200),
        (link.expires_at, 410),
    ):
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        response = client.get(link.get_absolute_url())
        assert response.status_code == status
        assert ("Secret title" in response.content.decode()) == (status == 200)


@pytest.mark.parametrize("days", [0, 91, -1])
def test_it_lasts_at_most_ninety_days(article, days):
    with pytest.raises(ValueError, match="1 to 90 days"):
        make(article, days=days)


def test_a_revoked_link_shows_nothing(client, article):
    link, user = make(article), factories.editor()
    assert link.revoke(by=user)
    assert not link.revoke(by=user)
    response = client.get(link.get_absolute_url())
    assert response.status_code == 410
    page = response.content.decode()
    assert "This preview is over" in page
    assert "Secret" not in page
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Cache-Control"] == "no-store"
    assert not link.openings.exists()


@pytest.mark.parametrize("fault", ["cut", "longer", "unsigned", "foreign", "key", "odd"])
def test_an_address_that_is_not_whole_opens_nothing(client, article, fault):
    link = make(article)
    address = link.get_absolute_url()
    wrong = {
        "cut": address[:-2] + "/",
        "longer": address[:-1] + "x/",
        "unsigned": f"/preview/{link.secret}/",
        "foreign": f"/preview/{signing.Signer(sep='.', salt='other').sign(link.secret)}/",
        "key": f"/preview/{link.pk}/",
        "odd": "/preview/%00.%ff/",
    }[fault]
    response = client.get(wrong)
    assert response.status_code == 404
    assert "Secret" not in response.content.decode()


def test_addresses_cannot_be_guessed(article):
    secrets = {make(article).secret for _ in range(20)}
    assert len(secrets) == 20
    assert min(len(secret) for secret in secrets) * 6 >= 128


# Openings


def test_each_opening_is_logged_with_nothing_about_its_reader_but_the_browser(client, article):
    link = make(article)
    client.get(link.get_absolute_url(), headers={"user-agent": FIREFOX})
    client.get(link.get_absolute_url(), headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    link.refresh_from_db()
    assert link.opened == 2
    assert [opening.browser for opening in link.openings.all()] == ["a machine", "Firefox"]
    names = {field.name for field in PreviewOpening._meta.get_fields()}
    assert names == {"id", "link", "at", "browser"}


@pytest.mark.parametrize("name", ["sec-purpose", "purpose"])
def test_what_no_person_asked_for_is_no_opening(client, article, name):
    link = make(article)
    client.head(link.get_absolute_url())
    client.get(link.get_absolute_url(), headers={name: "prefetch;prerender"})
    assert client.post(link.get_absolute_url()).status_code == 405
    link.refresh_from_db()
    assert link.opened == 0
    assert not link.openings.exists()


def test_the_newest_openings_are_kept_and_all_are_counted(article):
    link = make(article)
    for _ in range(PreviewOpening.KEPT + 3):
        link.log_opening()
    link.refresh_from_db()
    assert link.opened == PreviewOpening.KEPT + 3
    assert link.openings.count() == PreviewOpening.KEPT


# At the desk


def test_a_link_is_made_shown_and_revoked_at_the_desk(client, article):
    user = factories.author()
    client.force_login(user)
    page = client.get(reverse("admin:blog_article_change", args=[article.pk])).content.decode()
    assert links_url(article) in page
    url = links_url(article)
    data = fill(client.get(url), {"note": "Dr Okafor", "days": "30"}, form_id="link_form")
    assert data["shows"] == ["draft"]
    assert client.post(url, data).url == url
    link = PreviewLink.objects.get()
    assert (link.created_by, link.note, link.version) == (user, "Dr Okafor", None)
    assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
    link.log_opening("Firefox")
    page = client.get(url).content.decode()
    assert f"http://testserver{link.get_absolute_url()}" in page
    assert "Opened once" in page
    client.post(revoke_url(link))
    link.refresh_from_db()
    assert link.revoked_by == user
    page = client.get(url).content.decode()
    assert link.get_absolute_url() not in page
    assert "revoked on" in page
    trail = AuditEntry.objects.filter(article=article).order_by("pk")
    assert [(row.action, row.by) for row in trail] == [("link_made", user), ("link_revoked", user)]
    assert "Dr Okafor" in trail[0].detail
    assert not any(link.secret in row.detail for row in trail)


@pytest.mark.parametrize(
    ("field", "value"),
    [("days", "0"), ("days", "91"), ("days", ""), ("shows", "2"), ("note", "x" * 201)],
)
def test_what_cannot_be_is_said_at_the_field(client, article, field, value):
    client.force_login(factories.author())
    data = fill(client.get(links_url(article)), {field: value}, form_id="link_form")
    response = client.post(links_url(article), data)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not PreviewLink.objects.exists()


def test_an_edition_is_chosen_at_the_desk(client):
    article = factories.live_article()
    client.force_login(factories.author())
    data = fill(client.get(links_url(article)), {"shows": "1"}, form_id="link_form")
    client.post(links_url(article), data)
    assert PreviewLink.objects.get().edition.number == 1


@pytest.mark.parametrize("group", ["Reviewer", "Moderator", None])
def test_who_may_not_change_articles_neither_sees_nor_makes_nor_revokes(client, article, group):
    link = make(article)
    client.force_login(factories.user("rae", group=group))
    for url in (links_url(article), links_url(Article(pk=99))):
        assert client.get(url).status_code == 403
        assert client.post(url, {"shows": "draft", "days": "7"}).status_code == 403
    assert client.post(revoke_url(link)).status_code == 403
    page = client.get(reverse("admin:blog_article_change", args=[article.pk])).content.decode()
    assert links_url(article) not in page
    assert PreviewLink.objects.open_().get() == link


def test_without_a_login_nothing_is_made_or_revoked(client, article):
    link = make(article)
    for url in (links_url(article), revoke_url(link)):
        for response in (client.get(url), client.post(url, {"shows": "draft", "days": "7"})):
            assert response.url.startswith("/admin/login/")
    assert PreviewLink.objects.open_().get() == link


def test_a_get_revokes_nothing_and_a_link_belongs_to_its_article(client, article):
    link, other = make(article), factories.article("Other")
    client.force_login(factories.editor())
    assert client.get(revoke_url(link)).status_code == 405
    strange = reverse("admin:blog_article_revoke_link", args=[other.pk, link.pk])
    assert client.post(strange).status_code == 404
    assert client.get(links_url(Article(pk=99))).status_code == 404
    assert link.is_open()
