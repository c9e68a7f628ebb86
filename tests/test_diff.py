"""What differs between two contents, and how it is marked."""

import random
import re
from dataclasses import fields, replace

import pytest

from blog import diff, marked
from blog.content import (
    Content,
    ImageContent,
    LabelContent,
    PersonContent,
)
from blog.html import MAX_LENGTH
from tests.contents import content, section, source


def words(old, new):
    return str(marked.texts(old, new).html)


def body(old, new):
    return str(marked.bodies(old, new).html)


# Words


def test_words_are_marked_inside_a_sentence():
    assert words("It means little.", "It means nothing.") == (
        "It means <del>little</del><ins>nothing</ins>."
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("good for you? today", "good for you?"),
        ("a monitor.", "a monitor for people."),
        ("(old text)", "(new text)"),
        ("foo bar", "foo, bar"),
        ("one two three", "one three"),
        ("does. The app colours it", "does, but it is red. It"),
    ],
)
def test_each_text_alone_keeps_its_spaces(old, new):
    for one, other in ((old, new), (new, old)):
        merged = words(one, other)
        for mark, text in (("ins", one), ("del", other)):
            alone = re.sub(rf"<{mark}>.*?</{mark}>", "", merged)
            assert " ".join(re.sub(r"<[^>]*>", "", alone).split()) == text


def test_equal_texts_have_no_marks():
    merged = marked.texts("The same.", "The same.")
    assert merged.is_same
    assert merged.html == "The same."


def test_a_word_between_rewritten_parts_does_not_break_them_up():
    old = "The app colours the rise red and people worry a lot"
    new = "Many wearers take colour for the disease of fools"
    assert "<del>The app colours the rise red" in words(old, new)


def test_numbers_and_scripts_without_spaces_are_compared_in_small():
    assert words("off by 3.5 %", "off by 3.7 %") == "off by <del>3.5</del> <ins>3.7</ins> %"
    assert words("東京都", "東京市") == "東京<del>都</del><ins>市</ins>"


def test_line_breaks_of_plain_text_stay():
    assert words("one\ntwo", "one\nthree") == "one<br><del>two</del><ins>three</ins>"


# Mark-up


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "<p>a b c</p>",
            "<p>a <strong>b</strong> c</p>",
            "<p>a <del>b</del> <ins><strong>b</strong></ins> c</p>",
        ),
        (
            '<p><a href="https://one.example/">here</a></p>',
            '<p><a href="https://two.example/">here</a></p>',
            '<p><del><a href="https://one.example/">here</a> (https://one.example/)</del>'
            '<ins><a href="https://two.example/">here</a> (https://two.example/)</ins></p>',
        ),
        (
            "<p>one</p>",
            "<ul><li>one</li></ul>",
            '<p data-mark="went"><del>one</del></p>'
            '<ul data-mark="came"><li data-mark="came"><ins>one</ins></li></ul>',
        ),
        (
            "<ul><li>one</li><li>two</li><li>three</li></ul>",
            "<ul><li>one</li><li>three</li></ul>",
            '<ul><li>one</li><li data-mark="went"><del>two</del></li><li>three</li></ul>',
        ),
        ("<p>a<br>b</p>", "<p>a b</p>", "<p>a <del><br></del>b</p>"),
        ("", "<p>new</p>", '<p data-mark="came"><ins>new</ins></p>'),
    ],
)
def test_a_change_of_mark_up_is_shown_and_no_tag_is_broken(old, new, expected):
    assert body(old, new) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script><p>x</p>",
        '<p onclick="alert(1)">x</p>',
        '<img src=x onerror="alert(1)">',
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<p><a href="https://x.example/&quot;onmouseover=&quot;alert(1)">x</a></p>',
        "<p data-mark=came><ins>x</ins></p>",
        "<ul><li><p>x</ul></p><svg/onload=alert(1)>",
    ],
)
def test_hostile_html_is_never_printed(hostile):
    for merged in (body(hostile, "<p>y</p>"), body("<p>y</p>", hostile), body(hostile, hostile)):
        for bad in ("<script", "<svg", "<img", " onclick", " onerror", " onload", "javascript:"):
            assert bad not in merged
        assert not re.search(r'<a href="[^"]*"[^>]*on', merged)
    assert "<ins>" not in body(hostile, hostile)


def test_hostile_plain_text_is_escaped():
    assert "<script" not in words("<script>alert(1)</script>", "<b>x")
    assert "<b>" not in words("", "<b>x")
    assert "<b>" not in str(marked.values("<b>x", "<i>y").html)
    assert "<b>" not in str(marked.lists(["<b>x"], ["<i>y"]).html)


