"""What search looks words up in: changes with a publication, and can be made anew."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from blog import search, words
from blog.models import Article, Edition, Related, SearchEntry, Spelling
from tests import contents, factories

pytestmark = pytest.mark.django_db


def indexed():
    return set(SearchEntry.objects.values_list("edition_id", flat=True))


def rows():
    """All that search and related articles know."""
    return [
        sorted(model.objects.values_list(*names))
        for model, names in (
            (SearchEntry, ["edition_id", "title", "headings", "themes", "words", "labels"]),
            (Spelling, ["form", "word", "stem"]),
            (Related, ["edition_id", "other_id", "score"]),
        )
    ]


# Words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Doctor's CAFÉ, e\u0301te\u0301", ["doctor", "s", "cafe", "ete"]),
        ("snake_case x-ray AND*", ["snake", "case", "x", "ray", "and"]),
        ("مُحَمَّد أحمد", ["محمد", "احمد"]),
        ("東京都", ["東京", "京都"]),
        ("犬 abc犬", ["犬", "abc", "犬"]),
        ("चाय", ["चाय"]),
        ("½ \0 😀 !", ["12"]),
        ("", []),
    ],
)
def test_words_are_cut_and_folded(text, folded):
    assert [word.folded for word in words.words(text)] == folded


def test_a_word_knows_its_place():
    text = "Ein Süßes, e\u0301t"
    assert [text[word.start : word.end] for word in words.words(text)] == [
        "Ein",
        "Süßes",
        "e\u0301t",
    ]


def test_nothing_but_letters_and_digits_of_ascii_comes_out_of_any_letter():
    text = " ".join(map(chr, [*range(0xD800), *range(0xE000, 0x30000)]))
    ascii_letters = {c for word in words.words(text) for c in word.folded if c.isascii()}
    assert all(letter.isalnum() for letter in ascii_letters)


@pytest.mark.parametrize(
    ("a", "b", "is_near"),
    [
        ("tea", "te", True),
        ("tea", "teas", True),
        ("tea", "sea", True),
        ("tea", "tae", True),
        ("tea", "tea", False),
        ("tea", "eat", False),
        ("abcd", "badc", False),
        ("abcd", "cbad", False),
        ("tea", "t", False),
    ],
)
def test_one_edit_is_a_letter_more_less_changed_or_swapped(a, b, is_near):
    assert words.is_one_edit_away(a, b) is is_near
    assert words.is_one_edit_away(b, a) is is_near
    if is_near:
        assert words.with_deletions(a) & words.with_deletions(b)


def test_a_text_of_any_length_fits_into_the_index():
    many = " ".join("\U00020000" * 10 + f"{number:030}" for number in range(20_000))
    article = factories.article("Endless")
    factories.section(article, body=f"<p>{many}</p>")
    article.publish(by=None)
    assert len(SearchEntry.objects.get().words.split()) == search.MOST_STEMS


def test_what_an_entry_holds_comes_from_the_content_alone():
    content = contents.content(
        title="Tea",
        sections=[contents.section("a", heading="Warm", body="<p>Leaf leaf <b>leaf</b> x</p>")],
        sources=[contents.source(1, "Handbook")],
    )
    columns, written = search.entry(content, 7)
    assert columns["title"] == "tea"
    assert set(columns["headings"].split()) == {"tea", "an", "answer", "warm"}
    assert set(columns["themes"].split()) - set(columns["headings"].split()) == {"leaf"}
    assert set(columns["words"].split()) >= {"tea", "leaf", "x", "handbook", "ada"}
    assert columns["labels"] == "7"
    assert "leaf" in written


# In the transaction of the publication


def test_an_edition_is_indexed_when_it_is_cut():
    article = factories.live_article()
    assert indexed() == {article.editions.get().pk}


def test_a_publication_that_is_rolled_back_leaves_the_index_as_it_was():
    article = factories.live_article("Before")
    before = rows()
    article.title = "Afterwards"
    article.save()
    with transaction.atomic():
        article.publish(by=None)
        assert rows() != before
        transaction.set_rollback(True)
    assert rows() == before


def test_editions_that_are_over_leave_the_index_with_the_next_one():
    article = factories.live_article()
    article.publish(by=None)
    article.publish(by=None)
    assert indexed() == {article.editions.latest("number").pk}


def test_what_is_live_stays_in_the_index_beside_what_is_planned():
    article = factories.live_article()
    for hours in (1, 2):
        article.schedule(by=None, at=timezone.now() + timedelta(hours=hours))
    live, planned = article.editions.get(number=1), article.editions.get(number=3)
    assert indexed() == {live.pk, planned.pk}


def test_an_article_that_is_deleted_for_good_leaves_nothing():
    factories.live_article("Tea stays")
    article = factories.live_article("Tea goes")
    assert Related.objects.count() == 2
    article.trash(by=None)
    Article.objects.purge(timezone.now() + timedelta(days=31))
    assert indexed() == set(Edition.objects.values_list("pk", flat=True))
    assert not Related.objects.exists()


def test_an_edition_whose_number_was_used_before_is_indexed_anew():
    """As after a restored backup."""
    edition = factories.live_article("Tea").editions.get()
    SearchEntry.objects.update(title="coffee")
    search.index(edition)
    assert SearchEntry.objects.get().title == "tea"


# Made anew


def test_rebuilding_gives_what_publishing_gave():
    for number in range(4):
        article = factories.live_article(f"Tea {number}", category=None)
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    before = rows()
    for model in (SearchEntry, Spelling, Related):
        model.objects.all().delete()
    call_command("rebuild_search", verbosity=0)
    assert rows() == before
    call_command("rebuild_search", verbosity=0)
    assert rows() == before


def test_rebuilding_drops_what_is_no_longer_public_and_its_words(capsys):
    factories.live_article("Stays")
    factories.live_article("Vanishes").unpublish(by=None)
    call_command("rebuild_search")
    assert SearchEntry.objects.get().title == "stay"
    assert not Spelling.objects.filter(word="vanishes").exists()
    assert "1 editions indexed" in capsys.readouterr().out


# The table


def test_the_database_searches_by_its_own_full_text_index():
    factories.live_article("Tea")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'blog_searchentry'")
            assert "USING fts5" in cursor.fetchone()[0]
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            query = SearchEntry.objects.filter(words__has=[["tea"]])
            assert "blog_searchentry_words" in query.explain()


def test_a_rebuild_of_the_table_of_editions_leaves_the_index_alone():
    edition = factories.live_article("Tea").editions.get()
    if connection.vendor != "sqlite":
        pytest.skip("Only SQLite builds tables anew.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM blog_searchentry WHERE title MATCH 'tea'")
        assert cursor.fetchone() == (1,)
    # Nothing in the database ties the index to that table.
    assert not SearchEntry._meta.managed
    assert not SearchEntry._meta.pk.db_constraint
    assert indexed() == {edition.pk}


@pytest.mark.parametrize("text", ["It's 3.5x A_b-c IBUPROFEN", "", "x" * 99, "Café au lait, Ñandú"])
def test_the_words_alone_are_those_with_their_places(text):
    assert words.folded(text) == [word.folded for word in words.words(text)]


# Looking things up


def test_one_query_finds_and_a_second_one_mends(django_assert_num_queries):
    factories.live_article("Privacy of patients")
    for query, queries in (("privacy", 1), ("privcy", 2), ("rhubarb", 1), ("", 0)):
        with django_assert_num_queries(queries):
            found = search.search(query)
        assert bool(found.candidates) == (query in {"privacy", "privcy"})


def test_ranks_are_gone_through_until_one_is_full(monkeypatch):
    in_title = [factories.live_article(f"Tea {number}") for number in range(2)]
    in_summary = [factories.live_article(f"Cup {n}", summary="Tea.") for n in range(2)]
    article = factories.article("Pot")
    factories.section(article, body="<p>Tea.</p>")
    article.publish(by=None)
    in_order = [*reversed(in_title), *reversed(in_summary), article]
    keys = [each.editions.get().pk for each in in_order]
    for at_most, tiers in ((3, [0, 0, 1, 1]), (1, [0, 0]), (9, [0, 0, 1, 1, 3])):
        monkeypatch.setattr(search, "AT_MOST", at_most)
        found = search.search("tea").candidates
        assert [each.tier for each in found] == tiers
        assert [each.pk for each in found] == keys[: at_most + 1]
