import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from blog.models import Article, Person
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db

ADD = reverse("admin:blog_article_add")
LIST = reverse("admin:blog_article_changelist")


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def change_url(article):
    return reverse("admin:blog_article_change", args=[article.pk])


def send(client, article, changes=None, button="_save"):
    url = change_url(article)
    return client.post(url, fill(client.get(url), changes, button=button))


def new_row(prefix, index, **values):
    """A row as the page adds it; the count of rows has to be sent along."""
    row = {f"{prefix}-{index}-{name}": value for name, value in values.items()}
    return row | {f"{prefix}-TOTAL_FORMS": str(index + 1)}


def said(response):
    return " ".join(str(message) for message in response.context["messages"])


def after(client, response):
    assert response.status_code == 302, [p["sentence"] for p in response.context["problems"]]
    return client.get(response.url)


def live(article):
    return article.editions.live().first()


def status(article):
    return Article.objects.with_status().get(pk=article.pk).status


# Writing


def test_an_article_with_sections_of_all_kinds_is_written_in_one_go(client, editor):
    data = fill(client.get(ADD), {"title": "Is tea good?", "summary": "Mostly."})
    data |= new_row("text", 0, heading="What tea is", body="Leaves.", ordering="10")
    data |= new_row("con", 0, heading="It cools", body="<p>Soon.</p>", ordering="20")
    data |= new_row("pro", 0, heading="It warms", body="<p>Well.</p>", ordering="30")
    page = after(client, client.post(ADD, data))
    article = Article.objects.get()
    assert [(s.kind, s.heading, s.body) for s in article.sections.all()] == [
        ("text", "What tea is", "<p>Leaves.</p>"),
        ("con", "It cools", "<p>Soon.</p>"),
        ("pro", "It warms", "<p>Well.</p>"),
    ]
    assert article.slug == "is-tea-good"
    assert status(article) == "draft"
    assert live(article) is None
    assert "Readers see nothing of it" in said(page)


def test_the_page_shows_sections_in_the_articles_order_and_numbers_points(client, editor):
    article = factories.article(pros=["One", "Two"], cons=["Three"])
    factories.section(article, kind="pro", heading="Between", ordering=15)
    page = client.get(change_url(article))
    assert [(card.name, card.heading) for card in page.context["sections"]] == [
        ("Pro 1", "One"),
        ("Pro 2", "Between"),
        ("Pro 3", "Two"),
        ("Con 1", "Three"),
    ]


def test_saving_what_came_changes_nothing(client, editor):
    article = factories.article()
    source = factories.source(article)
    article.sections.first().sources.add(source)
    article.refresh_digest()
    before = article.content()
    after(client, send(client, article))
    article = Article.objects.get()
    assert article.content() == before
    assert article.digest == before.digest


def test_the_kind_comes_from_the_formset_and_not_from_the_browser(client, editor):
    article = factories.article()
    after(client, send(client, article, new_row("pro", 1, heading="New", kind="con", ordering="9")))
    assert article.sections.get(heading="New").kind == "pro"


def test_a_section_of_another_article_cannot_be_taken_over(client, editor):
    article, other = factories.article(), factories.article("Another")
    stranger = other.sections.first()
    send(client, article, {"pro-0-id": str(stranger.pk), "pro-0-heading": "Mine"})
    stranger.refresh_from_db()
    assert stranger.heading == "It warms"
    assert stranger.article == other


def test_the_order_that_is_sent_is_kept(client, editor):
    article = factories.article(pros=["One"], cons=["Two"])
    after(client, send(client, article, {"pro-0-ordering": "20", "con-0-ordering": "10"}))
    assert [s.heading for s in article.sections.all()] == ["Two", "One"]


def test_a_row_without_region_and_place_is_saved_all_the_same(client, editor):
    article = factories.article()
    url = change_url(article)
    data = fill(client.get(url))
    for name in ("region", "ordering"):
        del data[f"pro-0-{name}"]
    data |= new_row("con", 1, heading="Bare")
    after(client, client.post(url, data))
    assert article.sections.get(heading="Bare").kind == "con"
    assert article.sections.get(heading="It warms").ordering == 10


