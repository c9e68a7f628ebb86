import contextlib
import cProfile
import datetime
import html
import random
import re
from pathlib import Path

import pytest

from blog.importers.dates import UnusableDateError, read_date
from blog.importers.plain_text import PlainTextError, decode, parse

FIXTURES = sorted((Path(__file__).parent / "imports").glob("*.txt"))
ARTICLE = """The Pros and Cons of Rain

28 July 2018

What rain is

Water falls. It comes from clouds.

The Pros of Rain

1. Green fields

Grass grows.

2. Full wells

Wells fill.

The Cons of Rain

1. Wet feet

Shoes leak.

2. Floods

Cellars fill.


Rain is both.

Ann Lee
I like rain.
1 May 2019
"""


def changed(old, new):
    assert old in ARTICLE
    return parse(ARTICLE.replace(old, new))


def refusal(text):
    with pytest.raises(PlainTextError) as caught:
        parse(text)
    assert caught.value.expected.startswith("Expected")
    assert caught.value.expected.endswith(".")
    return caught.value


def kinds(outline):
    return " ".join(section.kind for section in outline.sections)


def headings(outline, kind):
    return [section.heading for section in outline.sections if section.kind == kind]


def outline_words(outline):
    words = f"{outline.title} {outline.date}".split()
    opened = set()
    for section in outline.sections:
        if section.kind != "text" and section.kind not in opened:
            opened.add(section.kind)
            pros = section.kind == "pro"
            words += (outline.pros_heading if pros else outline.cons_heading).split()
            intro = outline.pros_intro if pros else outline.cons_intro
            words += html.unescape(re.sub("<[^>]+>", " ", intro)).split()
        words += section.heading.split() + " ".join(section.blocks).split()
    for comment in outline.comments:
        words += f"{comment.name} {comment.text} {comment.date}".split()
    return [word for word in words if word != "-"]


def file_words(text, outline):
    point_headings = {part.line: part.heading for part in outline.sections if part.kind != "text"}
    words = []
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        line = re.sub(r"^(#+ |[-*•]\s+)", "", line.strip("\ufeff \t\f\xa0")).strip("*")
        if re.fullmatch(r"((\d|Reader) )?comments:?", line, re.IGNORECASE):
            continue
        if number in point_headings:
            line = re.sub(r"^((Pro|Con) )?[#(]?\d+[.):]*( -)?\s*", "", line)
            assert point_headings[number].startswith(line)
        with contextlib.suppress(UnusableDateError):
            line = str(read_date(line) or line)
        words += re.sub(r"^(Pros|Cons):$", r"\1", line).split()
    return words


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_every_sentence_of_a_file_stands_once_and_in_order_in_the_outline(path):
    text = decode(path.read_bytes())
    outline = parse(text)
    assert outline_words(outline) == file_words(text, outline)


@pytest.mark.parametrize(
    ("name", "expected", "names"),
    [
        (
            "plain_model_form",
            "text text pro pro pro con con text",
            ["Dr. Jane O'Neill-Smith", "marta k.", "李明", "Anonymous", "J."],
        ),
        ("cons_first_no_comments", "text con pro pro pro text", []),
        ("hard_wrapped", "text pro pro con con con text", ["Paul de Vries", "Lucia"]),
        (
            "interludes",
            "text pro pro text pro text con con text",
            ["Anne from Leeds", "O. Okafor"],
        ),
        ("many_points", "pro " * 12 + "con", []),
        ("blank_lines_everywhere", "pro pro con con text", ["Mrs. B. Adeyemi", "Tom"]),
        ("restarting_numbers", "text pro pro pro con con con", []),
        ("points_without_text", "pro pro pro con con", []),
        ("headings_in_plenty", "text text text text pro pro pro con con text", ["Sven"]),
    ],
)
def test_the_fixtures_have_their_sections_and_comments(name, expected, names):
    outline = parse(decode((Path(__file__).parent / "imports" / f"{name}.txt").read_bytes()))
    assert kinds(outline) == expected.strip()
    assert [comment.name for comment in outline.comments] == names


