"""The library of pictures at the desk, what the picker asks, and the picture of an article."""

import io
import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Drawing

from blog import renditions
from blog.images import CleanPicture
from blog.models import Article, Image, Version
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

LIST = reverse("admin:blog_image_changelist")
ADD = reverse("admin:blog_image_add")
LIBRARY = reverse("admin:blog_image_library")
UPLOAD = reverse("admin:blog_image_upload")


@pytest.fixture(autouse=True)
def media(media, monkeypatch):
    # Smaller pictures have their own tests; here they would only take time.
    monkeypatch.setattr(renditions, "FORMATS", {"webp": renditions.FORMATS["webp"]})
    return media


def jpeg(size=(60, 40)):
    out = io.BytesIO()
    Drawing.new("RGB", size, "teal").save(out, "JPEG")
    return out.getvalue()


def image(name="A cup", **values):
    return Image.objects.create(file=CleanPicture(jpeg(), name="p.jpg"), name=name, **values)


def upload(name="My cup_of tea.jpg"):
    return SimpleUploadedFile(name, jpeg(), "image/jpeg")


def figure(picture):
    return f'<p>Look:</p><img src="{picture.url}" alt="A cup" width="60" height="40">'


def change_url(picture):
    return reverse("admin:blog_image_change", args=[picture.pk])


def delete_url(picture):
    return reverse("admin:blog_image_delete", args=[picture.pk])


@pytest.fixture
def log_in(client):
    def go(group):
        user = factories.user(group.lower() or "nobody")
        user.groups.set([Group.objects.get_or_create(name=group)[0]] if group else [])
        client.force_login(user)
        return user

    return go


def put_into_a_body(picture, field="body"):
    """Past the gate for HTML, which decides elsewhere what an editor may write."""
    article = factories.article("In a text")
    table, pk = ("blog_section", article.sections.first().pk)
    if field != "body":
        table, pk = "blog_article", article.pk
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {field} = %s WHERE id = %s", [figure(picture), pk])  # noqa: S608
    return article


# Doors


def doors(picture):
    return [LIST, ADD, LIBRARY, UPLOAD, change_url(picture), delete_url(picture)]


def test_without_logging_in_every_door_leads_to_the_login_page(client):
    picture = image()
    for url in doors(picture):
        for answer in (client.get(url), client.post(url, {"file": upload(), "post": "yes"})):
            assert answer.status_code == 302
            assert answer.url.startswith(reverse("admin:login"))
    assert list(Image.objects.all()) == [picture]


@pytest.mark.parametrize("group", ["Moderator", ""])
def test_who_has_no_part_in_articles_finds_every_door_closed(client, log_in, group):
    log_in(group)
    picture = image()
    for url in set(doors(picture)) - {UPLOAD}:
        assert client.get(url).status_code == 403
    for url in set(doors(picture)) - {LIBRARY}:
        assert client.post(url, {"file": upload(), "post": "yes"}).status_code == 403
    assert list(Image.objects.all()) == [picture]


def test_a_reviewer_looks_and_changes_nothing(client, log_in):
    log_in("Reviewer")
    picture = image(alt="Tea")
    assert client.get(LIST).status_code == 200
    assert client.get(LIBRARY).status_code == 200
    page = client.get(change_url(picture))
    assert b"Tea" in page.content
    assert not read(page, "image_form")[1]
    for url in (ADD, UPLOAD, change_url(picture), delete_url(picture)):
        answer = client.post(url, {"file": upload(), "name": "Mine", "post": "yes"})
        assert answer.status_code == 403
    assert Image.objects.get().name == "A cup"


def test_an_author_adds_and_changes_but_deletes_nothing(client, log_in):
    user = log_in("Author")
    assert client.post(UPLOAD, {"file": upload()}).status_code == 201
    picture = Image.objects.get()
    assert picture.uploaded_by == user
    client.post(
        change_url(picture),
        fill(client.get(change_url(picture)), {"alt": ["Tea"]}, form_id="image_form"),
    )
    picture.refresh_from_db()
    assert picture.alt == "Tea"
    assert client.post(delete_url(picture), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [picture.pk], "post": "yes"}
    client.post(LIST, data)
    assert Image.objects.exists()


