"""JSON-LD: what machines are told is what readers see, in words that schema.org has."""

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from blog import structured_data
from blog.models import Category, Edition, Image
from comments.thread import PER_PAGE
from tests import factories, vocabulary

pytestmark = pytest.mark.django_db

HOSTILE = "</script><!-- \u2028\u2029 <b>\"q\" 'q' & &amp; \u202eRTL\u202c مرحبا 😀 \x7f \\u003c"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def page(client, subject):
    return client.get(subject.get_absolute_url()).content.decode()


def document(html):
    (text,) = BLOCK.findall(html)
    return json.loads(text)


def node(html, kind):
    found = [each for each in document(html)["@graph"] if each["@type"] == kind]
    assert len(found) == 1, kind
    return found[0]


def visible(fragment):
    """The words that a browser shows of it, on one line."""
    return " ".join(unescape(strip_tags(fragment.replace("<", " <"))).split())


def show(article, **values):
    """Make the live edition one with these values as well."""
    edition = article.editions.live().get()
    content = replace(edition.content, **values)
    Edition.objects.filter(pk=edition.pk).update(data=content.to_json(), digest=content.digest)
    return article


@pytest.fixture
def whole_article():
    """With everything that an article can have."""
    reviewer = factories.person("Rae Reviewer", honorific="Dr", job_title="MD; physician")
    row = factories.article(
        "Is tea good for you?",
        pros=["It warms", "It wakes"],
        cons=["It cools"],
        summary="Mostly.\n\nYes & no.",
        author=factories.person("Ada Author", honorific="Prof.", job_title="Writer"),
        reviewer=reviewer,
        category=Category.objects.create(slug="food", name="Food & drink"),
        date=date(2025, 2, 3),
        next_review_on=timezone.localdate() + timedelta(days=300),
        is_clinical=True,
        image=Image.objects.create(
            file=f"images/{'0a' * 16}.jpg", width=1600, height=900, name="A cup"
        ),
        image_alt="A cup",
        image_caption="Tea",
    )
    row.tags.create(slug="tea", name="Tea")
    review = factories.source(
        row, "A review", publisher="A journal", url="https://example.org/a?b=1&c=2"
    )
    for point in row.sections.all():
        point.sources.add(review)
    factories.source(row, "A book", ordering=20)
    factories.section(row, heading="What it is", body="<p>Leaves.</p>")
    row.refresh_digest()
    factories.sign_off(row)
    row.publish(by=None)
    factories.approved(row, name="Zoë", text="I *drink* it & more.\nDaily.")
    factories.approved(row, name="Bo", text="Not me.", about=row.content().points[0].key)
    return row


# The vocabulary


def test_everything_an_article_can_have_has_a_word_in_the_vocabulary(client, whole_article):
    show(whole_article, product="Tea bags")
    assert vocabulary.problems(document(page(client, whole_article))) == []


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"pros": [], "cons": []},
        {"pros": ["One"], "cons": []},
        {"pros": [], "cons": [f"Con {number}" for number in range(12)]},
        {"title": "Long " * 40, "summary": "x " * 2000},
        {"title": HOSTILE, "pros": [HOSTILE], "cons": [HOSTILE], "summary": HOSTILE},
        {"title": "هل الشاي مفيد؟", "pros": ["يدفئ"], "cons": ["يبرد"]},
        {"is_clinical": True},
    ],
)
def test_any_article_passes(client, values):
    row = factories.article(**values)
    edition = Edition.cut(row, row.content(), by=None, note="", live_from=timezone.now())
    assert vocabulary.problems(document(page(client, edition))) == []