def _html(chooser):
    inline = [
        "red",
        "tea",
        "<strong>cup</strong>",
        '<a href="https://a.example/">x</a>',
        "<em>y</em>",
    ]
    blocks = []
    for _block in range(chooser.randint(0, 5)):
        text = " ".join(chooser.choices(inline, k=chooser.randint(1, 6)))
        shapes = [
            f"<p>{text}</p>",
            f"<ul><li>{text}</li><li>z</li></ul>",
            f"<blockquote><p>{text}</p></blockquote>",
        ]
        blocks.append(chooser.choice(shapes))
    return "".join(blocks)


@pytest.mark.parametrize("seed", range(30))
def test_without_its_marks_a_difference_is_one_text_or_the_other(seed):
    chooser = random.Random(seed)  # noqa: S311
    old, new = _html(chooser), _html(chooser)
    merged = str(marked.bodies(old, new).html)
    assert _text(merged, without="del") == _text(new)
    assert _text(merged, without="ins") == _text(old)


def _text(html, without=None):
    """The words of the HTML, without the inside of one element and what names a link."""
    if without:
        html = re.sub(rf"<{without}>.*?</{without}>", " ", html)
    html = html.replace(" (https://a.example/)", "")
    return re.sub(r"<[^>]*>", " ", html).split()


# Long texts


LONG = MAX_LENGTH // 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["a", "b"] * LONG, ["b", "a", "a"] * LONG),
        (["word"] * LONG, ["word", "other"] * LONG),
        ([str(n % 300) for n in range(LONG)], [str(n * 7 % 300) for n in range(LONG)]),
        ([f"w{n}" for n in range(LONG)], [f"w{LONG - n}" for n in range(LONG)]),
    ],
    ids=["alternating", "repeated", "shuffled", "backwards"],
)
def test_comparing_stays_within_a_number_of_steps(old, new):
    effort = marked.Effort()
    list(marked.matches(old, new, effort))
    assert effort.left >= 0
    # difflib alone would take the product of both lengths and more.
    assert marked.Effort().left - effort.left <= 20_000_000


def test_what_would_take_too_much_is_given_as_replaced():
    effort = marked.Effort(left=0)
    merged = marked.texts("x a x a y", "a x a x z", effort)
    assert merged.html == "<del>x a x a y</del><ins>a x a x z</ins>"


def test_in_a_long_text_the_changed_words_alone_are_marked():
    old = [f"w{n % 1500}" for n in range(15_000)]
    new = [*old]
    for place in range(100, 15_000, 500):
        new[place] = "changed"
    merged = marked.texts(" ".join(old), " ".join(new))
    assert (merged.added, merged.removed) == (30, 30)


def test_in_many_paragraphs_the_changed_words_alone_are_marked():
    old = [f"<p>Paragraph {n} says that {n} is a fine number today.</p>" for n in range(800)]
    new = [text.replace("fine", "bad") for text in old]
    merged = marked.bodies("".join(old), "".join(new))
    assert (merged.added, merged.removed) == (800, 800)


# Fields


def test_equal_contents_have_no_difference():
    found = diff.compare(content(), content())
    assert found.is_empty
    assert not found.changes


OTHER = {
    "title": "Another title",
    "summary": "Another answer.",
    "date": None,
    "category": LabelContent("other", "Other"),
    "tags": (LabelContent("b", "B"),),
    "author": PersonContent("bo", "Bo", "", "Nurse"),
    "reviewer": PersonContent("cy", "Cy", "", ""),
    "image": ImageContent("images/a.png", 10, 10, "A cup", ""),
    "pros_heading": "For it",
    "pros_intro": "<p>For.</p>",
    "cons_heading": "Against it",
    "cons_intro": "<p>Against.</p>",
    "sections": (section("z"),),
    "sources": (source(1),),
    "is_clinical": True,
    "reviewed_on": content().date,
    "next_review_on": content().date,
    "search_title": "Tea?",
    "search_description": "Mostly.",
    "share_image": ImageContent("images/b.png", 10, 10, None, ""),
    "canonical_url": "https://example.org/tea",
    "noindex": True,
    "product": "Example Kettle 2",
}


@pytest.mark.parametrize("name", [each.name for each in fields(Content)])
def test_every_field_that_differs_is_shown(name):
    changed = replace(content(), **{name: OTHER[name]})
    found = diff.compare(content(), changed)
    assert not found.is_empty
    assert found.changes
    assert diff.compare(changed, content()).changes


IMAGE = ImageContent("images/a.png", 10, 10, "A cup", "Caption")


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"name": "images/b.png"}, "Picture"),
        ({"alt": "A mug"}, "Picture in words"),
        ({"alt": ""}, "Picture in words"),
        ({"alt": None}, "Picture in words"),
        ({"caption": "Other"}, "Caption"),
        ({"focal_x": 10}, "Subject of the picture"),
    ],
)
def test_each_part_of_a_picture_is_compared(change, label):
    one = replace(content(), image=IMAGE)
    other = replace(content(), image=replace(IMAGE, **change))
    assert [each.label for each in diff.compare(one, other).fields] == [label]