@pytest.mark.parametrize(
    "line",
    [
        "Jul 28, 2018",
        "July 28, 2018",
        "July 28th, 2018",
        "28 July 2018",
        "28 Jul 2018",
        "28-Jul-2018",
        "28th of July 2018",
        "the 28th of July, 2018",
        "Sat, 28 July 2018",
        "Saturday 28 July 2018",
        "2018-07-28",
        "2018-07-28T10:42:00Z",
        "2018/07/28",
        "28.07.2018",
        "28/07/2018",
        "07/28/2018",
        "Published: 28 July 2018",
        "Posted on July 28, 2018 at 10:42",
        "Updated 28 July 2018, 10:42 am",
        "Last updated: 28 July 2018",
        "Date: 28 July 2018 10:42 p.m.",
        "**28 July 2018**",
        "(28 July 2018)",
        "28 July 2018.",
    ],
)
def test_a_date_may_be_written_in_many_ways(line):
    assert read_date(line) == datetime.date(2018, 7, 28)
    assert parse(ARTICLE.replace("28 July 2018", line)).date == datetime.date(2018, 7, 28)
    assert parse(ARTICLE.replace("1 May 2019", line)).comments[0].date.month == 7


@pytest.mark.parametrize(
    "line",
    ["On 28 July 2018 it rained", "July 2018", "2018", "Mayor 3, 2018", "1. 2. 3", "²/²/2018"],
)
def test_a_line_with_other_words_is_not_a_date(line):
    assert read_date(line) is None


def test_short_month_names_and_september_are_known():
    assert read_date("Sept. 3, 2020") == read_date("Sep 3 2020") == datetime.date(2020, 9, 3)


def test_an_ambiguous_date_is_refused_and_the_month_asked_for_as_a_word():
    error = refusal(ARTICLE.replace("28 July 2018", "03/04/2018"))
    assert error.line == 3
    assert "month as a word" in error.expected
    assert refusal(ARTICLE.replace("1 May 2019", "03/04/2018")).line == 34
    assert read_date("04/04/2018") == datetime.date(2018, 4, 4)


def test_an_impossible_date_is_refused_with_its_line():
    assert refusal(ARTICLE.replace("28 July 2018", "31 February 2018")).line == 3
    assert refusal(ARTICLE.replace("1 May 2019", "2018-02-31")).line == 34


@pytest.mark.parametrize(
    "number", ["1.", "1)", "(1)", "1 -", "1 –", "1:", "#1", "Pro 1:", "Con 2.", "10.", "**1.**"]
)
def test_a_point_may_be_numbered_in_many_ways(number):
    assert headings(changed("1. Wet feet", f"{number} Wet feet"), "con") == ["Wet feet", "Floods"]


@pytest.mark.parametrize(
    "line", ["10 - 15 people fell", "3-year plans fail.", "1.5 litres fell.", "1990. Rain."]
)
def test_a_line_that_only_starts_with_a_number_is_not_a_point(line):
    assert len(headings(changed("Shoes leak.", f"Shoes leak.\n\n{line}"), "con")) == 2


@pytest.mark.parametrize(
    ("pros", "cons"),
    [
        ("Pros of Rain", "Cons of Rain"),
        ("Pros", "Cons"),
        ("PROS", "CONS"),
        ("Pros:", "Cons:"),
        ("The pros", "The cons"),
        ("Advantages of Rain", "Disadvantages of Rain"),
        ("Benefits", "Drawbacks"),
        ("## The Pros of Rain", "## The Cons of Rain"),
        ("What are the pros of rain?", "What are the cons of rain?"),
        ("Rain: the pros", "Rain: the cons"),
        ("2 Pros of Rain", "2 Cons of Rain"),
    ],
)
def test_the_sides_may_be_headed_in_many_ways(pros, cons):
    text = ARTICLE.replace("The Pros of Rain", pros).replace("The Cons of Rain", cons)
    outline = parse(text)
    assert kinds(outline) == "text pro pro con con text"
    assert outline.pros_heading == pros.lstrip("# ").rstrip(":?") or pros.endswith("?")


@pytest.mark.parametrize("line", ["Pros and cons at a glance", "Benefits for farmers", "Prospects"])
def test_other_headings_do_not_open_a_side(line):
    outline = changed("What rain is", line)
    assert headings(outline, "text")[0] == line
    assert len(headings(outline, "pro")) == 2


def test_a_sentence_about_the_pros_does_not_open_a_side():
    outline = changed("Water falls.", "The pros of rain are many.\n\nWater falls.")
    assert outline.pros_heading == "The Pros of Rain"
    assert kinds(outline) == "text pro pro con con text"


