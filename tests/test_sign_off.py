"""A sign-off: who may give it, what it is for, what readers see of it and when it is stale."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from blog.models import Article, AuditEntry, SignOff
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

NEXT_YEAR = timezone.localdate() + timedelta(days=365)


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def review_url(article):
    return reverse("admin:blog_article_review", args=[article.pk])


@pytest.fixture
def rita():
    """The account of Dr Rita Example."""
    return factories.reviewer("rita", person_name="Rita Example", honorific="Dr", job_title="MD")


def clinical(**values):
    article = factories.article(is_clinical=True, **values)
    source = factories.source(article)
    for section in article.sections.all():
        section.sources.add(source)
    article.refresh_digest()
    return article


def change(article):
    article.sections.filter(kind="con").update(body="<p>Other words.</p>")
    article.refresh_digest()


def readers_page(client, article):
    return client.get(article.get_absolute_url()).content.decode()


# Who signs, and what is recorded


def test_a_sign_off_records_person_credentials_and_the_text(rita):
    article = factories.article()
    row = article.sign_off(by=rita, next_review_on=NEXT_YEAR, note="Read twice.")
    article.refresh_from_db()
    assert (row.person, row.credentials, row.signed_by) == (rita.person, "MD", rita)
    assert row.digest == article.content().substance == article.substance
    assert (article.reviewer, article.next_review_on) == (rita.person, NEXT_YEAR)
    assert article.digest == article.content().digest
    assert AuditEntry.objects.get().action == "signed_off"
    for door in (row.save, row.delete):
        with pytest.raises(TypeError):
            door()


def test_an_account_of_nobody_cannot_sign_off():
    article = factories.article()
    with pytest.raises(ValidationError, match="belongs to no person"):
        article.sign_off(by=factories.editor(), next_review_on=NEXT_YEAR)
    assert not article.sign_offs.exists()


def test_nobody_signs_off_by_a_command(rita):
    factories.person("No Account")
    with pytest.raises(ValidationError, match="belongs to no person"):
        factories.article().sign_off(by=None, next_review_on=NEXT_YEAR)


def test_the_author_cannot_sign_off(rita):
    article = factories.article(author=rita.person)
    with pytest.raises(ValidationError, match="You are the author"):
        article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    assert not article.sign_offs.exists()


def test_a_text_that_was_not_seen_is_not_signed(rita):
    article = factories.article()
    seen = article.content().substance
    change(article)
    with pytest.raises(ValidationError, match="has changed"):
        article.sign_off(by=rita, next_review_on=NEXT_YEAR, seen=seen)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("days", [0, -1, -400])
def test_the_next_review_is_to_come(rita, days):
    article = factories.article()
    with pytest.raises(ValidationError, match="in the future"):
        article.sign_off(by=rita, next_review_on=timezone.localdate() + timedelta(days=days))


def test_only_a_clinical_article_must_have_one(rita):
    factories.article().sign_off(by=rita)
    with pytest.raises(ValidationError, match="Choose the day"):
        clinical(title="Clinical").sign_off(by=rita)


def test_another_reviewer_than_the_one_named_may_sign(rita):
    article = factories.article(reviewer=factories.person())
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    assert article.reviewer.name == "Ada Example"
    assert article.content().reviewer.name == "Rita Example"


def test_a_sign_off_approves_the_review_that_waits(rita):
    article = factories.article()
    review = article.submit_for_review(by=factories.author())
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    review.refresh_from_db()
    assert (review.state, review.decided_by) == ("approved", rita)


# Publication


def test_a_clinical_article_is_published_as_signed_and_only_then(rita):
    article = clinical()
    with pytest.raises(ValidationError, match="Nobody has signed off"):
        article.publish(by=None)
    row = article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    edition = article.publish(by=None)
    assert edition.content.substance == row.digest
    assert edition.reviewer == rita.person
    change(article)
    with pytest.raises(ValidationError, match="Nobody has signed off the text as it stands"):
        article.publish(by=None)
    assert article.editions.count() == 1


def test_the_author_of_later_cannot_be_the_reviewer_of_before(rita):
    article = clinical()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    Article.objects.filter(pk=article.pk).update(author=rita.person, reviewer=None)
    with pytest.raises(ValidationError, match="other than the author"):
        article.publish(by=None)


def test_another_article_is_published_without_the_name(rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    change(article)
    edition = article.publish(by=None)
    assert edition.content.reviewer is None
    assert edition.reviewer is None


def test_what_is_no_part_of_the_text_leaves_a_sign_off_as_it_is(rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    article.category = factories.category()
    article.save()
    article.refresh_digest()
    assert article.content().reviewer is not None
    assert not Article.objects.sign_off_out_of_date()


def test_new_credentials_change_neither_the_edition_nor_the_next(client, rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    edition = article.publish(by=None)
    rita.person.job_title = "Struck off"
    rita.person.save()
    assert "Struck off" not in readers_page(client, article)
    edition.refresh_from_db()
    assert edition.content.reviewer.job_title == "MD"
    assert article.publish(by=None).content.reviewer.job_title == "MD"


# Readers


def test_readers_see_who_reviewed_it_when_and_until_when(client, rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=date(2199, 5, 4))
    article.publish(by=None)
    page = " ".join(readers_page(client, article).split())
    today = timezone.localdate()
    assert (
        '<dt>Reviewed by</dt><dd><a href="/people/rita-example/">Dr Rita Example</a> '
        "<small>MD</small></dd>"
    ) in page
    assert (
        f'<dt>Last reviewed</dt><dd><time datetime="{today:%Y-%m-%d}">{today.day} {today:%B %Y}'
        '</time></dd></div> <div><dt>Next review</dt><dd><time datetime="2199-05-04">4 May 2199'
        "</time></dd>"
    ) in page


def test_an_edition_with_a_reviewer_and_no_date_still_shows(client, rita):
    article = factories.live_article()
    edition = article.editions.get()
    data = edition.data | {
        "reviewer": {"slug": "rita-example", "name": "Rita", "honorific": "", "job_title": ""}
    }
    type(edition).objects.filter(pk=edition.pk).update(data=data)
    page = readers_page(client, article)
    assert "Reviewed by" in page
    assert "next review" not in page.lower()


# Stale, on the desk


def test_a_sign_off_is_stale_when_the_text_changes(client, rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    client.force_login(factories.editor("ed"))
    stale = "the text has changed since."
    listing = reverse("admin:blog_article_changelist")
    assert stale not in client.get(change_url(article)).content.decode()
    assert b"Changed since sign-off" not in client.get(listing).content
    change(article)
    today = timezone.localdate()
    for url in (change_url(article), review_url(article)):
        page = client.get(url).content.decode()
        when = f"{today.day} {today:%B %Y}"
        assert f"Dr Rita Example signed off on {when}; the text has changed since." in page
        assert "no longer says “Reviewed by”" in page
    assert b"Changed since sign-off" in client.get(listing).content
    assert list(Article.objects.sign_off_out_of_date()) == [article]


def test_saving_the_form_of_a_signed_article_makes_it_stale_by_its_text_alone(client, rita):
    article = factories.article()
    article.sign_off(by=rita, next_review_on=NEXT_YEAR)
    client.force_login(factories.editor("ed"))
    client.post(change_url(article), fill(client.get(change_url(article))))
    assert not Article.objects.sign_off_out_of_date()
    changes = {"con-0-body": "<p>Other.</p>"}
    client.post(change_url(article), fill(client.get(change_url(article)), changes))
    assert list(Article.objects.sign_off_out_of_date()) == [article]


def test_articles_that_are_overdue_for_review():
    today = timezone.localdate()
    late = factories.article("Late", next_review_on=today - timedelta(days=1))
    factories.article("Today", next_review_on=today)
    factories.article("Never")
    assert list(Article.objects.overdue(today)) == [late]
    assert list(Article.objects.overdue()) == [late]


# The page


def test_signing_off_at_the_desk(client, rita):
    article = clinical()
    client.force_login(rita)
    page = client.get(review_url(article))
    assert "readers see “Reviewed by Dr Rita Example”, MD." in page.content.decode()
    data = fill(
        page, {"decide-next_review_on": "2199-05-04"}, button="_sign_off", form_id="decision_form"
    )
    assert client.post(review_url(article), data).status_code == 302
    assert article.sign_offs.get().person == rita.person
    client.force_login(factories.editor("ed"))
    client.post(change_url(article), fill(client.get(change_url(article)), button="_publish"))
    assert article.editions.get().content.reviewer.name == "Rita Example"


@pytest.mark.parametrize("day", ["", "2020-01-01", "soon"])
def test_a_sign_off_without_a_good_day_comes_back(client, rita, day):
    article = clinical()
    client.force_login(rita)
    data = fill(
        client.get(review_url(article)),
        {"decide-next_review_on": day},
        button="_sign_off",
        form_id="decision_form",
    )
    assert client.post(review_url(article), data).status_code == 422
    assert not article.sign_offs.exists()


def test_an_editor_who_is_the_author_cannot_sign_off_at_the_desk(client):
    editor = factories.editor()
    article = clinical(author=factories.person(user=editor))
    client.force_login(editor)
    data = fill(
        client.get(review_url(article)),
        {"decide-next_review_on": "2199-05-04"},
        button="_sign_off",
        form_id="decision_form",
    )
    page = client.post(review_url(article), data)
    assert page.status_code == 422
    assert b"You are the author of this article" in page.content
    assert not article.sign_offs.exists()


# A plan that was made under weaker rules


def test_marking_an_article_clinical_cancels_what_was_scheduled_before(client):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    client.force_login(factories.editor("ed"))
    answer = client.post(
        change_url(article),
        fill(client.get(change_url(article)), {"is_clinical": "on"}),
        follow=True,
    )
    assert "made before the article was marked clinical" in answer.content.decode()
    assert not article.editions.scheduled().exists()


def test_saving_an_article_that_is_not_clinical_keeps_its_schedule(client):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    client.force_login(factories.editor("ed"))
    client.post(change_url(article), fill(client.get(change_url(article))))
    assert article.editions.scheduled().exists()
