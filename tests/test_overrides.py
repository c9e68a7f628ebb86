"""What an editor tells search engines and shared links: saved, merged, kept and restored."""

import io

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Drawing

from blog import checks, diff, renditions
from blog.content import Content
from blog.images import CleanPicture
from blog.models import Article, Image, Version
from tests import factories
from tests.forms import fill, read
from tests.test_article_admin import after, change_url, send
from tests.test_autosave import autosave

pytestmark = pytest.mark.django_db

WORDS = {
    "search_title": "Tea: good or bad?",
    "search_description": "Mostly good, in the morning.",
    "canonical_url": "https://example.org/is-tea-good",
    "product": "Example Kettle 2",
}
FIELDS = [*WORDS, "share_image", "noindex"]


@pytest.fixture(autouse=True)
def media(media, monkeypatch):
    monkeypatch.setattr(renditions, "FORMATS", {"webp": renditions.FORMATS["webp"]})
    return media


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def picture(name="A cup", **values):
    out = io.BytesIO()
    Drawing.new("RGB", (60, 40), "teal").save(out, "JPEG")
    file = CleanPicture(out.getvalue(), name="p.jpg")
    return Image.objects.create(file=file, name=name, **values)


def full(**values):
    image = picture(alt="Steam rises", focal_x=20)
    return factories.article(**WORDS | {"noindex": True, "share_image": image} | values)


def fresh(article):
    return Article.objects.get(pk=article.pk)


def fields(article):
    return {name: getattr(fresh(article), name) for name in FIELDS}


def fields_of(content):
    return {name: getattr(content, name) for name in FIELDS}


# Content


def test_they_are_part_of_the_content_and_survive_being_stored():
    article = full()
    content = fresh(article).content()
    assert {name: getattr(content, name) for name in WORDS} == WORDS
    assert content.noindex is True
    image = article.share_image
    assert (content.share_image.name, content.share_image.alt) == (image.file.name, "Steam rises")
    assert Content.from_json(content.to_json()) == content


@pytest.mark.parametrize("name", FIELDS)
def test_each_changes_the_digest_and_not_what_a_reviewer_signs(name):
    article = factories.article()
    before = article.content()
    setattr(article, name, getattr(full(slug="full"), name))
    article.save()
    assert article.content().digest != before.digest
    assert article.content().substance == before.substance


def test_without_them_the_content_is_what_it_was_before_there_were_any():
    data = factories.article().content().to_json()
    assert not data.keys() & set(FIELDS)


def test_the_content_takes_one_query_more_for_the_picture():
    plain, other = factories.article(), full(slug="full")
    with CaptureQueriesContext(
        connection,
    ) as few:
        fresh(plain).content()
    with CaptureQueriesContext(connection) as more:
        fresh(other).content()
    assert len(more) == len(few) + 1


# The form


def test_the_form_saves_them(client, editor):
    article, image = factories.article(), picture()
    given = WORDS | {"share_image": [str(image.pk)], "noindex": ["on"]}
    after(client, send(client, article, given))
    assert fields(article) == WORDS | {"share_image": image, "noindex": True}
    assert fresh(article).digest == fresh(article).content().digest
    shown = client.get(change_url(article)).content.decode()
    assert image.url in shown
    taken_back = {"search_title": "", "share_image": [""], "noindex": []}
    after(client, send(client, article, taken_back))
    assert fields(article) == WORDS | {"search_title": "", "share_image": None, "noindex": False}


def test_saving_what_came_changes_none_of_them(client, editor):
    article = full()
    before = fields(article)
    after(client, send(client, article))
    assert fields(article) == before


