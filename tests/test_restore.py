"""Writing an earlier text back to the working copy, and undoing that."""

import random
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.urls import reverse

from blog.models import Article, AuditEntry, Category, Image, Person, Section, Tag, Version
from tests import factories
from tests.forms import read

pytestmark = pytest.mark.django_db


def full_article():
    """Every kind of thing that a content has."""
    article = factories.article(
        summary="An answer.",
        category=factories.category(),
        date=date(2020, 5, 1),
        next_review_on=date(2030, 1, 1),
        is_clinical=True,
        pros_heading="For",
        cons_intro="<p>Before.</p>",
        author=factories.person("Ada"),
    )
    article.tags.add(Tag.objects.create(name="Tea"), Tag.objects.create(name="Cups"))
    one, two = factories.source(article, "One"), factories.source(article, "Two", ordering=1)
    factories.section(article, kind="pro", heading="A third", evidence="strong").sources.add(two)
    article.sections.first().sources.add(one, two)
    article.refresh_digest()
    return article


def fresh(article):
    return Article.objects.get(pk=article.pk)


def shuffle(article, chooser):
    """Some changes of every kind, as a day's work would make them."""
    article.title = f"Title {chooser.random()}"
    article.is_clinical = chooser.choice([True, False])
    article.category = chooser.choice([None, *Category.objects.all()])
    article.author = chooser.choice(list(Person.objects.all()))
    article.pros_intro = chooser.choice(["", "<p>x <strong>y</strong></p>"])
    article.next_review_on = chooser.choice([None, date(2031, 2, 2)])
    article.save()
    article.tags.set(chooser.sample(list(Tag.objects.all()), 1))
    for section in article.sections.all():
        what = chooser.choice(["keep", "move", "change", "delete"])
        if what == "delete":
            section.delete()
        elif what == "move":
            Section.objects.filter(pk=section.pk).update(ordering=chooser.randint(1, 99))
        elif what == "change":
            section.body, section.kind, section.evidence = "<p>Changed.</p>", "con", "mixed"
            section.save()
    for source in article.sources.all():
        if chooser.random() < 0.4:
            source.delete()
    new = factories.source(article, f"New {chooser.random()}", url="https://new.example/")
    factories.section(article, kind="con", heading="New").sources.add(new)
    article.refresh_digest()


@pytest.mark.parametrize("seed", range(8))
def test_a_restored_text_is_the_text_in_every_part(seed):
    chooser = random.Random(seed)  # noqa: S311
    article = full_article()
    contents = [article.content()]
    for _day in range(3):
        shuffle(article, chooser)
        contents.append(article.content())
    chooser.shuffle(contents)
    for wanted in contents:
        assert fresh(article).restore(wanted, by=None, of="an earlier text") == []
        assert fresh(article).content() == wanted
        assert fresh(article).digest == wanted.digest


def test_restoring_is_undone_by_restoring_what_was_there_before():
    article, user = full_article(), factories.editor()
    wanted = article.content()
    shuffle(article, random.Random(1))  # noqa: S311
    before = article.content()
    article.restore(wanted, by=user, of="Edition 1")
    restored, saved = article.versions.all()
    assert (restored.reason, restored.note, restored.saved_by) == ("restored", "Edition 1", user)
    assert (saved.digest, restored.digest) == (before.digest, wanted.digest)
    article.restore(saved.content, by=user, of="that")
    assert fresh(article).content().digest == before.digest
    # What the history held already was not kept once more.
    assert article.versions.count() == 3


def test_sections_keep_their_rows_and_keys():
    article = full_article()
    wanted, section = article.content(), article.sections.first()
    rows = list(article.sections.values_list("pk", "key"))
    section.heading = "Changed"
    section.save()
    article.restore(wanted, by=None, of="x")
    assert list(article.sections.values_list("pk", "key")) == rows
    section.delete()
    article.restore(wanted, by=None, of="x")
    assert [str(row.key) for row in article.sections.all()] == [s.key for s in wanted.sections]


def test_a_key_that_another_article_has_by_now_is_not_taken_from_it():
    article, other = full_article(), factories.article("Other")
    wanted = article.content()
    Section.objects.filter(key=wanted.sections[0].key).update(article=other)
    article.restore(wanted, by=None, of="x")
    assert other.sections.filter(key=wanted.sections[0].key).exists()
    assert article.sections.count() == len(wanted.sections)


