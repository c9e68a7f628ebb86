"""A preview of the unsaved form is what publishing it gives, and leaves nothing behind."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Picture

from blog.models import Article, Image, Section
from tests import factories
from tests.forms import fill

pytestmark = pytest.mark.django_db

ADD = reverse("admin:blog_article_add")
PREVIEW_NEW = reverse("admin:blog_article_preview_new")
MARK = re.compile("<!-- preview -->.*?<!-- /preview -->", re.DOTALL)


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def preview_url(article):
    return reverse("admin:blog_article_preview", args=[article.pk])


def new_row(prefix, index, **values):
    row = {f"{prefix}-{index}-{name}": value for name, value in values.items()}
    return row | {f"{prefix}-TOTAL_FORMS": str(index + 1)}


def unmarked(response):
    assert response.status_code == 200
    text, marks = MARK.subn("", response.content.decode())
    assert marks == 2
    return text


def bar(response):
    return MARK.findall(response.content.decode())[1]


def tables():
    """How many rows each table has."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        return {name: _count(cursor, name) for name in names}


def _count(cursor, name):
    cursor.execute(f'SELECT COUNT(*) FROM "{name}"')  # noqa: S608
    return cursor.fetchone()[0]


def preview_and_publish(client, url, preview, data):
    """The page that was previewed, without its marks, and the one that readers then get."""
    seen = unmarked(client.post(preview, data | {"_preview": ""}))
    del data["_save"]
    response = client.post(url, data | {"_publish": ""})
    assert response.status_code == 302, [p["sentence"] for p in response.context["problems"]]
    article = Article.objects.order_by("-changed_at").first()
    client.logout()
    public = client.get(article.get_absolute_url())
    assert public.status_code == 200
    return seen, public.content.decode()


@pytest.fixture
def picture():
    out = BytesIO()
    Picture.new("RGB", (60, 40), "navy").save(out, "PNG")
    file = SimpleUploadedFile("a.png", out.getvalue())
    return Image.objects.create(file=file, name="A cup", alt="A cup of tea", focal_x=20)


# The same bytes


def test_a_new_article(client, editor, picture):
    category = factories.category()
    tag = factories.live_article("Is tea good?").tags.create(slug="tea", name="Tea")
    data = fill(client.get(ADD), {"title": "Is  tea\r\ngood?", "summary": "Mostly.\r\n\r\nYes."})
    data |= {"category": category.pk, "tags": [tag.pk], "date": "2020-02-03"}
    data |= {"image": picture.pk, "image_alt": "A cup", "image_caption": "Tea & milk"}
    data |= new_row("text", 0, heading="What it is", body="Typed <b>plain", ordering="10")
    data |= new_row("con", 0, heading="It cools", body="<p>Soon.</p>", ordering="30")
    data |= new_row("con", 1, heading="Same place", body="<p>x</p>", ordering="20")
    data |= new_row("pro", 0, heading="It warms", body="<p>Well.</p>", ordering="20", evidence="")
    data |= new_row("sources", 0, title="A review", type="review", url="example.org", ordering="5")
    seen, public = preview_and_publish(client, ADD, PREVIEW_NEW, data)
    assert seen == public
    assert 'name="token"' in public
    assert "/articles/is-tea-good-2/" in public
    assert "What it is" in public


def test_a_change_to_a_live_article_with_everything(client, editor, picture):
    """Rows changed, moved, deleted, added and left alone, with comments, sources and a sign-off."""
    reviewer = factories.person("Rae Reviewer", job_title="Nurse")
    article = factories.article(
        pros=["One", "Two", "Three"],
        cons=["Four", "Five"],
        reviewer=reviewer,
        image=picture,
        image_alt="A cup",
    )
    kept, gone = factories.source(article, "Kept"), factories.source(article, "Gone")
    for section in article.sections.all():
        section.sources.set([kept, gone])
    factories.sign_off(article)
    article.publish(by=None)
    article.editions.update(live_from=timezone.now() - timedelta(days=9))
    point = article.sections.first()
    factories.approved(article, text="A *fine* point.", about=str(point.key))
    url = change_url(article)
    data = fill(client.get(url), {"pro-0-heading": "One, mended", "pro-0-sources": [kept.pk]})
    data |= {"pro-1-DELETE": "on", "pro-2-ordering": "1", "con-1-body": "<p>New <em>words</em>"}
    data |= {"sources-1-DELETE": "on", "sources-0-title": "Kept & mended"}
    data |= new_row("pro", 3, heading="Six", body="<ul><li>x</ul><script>y</script>", ordering="25")
    data |= new_row("sources", 2, title="New", type="study", ordering="1")
    seen, public = preview_and_publish(client, url, preview_url(article), data)
    assert seen == public
    for words in ("Updated", "A <em>fine</em> point.", "One, mended", "<li>x</li>"):
        assert words in public
    assert "Gone" not in public
    assert "Rae Reviewer" not in public  # signed off another text