def test_looking_changes_nothing_and_an_upload_must_be_a_post(client, log_in):
    log_in("Editor")
    assert client.get(UPLOAD).status_code == 405
    assert client.post(LIBRARY).status_code == 405


def test_an_upload_from_another_site_is_refused(log_in):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.editor())
    assert strict.post(UPLOAD, {"file": upload()}).status_code == 403
    assert not Image.objects.exists()


# The library


def test_the_list_shows_finds_and_counts(client, log_in, django_assert_max_num_queries):
    log_in("Author")
    used = image("A cup of tea", alt="Steam rises")
    factories.live_article(image=used, image_alt="Steam")
    for number in range(30):
        image(f"Other {number}")
    with django_assert_max_num_queries(16):
        page = client.get(LIST)
    assert page.content.count(b'class="thumbnail"') == 24
    found = client.get(LIST, {"q": "steam"}).content.decode()
    assert "A cup of tea" in found
    assert "Other" not in found
    assert "1 article" in found
    assert "60 × 40" in found


def test_a_picture_is_added_with_words_and_subject(client, log_in):
    user = log_in("Author")
    given = {"file": upload(), "name": [""], "alt": ["Tea"], "focal_x": ["20"], "focal_y": ["75"]}
    answer = client.post(ADD, fill(client.get(ADD), given, form_id="image_form"))
    assert answer.status_code == 302
    picture = Image.objects.get()
    assert (picture.name, picture.alt) == ("My cup of tea", "Tea")
    assert (picture.focal_x, picture.focal_y) == (20, 75)
    assert (picture.width, picture.height) == (60, 40)
    assert picture.uploaded_by == user


@pytest.mark.parametrize("percent", ["101", "-1", "x"])
def test_a_subject_outside_the_picture_is_refused(client, log_in, percent):
    log_in("Author")
    picture = image()
    data = fill(client.get(change_url(picture)), {"focal_x": [percent]}, form_id="image_form")
    answer = client.post(change_url(picture), data)
    assert answer.context["adminform"].form.errors["focal_x"]


def test_its_file_cannot_be_exchanged(client, log_in):
    log_in("Editor")
    picture = image()
    name = picture.file.name
    data = fill(client.get(change_url(picture)), {"file": upload()}, form_id="image_form")
    client.post(change_url(picture), data)
    picture.refresh_from_db()
    assert picture.file.name == name


def test_another_subject_is_a_change_to_articles_that_show_it(client, log_in):
    log_in("Editor")
    picture = image()
    article = factories.live_article(image=picture, image_alt="Tea")
    data = fill(client.get(change_url(picture)), {"focal_x": ["10"]}, form_id="image_form")
    client.post(change_url(picture), data)
    status = Article.objects.with_status().get(pk=article.pk).status
    assert status == "live_with_changes"


# Where it is used


def test_every_place_of_use_is_named(client, log_in):
    log_in("Author")
    picture = image()
    article = factories.live_article("At the top", image=picture, image_alt="Tea")
    body = put_into_a_body(picture)
    put_into_a_body(picture, "cons_intro")
    article.schedule(by=None, at=timezone.now() + timezone.timedelta(days=1))
    places = {str(use) for use in picture.uses()}
    assert places == {
        "At the top: the picture at the top",
        "At the top: edition 1, which readers see",
        "At the top: edition 2, scheduled",
        "In a text: It warms",
        "In a text: the text before the points",
    }
    page = client.get(change_url(picture)).content.decode()
    assert reverse("admin:blog_article_change", args=[body.pk]) in page
    assert "edition 2, scheduled" in page