def test_a_section_that_is_marked_goes_and_a_new_one_that_is_marked_never_comes(client, editor):
    article = factories.article(pros=["Gone", "Kept"])
    changes = {"pro-0-DELETE": "on"}
    changes |= new_row("pro", 2, heading="Never", ordering="90", DELETE="on")
    after(client, send(client, article, changes))
    assert [s.heading for s in article.sections.filter(kind="pro")] == ["Kept"]


def test_text_has_no_strength_of_evidence_and_a_point_has(client, editor):
    article = factories.article()
    factories.section(article, kind="text", heading="Intro")
    changes = {"text-0-evidence": "strong", "pro-0-evidence": "mixed"}
    after(client, send(client, article, changes))
    assert article.sections.get(kind="text").evidence == ""
    assert article.sections.get(kind="pro").evidence == "mixed"


def test_a_heading_that_was_typed_on_two_lines_is_one_line(client, editor):
    article = factories.article()
    changes = {"title": "Is tea\r\n good?", "pro-0-heading": "It\r\nwarms"}
    after(client, send(client, article, changes))
    article.refresh_from_db()
    assert article.title == "Is tea good?"
    assert article.sections.get(kind="pro").heading == "It warms"


def test_sections_cite_the_sources_of_their_article_and_no_others(client, editor):
    article = factories.article()
    mine = factories.source(article)
    other = factories.source(factories.article("Another"))
    after(client, send(client, article, {"pro-0-sources": [str(mine.pk)]}))
    assert list(article.sections.get(kind="pro").sources.all()) == [mine]
    after(client, send(client, article, {"pro-0-sources": [str(mine.pk), str(other.pk)]}))
    assert list(article.sections.get(kind="pro").sources.all()) == [mine]


def test_a_source_is_added_with_https_for_a_bare_address(client, editor):
    article = factories.article()
    row = new_row("sources", 0, title="A review", url="example.org/a", type="review", ordering="10")
    after(client, send(client, article, row))
    source = article.sources.get()
    assert (source.title, source.url) == ("A review", "https://example.org/a")


def test_a_source_that_a_section_cites_can_be_deleted(client, editor):
    article = factories.article()
    source = factories.source(article)
    section = article.sections.get(kind="pro")
    section.sources.add(source)
    after(client, send(client, article, {"sources-0-DELETE": "on"}))
    assert not article.sources.exists()
    assert not section.sources.exists()


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()">a</p>',
        '<a href="javascript:x()">a</a>',
        "<img src=x onerror=x()>",
        '<p style="position:fixed">a</p>',
        "<iframe src=//e.org></iframe>",
    ],
)
def test_what_the_editor_cannot_make_does_not_come_through_the_form(client, editor, hostile):
    article = factories.article()
    changes = {"pro-0-body": f"<p>Fine</p>{hostile}", "pros_intro": f"<p>Good</p>{hostile}"}
    after(client, send(client, article, changes))
    article.refresh_from_db()
    for text in (article.sections.get(kind="pro").body, article.pros_intro):
        assert text.startswith(("<p>Fine</p>", "<p>Good</p>"))
        assert not re.search(r"script|onclick|javascript|onerror|style|iframe|img", text)


def test_an_invalid_form_comes_back_with_everything_that_was_typed(client, editor):
    article = factories.article()
    changes = {"title": "", "summary": "Typed", "pro-0-heading": "Also typed"}
    changes |= new_row("con", 1, heading="A new one", body="<p>New</p>", ordering="90")
    response = send(client, article, changes)
    assert response.status_code == 200
    assert read(response)[0]["summary"] == ["Typed"]
    assert read(response)[0]["pro-0-heading"] == ["Also typed"]
    assert read(response)[0]["con-1-heading"] == ["A new one"]
    assert [p["sentence"] for p in response.context["problems"]] == ["Give the article a title."]
    assert b'href="#id_title"' in response.content
    article.refresh_from_db()
    assert article.title == "Is tea good for you?"
    assert article.summary == ""