def test_readers_the_address_and_the_plans_are_left_alone():
    article = factories.live_article()
    wanted, slug = article.content(), article.slug
    article.title = "Changed"
    article.save()
    article.refresh_digest()
    article.publish(by=None)
    edition = article.editions.live().get()
    article.restore(wanted, by=None, of="Edition 1")
    assert article.editions.live().get() == edition
    assert fresh(article).slug == slug
    assert article.editions.count() == 2


def test_a_category_and_a_tag_that_are_gone_come_back():
    article = full_article()
    wanted = article.content()
    article.category, article.is_clinical = None, False
    article.save()
    article.tags.clear()
    Tag.objects.all().delete()
    Category.objects.all().delete()
    article.restore(wanted, by=None, of="x")
    assert fresh(article).content().digest == wanted.digest


def test_an_author_who_is_gone_does_not_come_back_and_that_is_said():
    article = full_article()
    wanted = article.content()
    article.author = Person.objects.editorial_team()
    article.save()
    Person.objects.filter(name="Ada").delete()
    (sentence,) = article.restore(wanted, by=None, of="x")
    assert "Ada" in sentence
    assert fresh(article).author == Person.objects.editorial_team()


def test_who_is_the_author_again_is_the_reviewer_no_longer():
    article = full_article()
    wanted, ada = article.content(), article.author
    article.author, article.reviewer = Person.objects.editorial_team(), ada
    article.save()
    (sentence,) = article.restore(wanted, by=None, of="x")
    assert "choose another reviewer" in sentence
    assert (fresh(article).author, fresh(article).reviewer) == (ada, None)


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    image = Image(name="A cup")
    image.width = image.height = 1
    # The smallest PNG there is.
    image.file.save("cup.png", ContentFile(PNG), save=True)
    return image


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.mark.parametrize(("alt", "decorative"), [("A cup", False), ("", True), ("", False)])
def test_a_picture_comes_back_with_its_words(picture, alt, decorative):
    article = full_article()
    article.image, article.image_alt, article.image_decorative = picture, alt, decorative
    article.image_caption = "Caption"
    article.save()
    wanted = article.content()
    article.image, article.image_caption = None, ""
    article.save()
    assert article.restore(wanted, by=None, of="x") == []
    assert fresh(article).content() == wanted


def test_a_picture_that_left_the_library_comes_back_while_its_file_is_there(picture):
    article = full_article()
    article.image = picture
    article.save()
    wanted, name = article.content(), picture.file.name
    article.image = None
    article.save()
    QuerySet(Image).delete()
    assert article.restore(wanted, by=None, of="x") == []
    assert fresh(article).image.file.name == name
    article.image = None
    article.save()
    QuerySet(Image).delete()
    picture.file.storage.delete(name)
    (sentence,) = article.restore(wanted, by=None, of="x")
    assert "no longer in the library" in sentence


def test_a_sign_off_counts_again_when_exactly_its_text_is_back():
    article = full_article()
    article.reviewer = factories.person("Rae")
    article.save()
    factories.sign_off(article)
    signed = article.content()
    assert signed.reviewer.slug == "rae"
    factories.section(article)
    unsigned = article.content()
    assert unsigned.reviewer is None
    article.restore(signed, by=None, of="x")
    assert fresh(article).content() == signed
    article.restore(replace(signed, title="Another"), by=None, of="x")
    assert fresh(article).content().reviewer is None


def test_the_deed_is_in_the_audit_trail():
    article, user = full_article(), factories.editor()
    article.restore(article.content(), by=user, of="Edition 3")
    entry = AuditEntry.objects.get(action="restored")
    assert (entry.by, entry.article, entry.detail) == (user, article, "Edition 3")


def test_a_text_that_was_saved_meanwhile_is_not_overwritten():
    article = full_article()
    wanted, seen = article.content(), article.content().digest
    factories.section(article, heading="A colleague's")
    with pytest.raises(ValidationError, match="saved after you opened"):
        article.restore(wanted, by=None, of="x", seen=seen)
    assert article.sections.filter(heading="A colleague's").exists()
    assert not article.versions.exists()


# What is kept


def keep(article, user, reason="autosaved", **values):
    return Version.objects.keep(article, article.content(), by=user, reason=reason, **values)


def change(article, title):
    article.title = title
    article.save()


def test_what_is_the_same_is_kept_once():
    article = factories.article()
    assert keep(article, None, "saved")
    assert keep(article, None, "saved") is None
    assert keep(article, None, "saved", note="But for this reason")