def test_the_other_pages_pass_too(client, whole_article):
    author = whole_article.author
    for url in ("/", whole_article.category.get_absolute_url(), author.get_absolute_url()):
        assert vocabulary.problems(document(client.get(url).content.decode())) == [], url


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("positiveNotes", "It warms", "positiveNotes is no property of BlogPosting"),
        ("reviewedBy", {"@type": "Person"}, "reviewedBy is no property of BlogPosting"),
        ("lastReviewed", "2026-01-01", "lastReviewed is no property of BlogPosting"),
        ("prosAndCons", "both", "prosAndCons is no property"),
        ("author", {"@type": "Robot"}, "Robot is no type"),
        ("author", {"@type": "Place"}, "BlogPosting.author cannot be a Place"),
        ("author", {"@id": "#nobody"}, "BlogPosting.author leads to nothing: #nobody"),
        ("hasPart", {"@type": "ItemList"}, "BlogPosting.hasPart cannot be a ItemList"),
        ("datePublished", "Monday", "BlogPosting.datePublished cannot be 'Monday'"),
        (
            "datePublished",
            "2026-01-01T10:00:00",
            "BlogPosting.datePublished cannot be '2026-01-01T10:00:00'",
        ),
        ("commentCount", "two", "BlogPosting.commentCount cannot be 'two'"),
        ("headline", "", "BlogPosting.headline cannot be ''"),
        ("url", "/articles/", "BlogPosting.url cannot be '/articles/'"),
    ],
)
def test_the_check_sees_what_is_wrong(client, name, value, problem):
    found = document(page(client, factories.live_article()))
    next(each for each in found["@graph"] if each["@type"] == "BlogPosting")[name] = value
    assert problem in vocabulary.problems(found)


# What it says is what the page says


def test_the_names_are_those_of_the_byline_without_honorific(client, whole_article):
    html = page(client, whole_article)
    (author,) = node(html, "BlogPosting")["author"]
    assert author == {
        "@type": "Person",
        "name": "Ada Author",
        "honorificPrefix": "Prof.",
        "jobTitle": "Writer",
        "url": "http://testserver/people/ada-author/",
    }
    reviewer = node(html, "MedicalWebPage")["reviewedBy"]
    for person in (author, reviewer):
        assert f">{person['honorificPrefix']} {person['name']}</a>" in html
        assert f"<small>{person['jobTitle']}</small>" in html
        assert f'href="{person["url"].removeprefix("http://testserver")}"' in html


def test_what_nobody_signs_is_by_an_organization(client):
    (author,) = node(page(client, factories.live_article()), "BlogPosting")["author"]
    assert (author["@type"], author["name"]) == ("Organization", "Editorial team")


def test_the_days_are_those_of_the_page_in_the_zone_of_the_site(client, whole_article, settings):
    settings.TIME_ZONE = "America/New_York"
    edition = whole_article.editions.live().get()
    Edition.objects.filter(pk=edition.pk).update(updated_on=date(2026, 7, 1))
    html = page(client, whole_article)
    article, medical = node(html, "BlogPosting"), node(html, "MedicalWebPage")
    assert article["datePublished"] == "2025-02-03T00:00:00-05:00"
    assert article["dateModified"] == "2026-07-01T00:00:00-04:00"
    for label, value in (
        ("Published", article["datePublished"]),
        ("Updated", article["dateModified"]),
        ("Last reviewed", medical["lastReviewed"]),
    ):
        assert f'<dt>{label}</dt><dd><time datetime="{value[:10]}"' in html


def test_what_was_never_changed_was_last_changed_when_it_was_published(client):
    article = node(page(client, factories.live_article()), "BlogPosting")
    assert article["dateModified"] == article["datePublished"]


def test_the_points_are_those_of_the_page(client, whole_article):
    html = page(client, whole_article)
    seen = []
    for kind, anchor in (("pros", "pro"), ("cons", "con")):
        lists = [each for each in document(html)["@graph"] if each["@id"].endswith(f"#{kind}")]
        (points,) = lists
        assert {"@id": points["@id"]} in node(html, "BlogPosting")["mentions"]
        heading = re.search(rf'<h2 id="{kind}" dir="auto"><span.*?</span>(.*?)</h2>', html)[1]
        assert points["name"] == visible(heading)
        assert [each["position"] for each in points["itemListElement"]] == list(
            range(1, points["numberOfItems"] + 1)
        )
        for point in points["itemListElement"]:
            key = point["url"].partition("#")[2]
            shown = re.search(rf'<article class="point" id="{key}".*?</article>', html, re.DOTALL)
            title = re.search(r"</bdi>(.*?)</h3>", shown[0], re.DOTALL)[1]
            body = re.search(r'<div class="prose" dir="auto">(.*?)</div>', shown[0], re.DOTALL)[1]
            assert (point["name"], point["description"]) == (visible(title), visible(body))
            assert f'id="{anchor}-{point["position"]}"' in shown[0]
            seen.append(point["name"])
    assert seen == ["It warms", "It wakes", "It cools"]