def test_an_error_in_a_section_is_named_and_linked(client, editor):
    article = factories.article(pros=["One", "Two"])
    response = send(client, article, {"pro-1-heading": "x" * 201})
    problem = response.context["problems"][0]
    assert (problem["id"], problem["where"]) == ("id_pro-1-heading", "Pro 2, Heading")


def test_the_author_is_the_person_behind_the_account(client, editor):
    person = factories.person(user=editor)
    assert client.get(ADD).context["adminform"].form["author"].value() == person.pk


def test_without_a_person_the_author_is_the_editorial_team(client, editor):
    team = Person.objects.editorial_team()
    assert client.get(ADD).context["adminform"].form["author"].value() == team.pk


# Publishing


def test_saving_changes_nothing_for_readers_and_says_so(client, editor):
    article = factories.live_article()
    page = after(client, send(client, article, {"title": "Newer"}))
    assert live(article).content.title == "Is tea good for you?"
    assert status(article) == "live_with_changes"
    assert "Readers still see edition 1" in said(page)


def test_publishing_saves_and_shows_it(client, editor):
    article = factories.article()
    page = after(client, send(client, article, {"title": "Newer", "note": "First"}, "_publish"))
    edition = live(article)
    assert (edition.content.title, edition.note) == ("Newer", "First")
    assert edition.created_by == editor
    assert status(article) == "live"
    assert "Published. Readers see edition 1" in said(page)
    assert b"Edition 1" in page.content


def test_publishing_a_new_article_at_once(client, editor):
    data = fill(client.get(ADD), {"title": "At once"}, button="_publish")
    data |= new_row("pro", 0, heading="It warms", body="<p>Hot.</p>", ordering="10")
    data |= new_row("con", 0, heading="It cools", body="<p>Cold.</p>", ordering="20")
    after(client, client.post(ADD, data))
    assert live(Article.objects.get()).content.title == "At once"


def test_the_gate_stops_publishing_but_keeps_the_text(client, editor):
    article = factories.live_article()
    changes = {"title": "Newer", "con-0-DELETE": "on"}
    page = after(client, send(client, article, changes, "_publish"))
    article.refresh_from_db()
    assert article.title == "Newer"
    assert live(article).number == 1
    assert "it was not published" in said(page)
    assert "There is no con." in said(page)
    assert [finding.sentence for finding, _target in page.context["blocking"]] == [
        "There is no con. Add at least one point that speaks against it."
    ]


def test_an_invalid_form_publishes_nothing(client, editor):
    article = factories.article()
    response = send(client, article, {"title": ""}, "_publish")
    assert response.status_code == 200
    assert live(article) is None


def moment(delta):
    return timezone.localtime(timezone.now() + delta).strftime("%Y-%m-%dT%H:%M")


def test_scheduling_keeps_it_from_readers_until_its_time(client, editor):
    article = factories.article()
    changes = {"go_live_on": moment(timedelta(days=2)), "note": "Soon"}
    page = after(client, send(client, article, changes, "_schedule"))
    assert live(article) is None
    edition = article.editions.scheduled().get()
    assert edition.note == "Soon"
    at = datetime.fromisoformat(changes["go_live_on"])
    assert timezone.localtime(edition.live_from).replace(tzinfo=None) == at
    assert "Europe/London" in said(page)
    assert "Until then they see nothing" in said(page)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Choose the day and the time to go live."),
        ("2020-01-01T10:00", "This time has passed. Choose a time in the future."),
    ],
)
def test_scheduling_without_a_time_to_come_is_an_error_at_the_field(
    client, editor, value, sentence
):
    article = factories.article()
    changes = {"go_live_on": value, "title": "Typed"}
    response = send(client, article, changes, "_schedule")
    assert response.context["adminform"].form.errors == {"go_live_on": [sentence]}
    assert read(response)[0]["title"] == ["Typed"]
    assert read(response)[0]["go_live_on"] == [value]
    article.refresh_from_db()
    assert article.title != "Typed"
    assert not article.editions.exists()