def test_a_text_that_is_signed_off(client, editor):
    reviewer = factories.person("Rae Reviewer", job_title="Nurse")
    article = factories.article(reviewer=reviewer)
    factories.sign_off(article)
    # What a reviewer signs has no author, so this changes nothing of it.
    author = factories.person("Ann Author")
    data = fill(client.get(change_url(article)), {"author": author.pk})
    seen, public = preview_and_publish(client, change_url(article), preview_url(article), data)
    assert seen == public
    assert "Rae Reviewer" in public
    assert "Ann Author" in public


def test_what_readers_see_already_keeps_its_edition(client, editor):
    article = factories.live_article()
    article.editions.update(live_from=timezone.now() - timedelta(days=9))
    data = fill(client.get(change_url(article)))
    response = client.post(preview_url(article), data)
    assert "Readers see exactly this." in bar(response)
    seen, public = preview_and_publish(client, change_url(article), preview_url(article), data)
    assert seen == public
    assert article.editions.count() == 1


def test_the_same_text_published_with_a_note_is_a_new_edition(client, editor):
    article = factories.live_article()
    article.editions.update(live_from=timezone.now() - timedelta(days=9))
    data = fill(client.get(change_url(article)), {"note": "Looked at again"})
    seen, public = preview_and_publish(client, change_url(article), preview_url(article), data)
    assert seen == public
    assert "Updated" in public


def test_an_article_whose_plan_is_replaced(client, editor):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    data = fill(client.get(change_url(article)), {"title": "Sooner"})
    seen, public = preview_and_publish(client, change_url(article), preview_url(article), data)
    assert seen == public


def test_a_row_that_a_colleague_added_or_deleted_meanwhile(client, editor):
    article = factories.article(pros=["One", "Two"])
    url = change_url(article)
    data = fill(client.get(url), {"pro-1-heading": "Two, mended"})
    article.sections.get(heading="Two").delete()
    factories.section(article, kind="con", heading="A colleague's", ordering=15)
    seen, public = preview_and_publish(client, url, preview_url(article), data)
    assert seen == public
    assert "A colleague&#x27;s" in public
    assert "Two, mended" in public


def test_sending_a_form_again_makes_no_error(client, editor):
    data = fill(client.get(ADD), {"title": "Twice"})
    data |= new_row("pro", 0, heading="It warms", body="<p>Well.</p>", ordering="20")
    for _ in range(2):
        assert client.post(ADD, data).status_code == 302
    assert Section.objects.values("key").distinct().count() == 2


# Nothing is left behind


@pytest.mark.parametrize("is_new", [True, False])
def test_it_writes_nothing(client, editor, is_new):
    article = factories.live_article()
    url, preview = (ADD, PREVIEW_NEW) if is_new else (change_url(article), preview_url(article))
    data = fill(client.get(url), {"title": "Other", "summary": "New words"})
    index = 0 if is_new else 1
    data |= new_row("pro", index, heading="New", body="<p>New</p>", ordering="90")
    before, stored = tables(), Article.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        response = client.post(preview, data)
    assert "New words" in response.content.decode()
    assert tables() == before
    assert Article.objects.values().get() == stored
    statements = [query["sql"].lstrip().split()[0].upper() for query in queries]
    assert set(statements) <= {"SELECT", "SAVEPOINT", "RELEASE"}
    assert not response.cookies


def test_a_picture_in_the_form_is_not_stored(client, editor):
    article = factories.article()
    out = BytesIO()
    Picture.new("RGB", (60, 40), "navy").save(out, "PNG")
    data = fill(client.get(change_url(article)))
    data["image_file"] = SimpleUploadedFile("a.png", out.getvalue())
    response = client.post(preview_url(article), data)
    assert "A new picture shows once it is saved." in bar(response)
    assert not Image.objects.exists()


def test_it_is_kept_nowhere_and_framed_only_here(client, editor):
    article = factories.article()
    response = client.post(preview_url(article), fill(client.get(change_url(article))))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self';" in f"{policy};"
    assert "form-action 'none';" in f"{policy};"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "Readers do not see this yet." in bar(response)


def test_only_the_form_may_show_frames(client, editor):
    article = factories.live_article()
    for url in (ADD, change_url(article)):
        response = client.get(url)
        assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "DENY"
    public = client.get(article.get_absolute_url())
    assert "frame-src" not in public.headers["Content-Security-Policy"]
    assert not MARK.search(public.content.decode())


# What is not right yet