def test_paragraphs_above_the_first_point_introduce_the_side():
    outline = changed("The Cons of Rain\n", "The Cons of Rain\n\nSome <b>say</b> so.\n\nNot all.\n")
    assert outline.cons_intro == "<p>Some &lt;b&gt;say&lt;/b&gt; so.</p>\n<p>Not all.</p>"
    assert outline.pros_intro == ""


def test_a_heading_without_a_number_is_a_section_in_its_place():
    outline = changed("2. Full wells", "On wells\n\nWells are old.\n\n2. Full wells")
    assert kinds(outline) == "text pro text pro con con text"
    assert outline.sections[1].blocks == ("Grass grows.",)


def test_a_short_paragraph_with_a_full_stop_is_not_a_heading():
    outline = changed("Grass grows.", "Grass grows.\n\nMoss too.\n\nAnd ferns.")
    assert outline.sections[1].blocks == ("Grass grows.", "Moss too.", "And ferns.")


def test_a_numbered_list_in_a_paragraph_is_not_a_row_of_points():
    outline = changed("Shoes leak.", "Do this:\n1. Dry them.\n2. Oil them.\n\nShoes leak.")
    assert headings(outline, "con") == ["Wet feet", "Floods"]
    assert outline.sections[3].blocks[1] == "1. Dry them.\n2. Oil them."
    outline = changed("Shoes leak.", "Do this:\n\n1. Dry them.\n\n2. Oil them.\n\n3. Wait.\n\nYes.")
    assert headings(outline, "con") == ["Wet feet", "Floods"]


def test_bullets_become_a_list_and_dashes_in_text_do_not():
    outline = changed("Shoes leak.", "Shoes:\n- boots\n* clogs\n• a & b\n\nThey leak - badly.")
    body = outline.sections[3].body_html
    assert "<ul><li>boots</li><li>clogs</li><li>a &amp; b</li></ul>" in body
    assert body.endswith("<p>They leak - badly.</p>")


def test_wrapped_lines_are_joined_with_a_space():
    outline = changed("Shoes leak.", "Shoes leak when\nthey are old.")
    assert outline.sections[3].blocks == ("Shoes leak when they are old.",)


def test_a_numbered_list_in_a_section_below_the_points_is_not_a_row_of_points():
    steps = "How to decide\n\nAsk this:\n\n1. Who?\n\n2. When?\n\n3. Why?\n\nThen wait."
    outline = changed("\n\n\nRain is both.", f"\n\n{steps}")
    assert kinds(outline) == "text pro pro con con text"
    assert outline.sections[-1].blocks == ("Ask this:", "1. Who?\n2. When?\n3. Why?", "Then wait.")


def test_a_point_below_a_list_is_still_a_point():
    outline = changed("Shoes leak.", "Do this:\n\n1. Dry them.")
    assert headings(outline, "con") == ["Wet feet", "Floods"]


def test_a_file_without_blank_lines_keeps_its_sides_points_and_comments():
    outline = parse(re.sub("\n+", "\n", ARTICLE))
    assert headings(outline, "pro") == ["Green fields", "Full wells"]
    assert headings(outline, "con") == ["Wet feet", "Floods"]
    assert [comment.name for comment in outline.comments] == ["Ann Lee"]


def test_a_second_line_below_the_title_is_not_taken_for_the_date():
    assert refusal(ARTICLE.replace("of Rain\n\n28", "of Rain\nBy Ann Lee\n\n28", 1)).line == 2


def test_a_wrapped_title_or_heading_is_joined():
    long = "The Pros and Cons of Rain in Towns Where Nobody Has Seen It Fall for Long"
    assert changed("The Pros and Cons of Rain\n", f"{long}\nYears\n").title == f"{long} Years"
    point = "Wet feet, wet socks and wet shoes for everybody who walks to school by"
    outline = changed("Wet feet\n", f"{point}\nthemselves\n")
    assert outline.sections[3].heading == f"{point} themselves"


def test_a_date_on_its_own_line_among_the_points_does_not_start_the_comments():
    outline = changed("Shoes leak.", "Shoes leak.\n\n3 May 2011")
    assert outline.sections[3].blocks == ("Shoes leak.", "3 May 2011")
    assert [comment.name for comment in outline.comments] == ["Ann Lee"]


def test_a_point_without_text_has_no_blocks():
    assert changed("Grass grows.\n\n", "").sections[1].blocks == ()