def test_the_sources_are_its_citations(client, whole_article):
    assert node(page(client, whole_article), "BlogPosting")["citation"] == [
        {
            "@type": "CreativeWork",
            "name": "A review",
            "url": "https://example.org/a?b=1&c=2",
            "publisher": {"@type": "Organization", "name": "A journal"},
        },
        {"@type": "CreativeWork", "name": "A book"},
    ]


def test_the_picture_is_that_of_the_article_else_the_one_that_is_drawn(client, whole_article):
    picture = node(page(client, whole_article), "BlogPosting")["image"]
    assert picture["url"] == f"http://testserver/media/images/{'0a' * 16}.jpg"
    assert (picture["width"], picture["height"], picture["caption"]) == (1600, 900, "Tea")
    bare = node(page(client, factories.live_article("Coffee?")), "BlogPosting")["image"]
    assert bare["url"].startswith("http://testserver/media/share/")
    assert (bare["width"], bare["height"]) == (1200, 630)


@pytest.mark.parametrize("kind", ["article", "topic", "person"])
def test_the_trail_is_the_one_on_the_page(client, whole_article, kind):
    subject = {
        "article": whole_article,
        "topic": whole_article.category,
        "person": whole_article.author,
    }[kind]
    html = page(client, subject)
    shown = re.search(r'<nav class="crumbs".*?</nav>', html, re.DOTALL)[0]
    steps = [visible(step) for step in re.findall(r"<li.*?</li>", shown)]
    trail = node(html, "BreadcrumbList")["itemListElement"]
    assert [step["name"] for step in trail] == steps
    assert len(steps) >= 2
    assert [step["position"] for step in trail] == list(range(1, len(steps) + 1))
    for link, step in zip(re.findall(r'href="([^"]+)"', shown), trail, strict=False):
        assert step["item"]["@id"] == f"http://testserver{link}"


def test_a_trail_of_one_step_is_none(client):
    html = page(client, factories.live_article())
    assert "BreadcrumbList" not in {each["@type"] for each in document(html)["@graph"]}
    assert "breadcrumb" not in node(html, "WebPage")


def test_only_health_information_is_a_medical_page(client, whole_article):
    assert node(page(client, whole_article), "MedicalWebPage")["lastReviewed"]
    plain = node(page(client, factories.live_article("Coffee?")), "WebPage")
    assert not {"lastReviewed", "reviewedBy"} & set(plain)


# Comments


def test_the_comments_are_those_that_the_page_shows(client, whole_article):
    html = page(client, whole_article)
    article = node(html, "BlogPosting")
    assert article["commentCount"] == 2
    assert article["interactionStatistic"]["userInteractionCount"] == 2
    assert [each["author"]["name"] for each in article["comment"]] == ["Zoë", "Bo"]
    for comment in article["comment"]:
        anchor = comment["url"].partition("#")[2]
        shown = re.search(rf'id="{anchor}" .*?</article>', html, re.DOTALL)[0]
        assert f"<bdi>{comment['author']['name']}</bdi>" in shown
        assert f'datetime="{comment["datePublished"]}"' in shown
        assert datetime.fromisoformat(comment["datePublished"]).tzinfo
        body = re.search(r'<div class="prose" dir="auto">(.*?)</div>', shown, re.DOTALL)[1]
        assert comment["text"].replace(" ", "") == visible(body).replace(" ", "")
    assert article["comment"][0]["text"] == "I drink it & more. Daily."


def test_comments_that_stand_on_other_pages_are_counted_alone(client):
    article = factories.live_article()
    for number in range(PER_PAGE + 1):
        factories.approved(article, text=f"Comment {number}")
    posting = node(page(client, article), "BlogPosting")
    assert posting["commentCount"] == PER_PAGE + 1
    assert len(posting["comment"]) == PER_PAGE