def test_a_time_that_is_left_in_the_field_does_not_stop_saving(client, editor):
    article = factories.article()
    page = after(client, send(client, article, {"go_live_on": "2020-01-01T10:00"}))
    assert "does not use the time you chose (Wednesday 1 January 2020, 10:00" in said(page)
    assert not article.editions.exists()
    assert "the time you chose" not in said(after(client, send(client, article, {})))


def test_publishing_what_readers_see_already_makes_no_edition(client, editor):
    article = factories.live_article()
    page = after(client, send(client, article, {}, "_publish"))
    assert "Readers see exactly this already" in said(page)
    assert article.editions.count() == 1


def test_publishing_with_a_day_to_take_it_down(client, editor):
    article = factories.article()
    end = moment(timedelta(days=9))
    page = after(client, send(client, article, {"take_down_on": end}, "_publish"))
    assert timezone.localtime(live(article).live_until).strftime("%Y-%m-%dT%H:%M") == end
    assert "It comes down on" in said(page)
    # The field shows it, and publishing again keeps it.
    after(client, send(client, article, {"title": "Newer"}, "_publish"))
    assert timezone.localtime(live(article).live_until).strftime("%Y-%m-%dT%H:%M") == end
    # Emptied, it stays for good.
    after(client, send(client, article, {"take_down_on": ""}, "_publish"))
    assert live(article).live_until is None


@pytest.mark.parametrize("button", ["_publish", "_schedule", "_expire"])
def test_a_day_to_take_it_down_must_be_in_the_future(client, editor, button):
    article = factories.live_article()
    changes = {"take_down_on": "2020-01-01T10:00", "go_live_on": moment(timedelta(days=1))}
    response = send(client, article, changes, button)
    assert response.status_code == 200
    assert "take_down_on" in response.context["adminform"].form.errors
    assert article.editions.count() == 1


def test_it_cannot_come_down_before_it_goes_live(client, editor):
    article = factories.article()
    changes = {
        "go_live_on": moment(timedelta(days=3)),
        "take_down_on": moment(timedelta(days=2)),
    }
    response = send(client, article, changes, "_schedule")
    assert "take_down_on" in response.context["adminform"].form.errors
    assert not article.editions.exists()


def test_a_limit_is_set_and_taken_away_without_publishing(client, editor):
    article = factories.live_article()
    changes = {"take_down_on": moment(timedelta(days=2)), "title": "Newer"}
    after(client, send(client, article, changes, "_expire"))
    assert live(article).live_until is not None
    assert live(article).content.title == "Is tea good for you?"
    after(client, send(client, article, {"take_down_on": ""}, "_expire"))
    assert live(article).live_until is None
    response = send(client, article, {"take_down_on": ""}, "_expire")
    assert "take_down_on" in response.context["adminform"].form.errors


def test_unpublishing_takes_it_from_readers_and_keeps_the_text(client, editor):
    article = factories.live_article()
    page = after(client, send(client, article, {"title": "Kept"}, "_unpublish"))
    assert live(article) is None
    article.refresh_from_db()
    assert article.title == "Kept"
    assert "Readers do not see it any more" in said(page)
    assert article.editions.get().end_set_by == editor


def test_a_get_publishes_and_unpublishes_nothing(client, editor):
    draft, public = factories.article("Draft"), factories.live_article("Public")
    client.get(change_url(draft), {"_publish": "1"})
    client.get(change_url(public), {"_unpublish": "1"})
    assert live(draft) is None
    assert live(public)


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ("_publish", "Published edition 2."),
        ("_schedule", "Scheduled edition 2"),
        ("_expire", "To be taken down on"),
        ("_unpublish", "Unpublished."),
    ],
)
def test_each_deed_is_in_the_history(client, editor, button, words):
    article = factories.live_article()
    changes = {
        "go_live_on": moment(timedelta(days=1)),
        "take_down_on": moment(timedelta(days=2)),
    }
    after(client, send(client, article, changes, button))
    entries = LogEntry.objects.filter(object_id=str(article.pk), user=editor)
    assert any(words in entry.get_change_message() for entry in entries)
    page = client.get(reverse("admin:blog_article_history", args=[article.pk]))
    assert words.encode() in page.content