def test_nothing_is_read_as_html_and_quotes_stay_as_typed():
    outline = changed("Grass grows.", "“Grass” <script>grows</script> — it’s so.")
    assert outline.sections[1].body_html == (
        "<p>“Grass” &lt;script&gt;grows&lt;/script&gt; — it’s so.</p>"
    )


def test_two_blank_lines_start_the_closing():
    outline = parse(ARTICLE)
    assert outline.sections[-1].heading == ""
    assert outline.sections[-1].blocks == ("Rain is both.",)


def test_a_last_point_longer_than_all_others_leaves_its_rest_to_the_closing():
    outline = changed("\n\n\nRain is both.", "\n\nRain is both.")
    assert outline.sections[-1].blocks == ("Rain is both.",)
    longer = [("Grass grows.", "Grass grows.\n\nMoss too."), ("\n\n\nRain", "\n\nRain")]
    longer += [("Wells fill.", "Wells fill.\n\nAnd ponds.")]
    text = ARTICLE
    for old, new in longer:
        text = text.replace(old, new)
    assert parse(text).sections[-1].blocks == ("Cellars fill.", "Rain is both.")


@pytest.mark.parametrize(
    "cue", ["In conclusion", "Overall", "To sum up", "On balance", "Ultimately"]
)
def test_a_cue_starts_the_closing_but_never_takes_the_first_paragraph(cue):
    text = ARTICLE.replace("Grass grows.", "Grass grows.\n\nMoss too.")
    outline = parse(text.replace("\n\n\nRain is both.", f"\n\n{cue}, rain is both."))
    assert outline.sections[-1].heading == ""
    assert outline.sections[-2].blocks == ("Cellars fill.",)
    outline = parse(ARTICLE.replace("Cellars fill.\n\n\nRain is both.", f"{cue}, cellars fill."))
    assert outline.sections[-1].kind == "con"


@pytest.mark.parametrize("line", ["Comments", "2 comments", "Reader comments:", "## Comments (1)"])
def test_a_line_may_announce_the_comments(line):
    outline = changed("Ann Lee\n", f"{line}\n\nAnn Lee\n")
    assert [comment.name for comment in outline.comments] == ["Ann Lee"]
    assert outline.sections[-1].blocks == ("Rain is both.",)


@pytest.mark.parametrize(
    "name",
    ["Dr. Jane O'Neill-Smith", "marta k.", "李明", "Anonymous", "J.", "bike_lover99", "A reader"],
)
def test_a_name_may_be_written_in_many_ways(name):
    for between in ("\n", "\n\n"):
        text = ARTICLE.replace("Ann Lee\nI like rain.\n", f"{name}{between}So do I{between}")
        outline = parse(text)
        assert [(part.name, part.text) for part in outline.comments] == [(name, "So do I")]
        assert outline.sections[-1].blocks == ("Rain is both.",)


def test_a_comment_may_have_several_paragraphs():
    outline = changed("I like rain.\n", "I like rain.\nAnd snow.\n\nNot hail,\nthough.\n\n")
    assert outline.comments[0].text == "I like rain. And snow.\n\nNot hail, though."


def test_many_comments_keep_their_order():
    extra = "".join(f"Reader {i}\n\nText {i}.\n\n{i % 28 + 1} May 2019\n\n" for i in range(300))
    outline = parse(ARTICLE + extra)
    assert [part.name for part in outline.comments[1:]] == [f"Reader {i}" for i in range(300)]


def test_a_date_inside_a_paragraph_does_not_end_a_comment():
    outline = changed("I like rain.", "I like rain. On 3 May 2018 it fell.")
    assert outline.comments[0].date == datetime.date(2019, 5, 1)


def test_a_comment_without_a_date_is_refused():
    assert refusal(ARTICLE + "\nBo Ek\nMe too.\n").line == 37
    assert refusal(ARTICLE.replace("\n1 May 2019", "").replace("Ann", "Comments\n\nAnn")).line == 35