def test_a_sitting_of_autosaves_is_one_version():
    article, user = factories.article(), factories.editor()
    for title in ("One", "Two", "Three"):
        change(article, title)
        keep(article, user)
    assert article.versions.get().content.title == "Three"
    change(article, "Four")
    keep(article, user, "saved")
    assert (article.versions.get().content.title, article.versions.get().reason) == (
        "Four",
        "saved",
    )
    # What was saved by hand stays.
    change(article, "Five")
    keep(article, user)
    assert article.versions.count() == 2


def test_a_long_sitting_is_more_than_one_version(monkeypatch):
    article, user = factories.article(), factories.editor()
    keep(article, user)
    monkeypatch.setattr(Version, "SITTING", Version.SITTING * 0)
    change(article, "Later")
    keep(article, user)
    assert article.versions.count() == 2


def test_autosaves_of_two_people_are_two_versions():
    article, one, other = factories.article(), factories.editor("one"), factories.editor("other")
    for user in (one, other, one):
        change(article, f"By {user}")
        keep(article, user)
    assert article.versions.count() == 3


# At the desk


def url(article, ref="edition-1"):
    return reverse("admin:blog_article_restore", args=[article.pk, ref])


@pytest.fixture
def editor(client):
    user = factories.editor()
    client.force_login(user)
    return user


@pytest.fixture
def article():
    row = factories.live_article("First title")
    change(row, "Second title")
    row.refresh_digest()
    return row


def press(client, page, article):
    fields, _buttons = read(page, "restore-form")
    return client.post(url(article), fields, follow=True)


def test_the_difference_is_shown_first_and_looking_changes_nothing(client, editor, article):
    page = client.get(url(article))
    assert b"<del>Second</del>" in page.content
    assert b"<ins>First</ins>" in page.content
    assert fresh(article).title == "Second title"
    assert not article.versions.exists()


def test_the_button_restores_and_says_so(client, editor, article):
    page = press(client, client.get(url(article)), article)
    assert fresh(article).title == "First title"
    assert "The working copy is Edition 1 again." in page.content.decode()
    assert article.versions.first().saved_by == editor


def test_a_version_is_restored_too(client, editor, article):
    version = keep(article, editor, "saved")
    change(article, "Third title")
    client.post(url(article, f"version-{version.pk}"), {"seen": fresh(article).content().digest})
    assert fresh(article).title == "Second title"


def test_a_newer_save_of_a_colleague_is_not_overwritten_unseen(client, editor, article):
    page = client.get(url(article))
    change(article, "By a colleague")
    answer = press(client, page, article)
    assert answer.status_code == 409
    assert "was saved after you opened this page" in answer.content.decode()
    assert "colleague</del>" in answer.content.decode()
    assert fresh(article).title == "By a colleague"
    press(client, answer, article)
    assert fresh(article).title == "First title"


def test_a_form_that_does_not_say_what_was_seen_restores_nothing(client, editor, article):
    assert client.post(url(article)).status_code == 409
    assert fresh(article).title == "Second title"


def test_where_nothing_differs_there_is_no_button(client, editor):
    article = factories.live_article()
    page = client.get(url(article))
    assert "nothing to restore" in page.content.decode()
    assert b">Restore</button>" not in page.content


@pytest.mark.parametrize("ref", ["draft", "edition-9", "version-1", "edition-x", "edition-", "x"])
def test_what_does_not_exist_is_not_restored(client, editor, article, ref):
    for answer in (client.get(url(article, ref)), client.post(url(article, ref))):
        assert answer.status_code == 404
        assert "no such edition" in answer.content.decode()


def test_a_version_of_another_article_is_not_restored(client, editor, article):
    version = keep(factories.article("Other"), editor, "saved")
    assert client.post(url(article, f"version-{version.pk}")).status_code == 404
    assert fresh(article).title == "Second title"


@pytest.mark.parametrize("group", ["Reviewer", "Moderator"])
def test_who_may_not_change_articles_restores_nothing(client, article, group):
    client.force_login(factories.user(group=group))
    assert client.get(url(article)).status_code == 403
    seen = {"seen": article.content().digest}
    assert client.post(url(article), seen).status_code == 403
    assert fresh(article).title == "Second title"


def test_without_logging_in_nothing_is_restored(client, article):
    for answer in (
        client.get(url(article)),
        client.post(url(article), {"seen": article.content().digest}),
    ):
        assert answer.url.startswith(reverse("admin:login"))
    assert fresh(article).title == "Second title"


def test_a_form_from_elsewhere_restores_nothing(client, editor, article):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(editor)
    assert strict.post(url(article), {"seen": article.content().digest}).status_code == 403
    assert fresh(article).title == "Second title"