def test_only_buttons_that_make_sense_are_shown(client, editor):
    draft = read(client.get(change_url(factories.article("Draft"))))[1]
    assert {"_save", "_publish", "_schedule"} <= set(draft)
    assert not {"_unpublish", "_expire"} & set(draft)
    public = factories.live_article("Public")
    page = client.get(change_url(public))
    assert {"_unpublish", "_expire"} <= set(read(page)[1])
    assert f'href="{public.get_absolute_url()}"'.encode() in page.content


# Without JavaScript


def test_a_blank_row_is_asked_for_and_saves_what_is_there_first(client, editor):
    data = fill(client.get(ADD), {"title": "Is tea good?", "_add": "pro"}, button="_x")
    response = client.post(ADD, data)
    article = Article.objects.get()
    assert response.url == f"{change_url(article)}?extra=pro#pro-0"
    fields = read(client.get(response.url))[0]
    assert fields["pro-TOTAL_FORMS"] == ["1"]
    assert fields["con-TOTAL_FORMS"] == ["0"]
    assert fields["pro-0-ordering"] == ["10"]


def test_a_blank_row_that_is_left_alone_is_not_saved(client, editor):
    article = factories.article()
    url = f"{change_url(article)}?extra=pro"
    data = fill(client.get(url))
    assert data["pro-1-ordering"] == ["30"]
    after(client, client.post(url, data))
    assert article.sections.count() == 2
    after(client, client.post(url, fill(client.get(url), {"pro-1-heading": "Filled"})))
    assert [s.heading for s in article.sections.all()][-1] == "Filled"


def test_an_unknown_kind_of_row_is_not_added(client, editor):
    article = factories.article()
    response = send(client, article, {"_add": "<script>"}, "_x")
    assert response.url == change_url(article)


def test_the_page_says_nothing_inline(client, editor):
    page = client.get(change_url(factories.live_article()))
    html = page.content.decode()
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", html)
    nonce = page.context["nonce"]
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", html):
        assert "src=" in tag or "application/json" in tag or f'nonce="{nonce}"' in tag
    policy = page.headers["Content-Security-Policy"]
    assert f"'nonce-{nonce}'" in policy
    assert "unsafe" not in policy


def test_no_page_of_the_desk_has_an_inline_script_or_style(client):
    # Django writes a <style> into lists without actions: those of a reviewer.
    client.force_login(factories.user("rita", group="Reviewer"))
    factories.live_article()
    for url in (reverse("admin:index"), LIST, reverse("admin:blog_person_changelist")):
        html = client.get(url).content.decode()
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*src=)", html), url


# Cost


def _count(client, url, queries):
    with queries as context:
        assert client.get(url).status_code == 200
    return len(context)


def test_opening_costs_the_same_for_2_and_for_60_sections(
    client, editor, django_assert_max_num_queries
):
    small = factories.article("Small")
    large = factories.article(
        "Large", pros=[f"Pro {n}" for n in range(30)], cons=[f"Con {n}" for n in range(30)]
    )
    for article in (small, large):
        sources = [factories.source(article, f"Source {n}") for n in range(4)]
        for section in article.sections.all():
            section.sources.set(sources)
    client.get(change_url(small))
    counts = [
        _count(client, change_url(article), django_assert_max_num_queries(45))
        for article in (small, large)
    ]
    assert counts[0] == counts[1]


def test_the_list_costs_the_same_for_2_and_for_20_articles(
    client, editor, django_assert_max_num_queries
):
    for number in range(2):
        factories.live_article(f"First {number}")
    client.get(LIST)
    few = _count(client, LIST, django_assert_max_num_queries(20))
    for number in range(18):
        factories.live_article(f"Second {number}")
    assert _count(client, LIST, django_assert_max_num_queries(20)) == few


# Pictures


def _jpeg(size=(40, 30)):
    file = BytesIO()
    Image.new("RGB", size).save(file, "JPEG")
    return file.getvalue()