def test_a_date_without_name_or_text_is_refused():
    assert refusal(ARTICLE + "2 May 2019\n").line == 35
    assert refusal(ARTICLE + "Bo Ek\n2 May 2019\n").line == 35
    assert refusal(ARTICLE.replace("Ann Lee\nI like rain.\n", "")).line == 32


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        (" \n\n\t\n", 1, "empty"),
        ("28 July 2018\n\nText.", 1, "title"),
        ("Title\n\nNo date here.\n", 3, "date of the article, such as 28 July 2018"),
        ("Title\n", 1, "date of the article"),
        (ARTICLE.replace("The Pros of Rain", "Good."), 32, "The Pros of"),
        (ARTICLE.replace("The Cons of Rain", "Bad."), 32, "The Cons of"),
        (re.sub(r"[12]\. (Wet|Floods)", r"\1", ARTICLE), 19, "numbered points"),
        (ARTICLE.replace("2. Full wells", "The Pros Again:\n\nPros\n\n2. Full"), 15, "second"),
        (ARTICLE.replace("2. Full wells", "2."), 15, "heading of this point"),
        (ARTICLE.replace("The Pros and Cons of Rain", "Rain " * 50), 1, "200 characters"),
        (ARTICLE.replace("Wet feet", "Wet feet " * 30), 21, "200 characters"),
        (
            ARTICLE.replace("2. Full", "".join(f"{i}. P{i}\n\nT.\n\n" for i in range(2, 220))),
            None,
            "200",
        ),
        ("Title\0", 1, "plain text"),
    ],
)
def test_a_file_out_of_form_is_refused_with_line_and_help(text, line, words):
    error = refusal(text)
    assert words in error.expected
    assert line is None or error.line in (line, line + 2)


def test_encodings_that_are_certain_are_decoded():
    text = ARTICLE.replace("Grass", "“Gras” – café’s")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04\0\0",
        b"Title\0more",
        ARTICLE.encode("utf-16-le"),
        b"\xff\xfea",
        ARTICLE.replace("Grass grows", "Трава растёт повсюду" * 40).encode("cp1251"),
        "It donÕt work and he canÕt".encode("cp1252"),
        "caf\u00e9 \u201cx\u201d ".encode() + b"\xe9",
        b"\x89PNG\r\n\x1a\n\x01\x02\x81",
    ],
)
def test_other_bytes_are_refused(data):
    with pytest.raises(PlainTextError):
        decode(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(" ", "\xa0"),
        lambda text: text.replace(" ", "\t "),
        lambda text: text.replace("\n", "  \n"),
        lambda text: text.replace("\n\n\n", "\n\f\n\n") + "\n\n\n",
    ],
)
def test_white_space_and_line_ends_do_not_change_the_digest(change):
    assert parse(change(ARTICLE)).digest == parse(ARTICLE).digest


def test_a_changed_word_changes_the_digest():
    assert changed("Shoes leak.", "Boots leak.").digest != parse(ARTICLE).digest


@pytest.mark.parametrize(
    ("place", "unit"),
    [
        ("Shoes leak.", "Shoes leak and leak. "),
        ("Shoes leak.", "so\n"),
        ("Shoes leak.", "So\n"),
        ("Shoes leak.", "So\n\n"),
        ("Shoes leak.", "Do:\n1. a\n2. b\n\n"),
        ("Shoes leak.", "- a\n"),
        ("Shoes leak.", "Pros\n\n"),
        ("I like rain.", "Bo\n\n"),
        ("1 May 2019\n", "1 May 2019\nBo\nx\n"),
    ],
)
def test_the_work_grows_with_the_length_and_not_with_its_square(place, unit):
    def calls(number):
        profile = cProfile.Profile()
        with profile, contextlib.suppress(PlainTextError):
            parse(ARTICLE.replace(place, unit * number))
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(2000) < 2.5 * calls(1000)


def test_a_long_file_is_read_whole():
    outline = changed("Shoes leak.", "Shoes leak and leak. " * 50_000)
    assert len(outline.sections[3].blocks[0]) > 1_000_000


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_damaged_file_is_refused_or_read_without_loss(path):
    chance = random.Random(path.stem)  # noqa: S311
    source = decode(path.read_bytes())
    for _ in range(60):
        rows = []
        for row in source.split("\n"):
            luck = chance.random()
            if luck < 0.08 and not row.strip():
                continue
            rows += [row, ""] if luck > 0.93 else [row]
        text = "".join(row + chance.choice(["\n", "\r\n", "\r "]) for row in rows)
        text = text.replace("\r ", "\r")
        try:
            outline = parse(text)
        except PlainTextError:
            continue
        text = re.sub(r"\r\n|\r", "\n", text)
        found, expected = outline_words(outline), file_words(text, outline)
        assert found == expected