def test_a_past_edition_and_a_saved_version_count_as_use():
    picture, other = image(), image("Other")
    article = factories.live_article("Once", image=picture, image_alt="Tea")
    article.unpublish(by=None)
    draft = factories.article("Draft", image=other, image_alt="Tea")
    Version.objects.keep(draft, draft.content(), by=None, reason=Version.Reason.SAVED)
    Article.objects.update(image=None)
    assert [str(use) for use in picture.uses()] == ["Once: edition 1, which can be restored"]
    assert [str(use) for use in other.uses()] == ["Draft: an earlier saved version"]


def test_a_picture_in_the_text_of_an_edition_counts_as_use():
    picture, other = image(), image("Other")
    article = put_into_a_body(picture)
    content = article.content()
    Version.objects.keep(article, content, by=None, reason=Version.Reason.SAVED)
    article.sections.all().delete()
    assert len(picture.uses()) == 1
    assert not other.uses()


# Deleting


def test_one_in_use_is_not_deleted_and_the_places_are_named(client, log_in):
    log_in("Editor")
    picture = image()
    factories.live_article("Is tea good?", image=picture, image_alt="Tea")
    for answer in (
        client.get(delete_url(picture)),
        client.post(delete_url(picture), {"post": "yes"}),
    ):
        text = answer.content.decode()
        assert "is in use, so it cannot be deleted" in text
        assert "Is tea good?</a>: edition 1, which readers see" in text
    assert Image.objects.exists()
    assert picture.file.storage.exists(picture.file.name)


def test_of_many_none_is_deleted_when_one_is_in_use(client, log_in):
    log_in("Editor")
    used, free = image("Used"), image("Free")
    put_into_a_body(used)
    data = {"action": "delete_selected", "_selected_action": [used.pk, free.pk], "post": "yes"}
    answer = client.post(LIST, data)
    assert "none of them was deleted" in answer.content.decode()
    assert Image.objects.count() == 2


def test_no_door_of_the_code_deletes_one_in_use():
    picture = image()
    put_into_a_body(picture)
    with pytest.raises(ProtectedError, match="In a text: It warms"):
        picture.delete()
    with pytest.raises(ProtectedError):
        Image.objects.all().delete()
    assert Image.objects.exists()


def test_one_that_is_free_goes_with_its_files(
    client, log_in, media, django_capture_on_commit_callbacks
):
    log_in("Editor")
    picture, many = image(), image()
    assert len(list(media.rglob("*.*"))) == 4
    with django_capture_on_commit_callbacks(execute=True):
        client.post(delete_url(picture), {"post": "yes"})
        data = {"action": "delete_selected", "_selected_action": [many.pk], "post": "yes"}
        client.post(LIST, data)
        # Not before it is sure that the rows go.
        assert len(list(media.rglob("*.*"))) == 4
    assert not Image.objects.exists()
    assert not list(media.rglob("*.*"))


# What the picker asks


def test_the_picker_searches_and_turns_pages(client, log_in):
    log_in("Author")
    for number in range(26):
        image(f"Tea {number}", alt="Steam")
    image("Coffee", alt="A bean")
    first = client.get(LIBRARY).json()
    assert first["total"] == 27
    assert first["pictures"][0]["name"] == "Coffee"
    assert first["next"] == 2
    second = client.get(LIBRARY, {"page": "2"}).json()
    assert [len(page["pictures"]) for page in (first, second)] == [24, 3]
    assert second["next"] is None
    assert [p["name"] for p in client.get(LIBRARY, {"q": "bean"}).json()["pictures"]] == ["Coffee"]
    assert client.get(LIBRARY, {"q": "nothing of the kind"}).json()["total"] == 0


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "١", ""])
def test_any_page_number_is_answered(client, log_in, page):
    log_in("Author")
    image()
    assert client.get(LIBRARY, {"page": page, "q": "\0%_" * 200}).status_code == 200