HOSTILE = {
    "page.jpg": b"<html><script>alert(1)</script></html>",
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
    "cut.jpg": _jpeg()[:200],
    "empty.png": b"",
    "renamed.png": b"GIF89a" + b"\0" * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("where", ["article", "person"])
def test_a_file_that_is_no_picture_gets_a_sentence(client, editor, name, where):
    file = SimpleUploadedFile(name, HOSTILE[name], "image/jpeg")
    if where == "article":
        article = factories.article()
        response = send(client, article, {"image_file": file})
        form = response.context["adminform"].form
        assert form.errors["image_file"]
        article.refresh_from_db()
        assert not article.image
    else:
        person = factories.person()
        url = reverse("admin:blog_person_change", args=[person.pk])
        data = fill(client.get(url), {"photo": file}, form_id="person_form")
        response = client.post(url, data)
        assert response.context["adminform"].form.errors["photo"]
        person.refresh_from_db()
        assert not person.photo


def test_a_picture_is_stored_and_shown(client, editor):
    article = factories.article()
    file = SimpleUploadedFile("tea.jpg", _jpeg(), "image/jpeg")
    page = after(client, send(client, article, {"image_file": file, "image_alt": "A cup"}))
    article.refresh_from_db()
    assert (article.image.width, article.image.height) == (40, 30)
    assert article.image.url.encode() in page.content


# The list


def test_the_list_shows_status_balance_and_dates(client, editor):
    factories.live_article("Public", pros=["a", "b"], cons=["c"])
    factories.article("Hidden")
    html = client.get(LIST).content.decode()
    assert re.search(r'class="chip live">Live<', html)
    assert re.search(r'class="chip draft">Draft<', html)
    assert re.search(r"\+2</b> <b[^>]*>−1<", html)


@pytest.mark.parametrize("wanted", ["draft", "live", "live_with_changes", "scheduled", "expired"])
def test_the_list_is_filtered_by_status(client, editor, wanted):
    factories.article("draft")
    factories.live_article("live")
    changed = factories.live_article("live_with_changes")
    changed.title = "live_with_changes "
    changed.summary = "New"
    changed.save()
    changed.refresh_digest()
    planned = factories.article("scheduled")
    planned.schedule(by=None, at=timezone.now() + timedelta(days=1))
    over = factories.live_article("expired")
    past = timezone.now() - timedelta(days=2)
    over.editions.update(live_from=past, live_until=past + timedelta(days=1))
    rows = client.get(LIST, {"status": wanted}).context["cl"].result_list
    assert [row.title.strip() for row in rows] == [wanted]


@pytest.mark.parametrize(
    ("words", "found"), [("tea", 1), ("warms", 1), ("cools", 1), ("coffee", 0)]
)
def test_the_list_is_searched_over_title_and_text(client, editor, words, found):
    factories.article("About tea", pros=["It warms", "It warms twice"])
    assert client.get(LIST, {"q": words}).context["cl"].result_count == found


def act(client, action, *articles, **data):
    return client.post(
        LIST,
        {"action": action, "_selected_action": [a.pk for a in articles], **data},
        follow=True,
    )


def test_the_bulk_action_publishes_what_the_gate_lets_through_and_says_what_not(client, editor):
    good, bad = factories.article("Good"), factories.article("Lopsided", cons=[])
    page = act(client, "publish_selected", good, bad)
    assert live(good).created_by == editor
    assert live(bad) is None
    assert "1 article published." in said(page)
    assert "“Lopsided” was not published: There is no con." in said(page)


def test_the_bulk_action_leaves_alone_what_is_live_unchanged(client, editor):
    article = factories.live_article()
    page = act(client, "publish_selected", article)
    assert article.editions.count() == 1
    assert "live already" in said(page)


def test_the_bulk_action_unpublishes(client, editor):
    public, draft = factories.live_article("Public"), factories.article("Draft")
    page = act(client, "unpublish_selected", public, draft)
    assert live(public) is None
    assert "1 article unpublished." in said(page)