def test_texts_that_were_typed_on_two_lines_are_one_line(client, editor):
    article = factories.article()
    typed = {"search_title": "Tea:\r\n good", "search_description": "One.\r\n\r\nTwo."}
    after(client, send(client, article, typed))
    assert fresh(article).search_title == "Tea: good"
    assert fresh(article).search_description == "One. Two."


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/tea",
        "example.org/tea",
        "/articles/tea/",
        "javascript:alert(1)",
        "https://",
        "https://exa mple.org/",
        'https://example.org/"><script>',
        "https://example.org/\nX",
        "ftp://example.org/",
        "https://[::1",
    ],
)
def test_an_address_that_is_none_gets_a_sentence(client, editor, address):
    article = factories.article()
    response = send(client, article, {"canonical_url": address})
    [sentence] = response.context["adminform"].form.errors["canonical_url"]
    assert sentence.startswith("Give the whole address, beginning with https://")
    assert fresh(article).canonical_url == ""
    # The part of the form that holds it is open.
    html = response.content.decode()
    assert '<details open><summary><h2 id="sharing-heading"' in html


@pytest.mark.parametrize(
    "address",
    ["https://example.org/tea", "https://example.org:8443/a?b=c&d=%20", "https://bücher.example/"],
)
def test_an_address_of_another_site_is_taken(client, editor, address):
    article = factories.article()
    after(client, send(client, article, {"canonical_url": address}))
    assert fresh(article).canonical_url == address


@pytest.mark.parametrize(("name", "most"), [("search_title", 120), ("search_description", 300)])
def test_what_is_too_long_is_refused(client, editor, name, most):
    article = factories.article()
    assert send(client, article, {name: "x" * (most + 1)}).context["adminform"].form.errors[name]
    after(client, send(client, article, {name: "x" * most}))
    assert len(getattr(fresh(article), name)) == most


@pytest.mark.parametrize("value", ["0", "999999", "abc", "²", "1 or 1"])
def test_a_picture_that_is_not_there_is_refused(client, editor, value):
    article = factories.article()
    response = send(client, article, {"share_image": [value]})
    assert response.context["adminform"].form.errors["share_image"]
    assert fresh(article).share_image is None


def test_who_may_only_read_sees_them(client):
    article = full()
    client.force_login(factories.reviewer())
    html = client.get(change_url(article)).content.decode()
    assert WORDS["search_title"] in html
    assert WORDS["canonical_url"] in html
    assert 'name="search_title"' not in html


# Saving by itself, and beside colleagues


def test_they_save_themselves(client, editor):
    article, image = factories.article(), picture()
    given = WORDS | {"share_image": [str(image.pk)], "noindex": ["on"]}
    answer = autosave(client, article, given).json()
    assert answer["problems"] == []
    assert fields(article) == WORDS | {"share_image": image, "noindex": True}


def test_an_address_that_is_not_finished_keeps_nothing_else_from_being_saved(client, editor):
    article = factories.article()
    typed = {"canonical_url": "https://exa", "search_title": "Tea"}
    answer = autosave(client, article, typed).json()
    assert [problem["label"] for problem in answer["problems"]] == ["Address of the original"]
    assert fields(article)["search_title"] == "Tea"
    assert fields(article)["canonical_url"] == ""


def two_forms(client, article):
    return client.get(change_url(article)), client.get(change_url(article))


def save(client, article, page, changes):
    return client.post(change_url(article), fill(page, changes))


def test_two_editors_change_different_ones(client, editor):
    article = factories.article()
    one, other = two_forms(client, article)
    after(client, save(client, article, one, {"search_title": "One's", "noindex": ["on"]}))
    after(client, save(client, article, other, {"product": "Kettle"}))
    assert fresh(article).search_title == "One's"
    assert fresh(article).noindex is True
    assert fresh(article).product == "Kettle"


def test_two_editors_change_the_same_one_and_the_second_chooses(client, editor):
    article = factories.article()
    one, other = two_forms(client, article)
    after(client, save(client, article, one, {"search_description": "Of one."}))
    response = save(client, article, other, {"search_description": "Of the other."})
    assert response.status_code == 409
    html = response.content.decode()
    assert "Description in search results" in html
    assert fresh(article).search_description == "Of one."
    data = fill(response, form_id="conflict_form") | {"use-search_description": "mine"}
    after(client, client.post(change_url(article), data))
    assert fresh(article).search_description == "Of the other."


