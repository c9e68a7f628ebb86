from datetime import date

import pytest

from blog import content
from blog.content import Content
from blog.models import Article, Section
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def full_article():
    article = factories.article(
        summary="Yes.",
        date=date(2018, 7, 28),
        category=factories.category(),
        reviewer=factories.person(),
        pros_heading="For",
    )
    article.tags.create(slug="tea", name="Tea")
    source = factories.source(article, accessed=date(2026, 11, 2))
    article.sections.get(kind="pro").sources.add(source)
    return article


def test_survives_the_way_through_json(full_article):
    value = full_article.content()
    again = Content.from_json(value.to_json())
    assert again == value
    assert again.digest == value.digest


def test_carries_a_version_and_refuses_one_that_it_does_not_know(full_article):
    data = full_article.content().to_json()
    assert data["version"] == 1
    with pytest.raises(ValueError, match="version 2"):
        Content.from_json(data | {"version": 2})


@pytest.mark.parametrize("field", ["title", "summary", "pros_heading", "cons_intro", "image_alt"])
def test_a_changed_field_changes_the_digest_if_readers_see_it(full_article, field):
    before = full_article.content().digest
    setattr(full_article, field, "Changed")
    seen = field != "image_alt"  # there is no picture
    assert (full_article.content().digest != before) is seen


def test_numbers_come_from_the_order():
    article = factories.article(pros=["A", "B", "C"])
    first = article.sections.get(heading="A")
    first.ordering = 1000
    first.save()
    names = [(point.name, point.heading) for point in article.content().pros.points]
    assert names == [("Pro 1", "B"), ("Pro 2", "C"), ("Pro 3", "A")]


def test_the_key_of_a_point_survives_retitling_and_reordering():
    article = factories.article(pros=["A", "B"])
    key = str(article.sections.get(heading="A").key)
    article.sections.filter(heading="A").update(heading="Z", ordering=1000)
    point = article.content().point(key)
    assert (point.heading, point.number) == ("Z", 2)
    assert article.content().point("no such key") is None


def test_an_unsaved_form_gives_what_saving_it_would():
    article = factories.article(pros=["A"], cons=["B"], title="Saved")
    source = factories.source(article)
    pro, con = article.sections.all()
    pro.sources.add(source)
    unsaved = Article(title="Typed", author=article.author, digest="")
    typed = Section(kind="con", heading="New", body="<p>New</p>", key=con.key)
    value = content.build(
        unsaved,
        sections=[typed, pro],
        sources=[source],
        cites=lambda section: [source] if section is pro else [],
        tags=[],
    )
    assert value.title == "Typed"
    assert [(point.name, point.heading) for point in value.points] == [
        ("Con 1", "New"),
        ("Pro 1", "A"),
    ]
    article.title = "Typed"
    article.save()
    pro.ordering = 1000
    pro.save()
    con.heading, con.body = typed.heading, typed.body
    con.save()
    assert article.content() == value


def test_it_is_built_in_a_constant_number_of_queries(django_assert_max_num_queries):
    article = factories.article(pros=[str(n) for n in range(20)])
    source = factories.source(article)
    for section in article.sections.all():
        section.sources.add(source)
    with django_assert_max_num_queries(5):
        article.content()