def test_two_people_of_one_name_are_told_apart():
    other = replace(content(), author=replace(content().author, slug="ada-2"))
    (found,) = diff.compare(content(), other).fields
    assert "ada-2" in found.marked.html


def test_tags_are_kept_added_and_removed_as_wholes():
    one = replace(content(), tags=(LabelContent("a", "Tea time"), LabelContent("b", "B")))
    other = replace(content(), tags=(LabelContent("a", "Tea time"), LabelContent("c", "Tea")))
    (found,) = diff.compare(one, other).fields
    assert "<li>Tea time</li>" in found.marked.html
    assert "<ins>Tea</ins>" in found.marked.html


# Sections


def rows(old, new):
    found = diff.compare(content(sections=old), content(sections=new))
    return [row for row in found.rows if row.shape == "section"]


def moved(old, new):
    return [row.section.key for row in rows(old, new) if row.moved]


A, B, C, D, E = (section(key) for key in "abcde")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([A, B, C, D, E], []),
        ([B, C, D, E, A], ["a"]),
        ([E, A, B, C, D], ["e"]),
        ([A, C, B, D, E], ["c"]),
        ([D, E, A, B, C], ["d", "e"]),
    ],
)
def test_as_few_sections_as_possible_are_moved(order, expected):
    assert moved([A, B, C, D, E], order) == expected


def test_a_new_or_removed_section_moves_no_other():
    assert moved([A, B, C], [D, A, B, C]) == []
    assert moved([A, B, C], [B, C]) == []
    (added,) = rows([A, B], [D, A, B])
    assert (added.added, added.section.key) == (True, "d")
    (removed,) = rows([A, B], [B])
    assert removed.removed


def test_where_a_moved_section_was_a_note_stays():
    found = diff.compare(content(sections=[A, B, C]), content(sections=[B, C, A]))
    shapes = [row.shape for row in found.rows]
    assert shapes == ["moved_away", "same", "section"]
    assert found.rows[0].diff is found.rows[2]


def test_a_section_may_be_moved_and_changed():
    changed = replace(A, body="<p>Other of a.</p>")
    (row,) = rows([A, B, C], [B, C, changed])
    assert row.moved
    assert row.changed
    assert "<ins>Other</ins>" in row.body.html


@pytest.mark.parametrize(
    "change",
    [{"heading": "New"}, {"body": "<p>New</p>"}, {"evidence": "strong"}, {"kind": "con"}],
)
def test_each_part_of_a_section_is_compared(change):
    (row,) = rows([A, B], [replace(A, **change), B])
    assert row.changed
    assert not row.only_spaces


def test_a_change_that_nobody_sees_is_still_a_change():
    (row,) = rows([A], [replace(A, body="<p>Words  of a.</p>")])
    assert row.only_spaces


# Sources


ONE = source(1, "One", "https://one.example/")
TWO = source(2, "Two", "https://two.example/")


def cites(old, new):
    (row,) = [row for row in diff.compare(old, new).rows if row.shape == "section"]
    return [each.title for each in row.cites_added], [each.title for each in row.cites_removed]


def test_a_source_is_the_same_by_its_address_and_then_by_its_title():
    old = content(sources=[ONE, replace(TWO, url="")])
    new = content(sources=[replace(ONE, title="Renamed"), replace(TWO, url="https://2.example/")])
    found = diff.compare(old, new).sources
    assert [(each.added, each.removed, each.changed) for each in found] == [
        (False, False, True)
    ] * 2


def test_numbers_that_shift_change_no_citation():
    before = content(sections=[replace(A, cites=(1,))], sources=[ONE])
    shifted = content(
        sections=[replace(A, cites=(2,))], sources=[replace(TWO, number=1), replace(ONE, number=2)]
    )
    found = diff.compare(before, shifted)
    assert [row.shape for row in found.rows] == ["same"]
    assert [each.added for each in found.sources] == [True, False]


def test_another_source_under_the_same_number_is_a_change():
    before = content(sections=[replace(A, cites=(1,))], sources=[ONE])
    after = content(sections=[replace(A, cites=(1,))], sources=[replace(TWO, number=1)])
    assert cites(before, after) == (["Two"], ["One"])


def test_a_moved_source_is_shown_as_moved():
    after = content(sources=[replace(TWO, number=1), replace(ONE, number=2)])
    found = diff.compare(content(sources=[ONE, TWO]), after).sources
    assert sum(each.moved for each in found) == 1
    assert not any(each.added or each.removed or each.changed for each in found)


def test_two_sources_of_one_address_are_two():
    twice = [ONE, replace(ONE, number=2)]
    assert diff.compare(content(sources=twice), content(sources=twice)).is_empty
    found = diff.compare(content(sources=twice), content(sources=[ONE])).sources
    assert sum(each.removed for each in found) == 1