def test_what_was_not_chosen_is_kept_in_the_history(client, editor):
    article = factories.article()
    one, other = two_forms(client, article)
    after(client, save(client, article, one, {"search_title": "Of one"}))
    response = save(client, article, other, {"search_title": "Of the other"})
    data = fill(response, form_id="conflict_form") | {"use-search_title": "colleague"}
    after(client, client.post(change_url(article), data))
    assert fresh(article).search_title == "Of one"
    left = article.versions.get(reason=Version.Reason.NOT_CHOSEN)
    assert left.content.search_title == "Of the other"


# History


def test_they_are_kept_compared_and_restored(client, editor):
    article = full()
    article.publish(by=None)
    wanted, before = article.content(), fields(article)
    changes = dict.fromkeys(WORDS, "") | {"share_image": [""], "noindex": []}
    after(client, send(client, article, changes))
    assert not any(fields(article).values())
    [version] = article.versions.all()[:1]
    assert not any(fields_of(version.content).values())
    page = client.get(reverse("admin:blog_article_compare", args=[article.pk])).content.decode()
    for words in WORDS.values():
        assert words in page.replace("<del>", "").replace("</del>", "")
    assert "6 changes:" in page
    assert "Picture for sharing" in page
    assert fresh(article).restore(wanted, by=editor, of="Edition 1") == []
    assert fields(article) == before
    assert fresh(article).digest == wanted.digest


def test_another_picture_and_other_words_for_it_are_told_apart():
    article = full()
    before = article.content()
    article.share_image.alt = "A cup of tea"
    article.share_image.save()
    [found] = diff.compare(before, fresh(article).content()).changes
    assert (found.label, found.is_text) == ("Picture for sharing, in words", True)
    article.share_image = picture("Other")
    article.save()
    [found] = diff.compare(before, fresh(article).content()).changes
    assert (found.label, found.new_image.alt) == ("Picture for sharing", None)


def test_a_picture_that_left_the_library_comes_back_with_the_text(media):
    article = full()
    wanted = article.content()
    article.share_image = None
    article.save()
    Image.objects.all()._raw_delete("default")
    assert article.restore(wanted, by=None, of="x") == []
    assert article.content() == wanted


def test_restoring_says_what_could_not_come_back(media):
    article = full()
    wanted = article.content()
    Image.objects.update(alt="Other words")
    [sentence] = fresh(article).restore(wanted, by=None, of="x")
    assert "described in the library" in sentence
    Article.objects.update(share_image=None)
    Image.objects.all()._raw_delete("default")
    (media / wanted.share_image.name).unlink()
    [sentence] = fresh(article).restore(wanted, by=None, of="x")
    assert "no longer in the library" in sentence
    assert fresh(article).share_image is None


# The library


def test_a_picture_for_sharing_is_in_use_and_stays():
    article = full()
    image = article.share_image
    [use] = image.uses()
    assert str(use) == "Is tea good for you?: the picture for sharing"
    with pytest.raises(ProtectedError):
        image.delete()
    with pytest.raises(ProtectedError):
        Image.objects.all().delete()
    article.share_image = None
    article.save()
    assert image.uses() == []


def test_a_picture_in_both_places_is_used_twice():
    image = picture()
    factories.article(share_image=image, image=image)
    assert [use.place for use in image.uses()] == [
        "the picture at the top",
        "the picture for sharing",
    ]


def test_an_edition_keeps_the_picture_that_it_had():
    article = full()
    article.publish(by=None)
    image, article.share_image = article.share_image, None
    article.save()
    assert [use.place for use in image.uses()] == ["edition 1, which readers see"]