def test_no_comment_that_is_not_approved_and_no_word_of_a_draft(client):
    article = factories.live_article()
    factories.comment(article, name="Hidden name", text="Hidden text")
    article.title = "Draft title"
    article.save()
    factories.section(article, kind="pro", heading="Draft point")
    html = page(client, article)
    assert node(html, "BlogPosting")["commentCount"] == 0
    assert "comment" not in node(html, "BlogPosting")
    for words in ("Hidden name", "Hidden text", "Draft title", "Draft point"):
        assert words not in json.dumps(document(html))


# Reviews of products


def test_notes_are_there_for_a_product_alone_and_inside_its_review(client, whole_article):
    assert "Notes" not in json.dumps(document(page(client, whole_article)))
    html = page(client, show(whole_article, product="Tea bags"))
    product = node(html, "Product")
    address = whole_article.get_absolute_url()
    assert product["name"] == "Tea bags"
    assert '<dd dir="auto">Tea bags</dd>' in html
    assert product["review"]["positiveNotes"] == {"@id": f"http://testserver{address}#pros"}
    assert product["review"]["negativeNotes"] == {"@id": f"http://testserver{address}#cons"}
    assert product["review"]["author"]["name"] == "Ada Author"
    assert node(html, "BlogPosting")["about"] == {"@id": product["@id"]}


def test_a_single_statement_is_no_review(client):
    row = factories.article(pros=["It warms"], cons=[])
    Edition.cut(row, row.content(), by=None, note="", live_from=timezone.now())
    html = page(client, show(row, product="Tea bags"))
    assert "Product" not in {each["@type"] for each in document(html)["@graph"]}


# Safety


def test_no_text_ends_the_block_and_all_of_it_arrives(client):
    author = factories.person("Ada", honorific=HOSTILE[:50], job_title=HOSTILE)
    author.name = HOSTILE
    author.save()
    row = factories.article(HOSTILE, pros=[HOSTILE], cons=["b"], summary=HOSTILE, author=author)
    factories.source(row, HOSTILE, publisher=HOSTILE)
    row.refresh_digest()
    row.publish(by=None)
    factories.approved(row, name=HOSTILE[:60], text=HOSTILE)
    html = page(client, row)
    (text,) = BLOCK.findall(html)
    assert not set(text) & set("<>&\u2028\u2029\x7f")
    posting = node(html, "BlogPosting")
    words = " ".join(HOSTILE.replace("\x7f", "").split())
    assert posting["headline"] == posting["citation"][0]["name"] == words
    assert posting["author"][0]["name"] == words
    assert vocabulary.problems(document(html)) == []


# The other pages


def test_home_names_the_site_and_who_publishes_it(client):
    html = client.get("/").content.decode()
    site = node(html, "WebSite")
    publisher = node(html, "Organization")
    assert site["publisher"] == {"@id": publisher["@id"]}
    assert publisher["publishingPrinciples"] == "http://testserver/how-we-work/"


def test_a_topic_is_a_collection_of_the_articles_that_it_shows(client, whole_article):
    html = page(client, whole_article.category)
    collection = node(html, "CollectionPage")
    assert collection["name"] == "Food & drink"
    assert collection["mainEntity"]["itemListElement"] == [
        {
            "@type": "ListItem",
            "position": 1,
            "name": "Is tea good for you?",
            "url": f"http://testserver{whole_article.get_absolute_url()}",
        }
    ]


def test_a_list_may_stand_below_other_pages():
    trail = [("Home", "/"), ("Archive", "/archive/")]
    found = structured_data.collection(name="2026", path="/archive/2026/", trail=trail)
    (crumbs,) = [each for each in found["@graph"] if each["@type"] == "BreadcrumbList"]
    assert [step["name"] for step in crumbs["itemListElement"]] == ["Home", "Archive", "2026"]
    assert vocabulary.problems(found) == []


def test_a_person_has_a_profile(client, whole_article):
    subject = node(page(client, whole_article.author), "ProfilePage")["mainEntity"]
    assert subject["@type"] == "Person"
    assert subject["name"] == "Ada Author"
    assert subject["honorificPrefix"] == "Prof."