def test_what_is_not_right_is_shown_as_far_as_it_goes(client, editor):
    article = factories.article()
    factories.source(article, "A source", url="https://example.org/old")
    data = fill(client.get(change_url(article)), {"title": "", "date": "someday"})
    data |= {"pro-0-heading": "h" * 201, "pro-0-body": "<p>Shown</p>", "con-0-evidence": "magic"}
    data |= {"sources-0-url": "half a typed", "sources-0-accessed": "x", "author": ""}
    response = client.post(preview_url(article), data)
    assert response.status_code == 200
    text = response.content.decode()
    for words in ("h" * 201, "<p>Shown</p>", "https://example.org/old"):
        assert words in text
    listed = bar(response)
    for words in ("Give the article a title.", "Pro 1, Heading:", "Con 1,", "Source 1, "):
        assert words in listed
    assert "half a typed" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {"pro-TOTAL_FORMS": "x"},
        {"pro-TOTAL_FORMS": "9999"},
        {"pro-TOTAL_FORMS": ""},
        {"pro-0-id": "x"},
        {"pro-0-id": "99999999999999999999999"},
        {"pro-0-ordering": "x"},
        {"pro-0-ordering": "-99999999999999999999999"},
        {"pro-0-body": "\x00<p>"},
        {"pro-0-body": "<ul><li>" * 3000},
        {"pro-0-sources": ["x", "77"]},
        {"title": "\x00"},
        {"title": "t" * 5000, "slug": "not a slug/"},
        {"slug": "x" * 300},
        {"tags": ["x", "99"]},
        {"category": "99"},
        {"image": "99"},
        {"reviewer": "x", "next_review_on": "2026-13-45"},
        {"key": "x" * 10000},
        {"take_down_on": "2027-03-28T01:30"},
        {"sources-0-url": "javascript:alert(1)", "sources-TOTAL_FORMS": "1"},
    ],
)
def test_no_form_is_too_odd(client, editor, changes):
    article = factories.article()
    for url, preview in ((change_url(article), preview_url(article)), (ADD, PREVIEW_NEW)):
        response = client.post(preview, fill(client.get(url), changes))
        assert response.status_code == 200
        assert "javascript:" not in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"_saveasnew": "1"}, {"_popup": "1"}])
def test_no_form_at_all_shows_what_is_stored(client, editor, data):
    article = factories.article("Stored", pros=["It warms"])
    response = client.post(preview_url(article), data)
    assert "It warms" in response.content.decode()
    assert client.post(PREVIEW_NEW, data).status_code == 200


def test_hostile_words_stay_words(client, editor):
    article = factories.article()
    evil = "<img src=x onerror=alert(1)>"
    data = fill(client.get(change_url(article)), {"title": evil, "pro-0-body": f"<p>{evil}</p>"})
    data |= {"pro-0-heading": evil * 10, "date": evil}
    text = client.post(preview_url(article), data).content.decode()
    assert "onerror=alert(1)>" not in text
    assert "&lt;img" in text


# Who may


def test_without_a_login_it_asks_for_one(client):
    article = factories.article()
    for url in (preview_url(article), PREVIEW_NEW):
        for response in (client.post(url, {"title": "x"}), client.get(url)):
            assert response.status_code == 302
            assert response.url.startswith("/admin/login/")


@pytest.mark.parametrize("group", ["Reviewer", "Moderator", None])
def test_who_may_not_change_articles_gets_no_preview(client, group):
    article = factories.article("Secret title")
    client.force_login(factories.user("rae", group=group))
    for url in (preview_url(article), PREVIEW_NEW, preview_url(Article(pk=99))):
        response = client.post(url, {"title": "x"})
        assert response.status_code == 403
        assert "Secret title" not in response.content.decode()


def test_authors_preview_without_the_right_to_publish(client):
    article = factories.article()
    client.force_login(factories.author())
    page = client.get(change_url(article))
    assert f'formaction="{preview_url(article)}"' in page.content.decode()
    assert client.post(preview_url(article), fill(page)).status_code == 200


def test_who_only_reads_sees_no_button(client):
    article = factories.article()
    client.force_login(factories.user("rae", group="Reviewer"))
    text = client.get(change_url(article)).content.decode()
    assert "preview" not in text.split("<body", 1)[1].lower()


def test_it_is_only_asked_for_by_a_form(client, editor):
    article = factories.article()
    for url in (preview_url(article), PREVIEW_NEW):
        assert client.get(url).status_code == 405
    assert client.post(preview_url(Article(pk=99)), {}).status_code == 404
    assert client.post("/admin/blog/article/abc/preview/", {}).status_code == 404


def test_another_site_cannot_ask_for_it(editor):
    from_elsewhere = Client(enforce_csrf_checks=True)
    from_elsewhere.force_login(editor)
    assert from_elsewhere.post(PREVIEW_NEW, {"title": "x"}).status_code == 403


def test_it_costs_the_same_for_few_and_for_many_sections(client, editor):
    counts = []
    for number in (2, 12):
        article = factories.article(f"With {number}", pros=["p"] * number, cons=["c"] * number)
        source = factories.source(article)
        for section in article.sections.all():
            section.sources.add(source)
        data = fill(client.get(change_url(article)), {"pro-0-heading": "x", "pro-1-heading": "y"})
        with CaptureQueriesContext(connection) as queries:
            client.post(preview_url(article), data)
        counts.append(len(queries))
    assert counts[1] == counts[0]