def test_an_upload_is_answered_with_all_that_the_picker_needs(client, log_in):
    log_in("Author")
    answer = client.post(UPLOAD, {"file": upload("../<b>Tea</b>.jpg")})
    picture = Image.objects.get()
    assert json.loads(answer.content) == {
        "id": picture.pk,
        "url": picture.url,
        "thumbnail": picture.url.replace(".jpg", "-60.webp"),
        "width": 60,
        "height": 40,
        "alt": "",
        "name": picture.name,
    }
    assert "/" not in picture.name
    assert "<" not in picture.name


def test_an_upload_without_a_file_gets_a_sentence(client, log_in):
    log_in("Author")
    answer = client.post(UPLOAD, {"file": "words"})
    assert answer.status_code == 422
    assert answer.json()["sentence"] == "Choose a picture from this device."


# The form of an article


@pytest.fixture
def article(log_in):
    log_in("Author")
    return factories.article()


def form(client, article, **changes):
    url = reverse("admin:blog_article_change", args=[article.pk])
    answer = client.post(url, fill(client.get(url), changes))
    article.refresh_from_db()
    return answer


def test_a_picture_of_the_library_is_chosen_without_javascript(client, article):
    picture = image()
    form(client, article, image=[str(picture.pk)], image_alt=["Tea"])
    assert article.image == picture
    page = client.get(reverse("admin:blog_article_change", args=[article.pk]))
    assert picture.url.encode() in page.content
    form(client, article, image=[""], image_alt=[""])
    assert article.image is None


def test_the_list_has_the_newest_fifty_and_the_one_that_is_chosen(client, article):
    oldest = image("The oldest")
    for number in range(55):
        Image.objects.create(file=oldest.file.name, width=60, height=40, name=f"Copy {number}")
    url = reverse("admin:blog_article_change", args=[article.pk])
    # For the picture at the top, and for the one for sharing.
    assert client.get(url).content.count(b">Copy ") == 2 * 50
    assert b">The oldest<" not in client.get(url).content
    # The picker may choose any.
    form(client, article, image=[str(oldest.pk)], image_alt=["Tea"])
    assert article.image == oldest
    assert b">The oldest</option>" in client.get(url).content


@pytest.mark.parametrize("value", ["999999", "x", "١", "9" * 30])
def test_a_picture_that_there_is_not_is_refused(client, article, value):
    answer = form(client, article, image=[value])
    assert answer.context["adminform"].form.errors["image"]


def test_words_and_decoration_exclude_each_other(client, article):
    picture = image()
    given = {"image": [str(picture.pk)], "image_alt": ["Tea"], "image_decorative": ["on"]}
    answer = form(client, article, **given)
    [sentence] = answer.context["adminform"].form.errors["image_alt"]
    assert "only decoration" in sentence
    given["image_alt"] = [""]
    assert form(client, article, **given).status_code == 302
    assert article.content().image.alt == ""


def test_a_file_without_javascript_becomes_a_picture_of_its_sender(client, article):
    form(client, article, image_file=upload(), image_alt=["Tea"])
    assert article.image.uploaded_by.username == "author"
    assert article.image.alt == "Tea"


def test_who_may_not_add_pictures_sends_no_file(client, article):
    Group.objects.get(name="Author").permissions.remove(
        *Group.objects.get(name="Author").permissions.filter(codename="add_image")
    )
    url = reverse("admin:blog_article_change", args=[article.pk])
    page = client.get(url)
    assert b'name="image_file"' not in page.content
    assert client.post(url, fill(page, {"image_file": upload()})).status_code == 403
    assert not Image.objects.exists()


def test_a_reviewer_sees_the_picture_in_the_article(client, log_in):
    picture = image()
    article = factories.article(image=picture, image_alt="Steam rises")
    log_in("Reviewer")
    page = client.get(reverse("admin:blog_article_change", args=[article.pk])).content.decode()
    assert picture.url.replace(".jpg", "-60.webp") in page
    assert "Steam rises" in page