def test_other_words_in_the_library_are_a_change_of_the_article(client, editor):
    article = full()
    article.publish(by=None)
    url = reverse("admin:blog_image_change", args=[article.share_image.pk])
    client.post(url, fill(client.get(url), {"alt": ["Other"]}, form_id="image_form"))
    assert fresh(article).content().share_image.alt == "Other"
    assert fresh(article).digest != article.digest


# What readers and machines get


def test_what_is_kept_out_of_search_engines_is_in_no_list_for_them(client):
    factories.live_article("Open", category=factories.category("Open topic"))
    author = factories.person("Hidden Author")
    topic = factories.category("Hidden topic")
    hidden = factories.live_article("Hidden", noindex=True, category=topic, author=author)
    assert hidden.editions.get().noindex is True
    sitemaps = "".join(
        client.get(reverse("blog:sitemap", args=[kind, 0])).content.decode()
        for kind in ("articles", "topics", "people")
    )
    llms = client.get(reverse("blog:llms")).content.decode()
    for text in (sitemaps, llms):
        assert "open" in text.lower()
        assert "hidden" not in text.lower()
    # Readers find it as before.
    for address in (reverse("blog:home"), reverse("blog:feed", args=["json"])):
        assert "Hidden" in client.get(address).content.decode()
    assert client.get(hidden.get_absolute_url()).status_code == 200


def test_it_counts_when_it_is_published(client):
    article = factories.live_article()
    article.noindex = True
    article.save()
    article.refresh_digest()
    address = reverse("blog:sitemap", args=["articles", 0])
    assert article.slug in client.get(address).content.decode()
    article.publish(by=None)
    assert client.get(address).status_code == 404


def test_readers_get_nothing_of_a_working_copy(client):
    article = factories.live_article()
    Article.objects.update(**{name: f"PLANTED {name}" for name in WORDS} | {"noindex": True})
    fresh(article).refresh_digest()
    for address in (article.get_absolute_url(), reverse("blog:llms"), reverse("blog:home")):
        response = client.get(address)
        assert "PLANTED" not in response.content.decode()
        assert "noindex" not in response.content.decode()


def test_the_preview_is_made_of_what_was_typed(client, editor):
    article, image = factories.article(), picture()
    url = reverse("admin:blog_article_preview", args=[article.pk])
    typed = WORDS | {"share_image": [str(image.pk)], "noindex": ["on"]}
    page = client.post(url, fill(client.get(change_url(article)), typed))
    assert page.context["edition"].noindex is True
    assert page.context["content"].share_image.name == image.file.name
    assert {name: getattr(page.context["content"], name) for name in WORDS} == WORDS
    assert not any(fields(article).values())


# Warnings


def codes(article):
    found = [each for each in checks.findings(article.content()) if not each.is_error]
    return {each.code: each.field for each in found}


@pytest.mark.parametrize(
    ("name", "most", "code"),
    [
        ("search_title", 70, "search_title_too_long"),
        ("search_description", 160, "search_description_too_long"),
    ],
)
def test_what_search_results_would_cut_is_a_warning(name, most, code):
    article = factories.article(**{name: "x" * most})
    assert code not in codes(article)
    setattr(article, name, "x" * (most + 1))
    assert codes(article)[code] == ("article", name)
    article.save()
    article.publish(by=None)


def test_a_product_with_fewer_than_two_points_is_a_warning():
    code = "product_with_too_few_points"
    assert codes(factories.article(cons=[], product="Kettle"))[code] == ("article", "product")
    assert code not in codes(factories.article("Two", product="Kettle"))
    assert code not in codes(factories.article("None", cons=[]))


def test_a_warning_leads_to_its_field(client, editor):
    article = factories.article(search_title="x" * 71)
    page = client.get(change_url(article))
    assert 'href="#id_search_title"' in page.content.decode()
    assert "search_title" in read(page)[0]
