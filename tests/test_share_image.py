"""The picture that goes with a shared link: what is on it, when it is drawn, what is served."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from PIL import Image, ImageChops

from blog import colours, share_image
from blog.content import Content
from blog.share_image import AXIS, HEIGHT, MARGIN, SIZE, WIDTH, draw
from blog.sharing import share_image_name
from tests import factories

STATIC = django_settings.BASE_DIR / "static" / share_image.DEFAULT

HOSTILE = [
    "",
    " ",
    "x" * 200,
    "word " * 40,
    "</script><b>&amp;",
    "\u202eevil \u2028 \u2029 \u200f",
    "Is 🍵 tea 👩\u200d⚕️ good ❤️ for you? 1️⃣",
    "a\u0301" * 100 + "\u0300" * 60,
    "日本語のお茶",
    "هل الشاي مفيد لصحتك أم أنّ iPhone 15 أفضل؟",
    "האם תה טוב לך?",
    "\ud800 \x00 \ufffe",
    "……",
]


def png(picture):
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def url(article):
    return default_storage.url(share_image_name(article.content()))


def files(folder):
    return sorted(path.name for path in folder.glob("share/*"))


def served(client, address):
    return b"".join(client.get(address).streaming_content)


def rgb(name):
    colour = colours.light(name)
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def is_ground(picture, box, name):
    """Whether nothing is drawn there."""
    return picture.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), rgb(name))]


# What is on it


def test_it_has_the_size_that_sites_ask_for_and_two_equal_halves():
    picture = draw("Is tea good for you?", ["It warms"], ["It cools"])
    assert picture.size == SIZE == (1200, 630)
    assert picture.getpixel((0, 0)) == rgb("paper")
    assert picture.getpixel((0, AXIS)) == picture.getpixel((599, AXIS)) == rgb("pro")
    assert picture.getpixel((600, AXIS)) == picture.getpixel((1199, AXIS)) == rgb("con")
    assert picture.getpixel((0, 629)) == rgb("pro-wash")
    assert picture.getpixel((1199, 629)) == rgb("con-wash")


def test_the_same_words_give_the_same_bytes_and_others_do_not():
    words = ("Is tea good for you?", ["It warms"], ["It cools"])
    assert png(draw(*words)) == png(draw(*words))
    assert png(draw(*words)) != png(draw("Is tea bad?", *words[1:]))
    assert png(draw(*words)) != png(draw(words[0], ["It cools"], ["It warms"]))


@pytest.mark.parametrize("text", HOSTILE)
def test_any_words_can_be_drawn_and_stay_within_their_places(text):
    picture = draw(text, [text] * 3, [text] * 12)
    assert len(png(picture)) < 150_000
    for box in [(0, 0, MARGIN, AXIS), (WIDTH - MARGIN + 4, 0, WIDTH, AXIS)]:
        assert is_ground(picture, box, "paper")
    assert is_ground(picture, (0, AXIS + 8, MARGIN - 4, HEIGHT), "pro-wash")
    assert is_ground(picture, (WIDTH // 2, AXIS + 8, WIDTH // 2 + 44, HEIGHT), "con-wash")
    if "\u0300" not in text:
        assert is_ground(picture, (0, HEIGHT - 16, WIDTH // 2, HEIGHT), "pro-wash")


def test_an_emoji_is_left_out_and_leaves_no_box():
    plain = draw("Is tea good for you?", ["It warms"], ["It cools"])
    assert png(draw("Is 🍵 tea good ❤️ for you?", ["It warms 🔥"], ["🥶 It cools"])) == png(plain)


def test_marks_that_nobody_sees_turn_nothing_around():
    plain = draw("Is tea good?", ["It warms"], ["It cools"])
    assert png(draw("Is \u202etea good?", ["It\u200f warms"], ["It cools\u2069"])) == png(plain)


def test_a_title_without_a_letter_that_can_be_drawn_leaves_the_name_of_the_site():
    assert png(draw("日本語", ["A"], ["B"])) == png(draw("🍵", ["A"], ["B"]))
    assert not is_ground(draw("日本語", ["A"], ["B"]), (MARGIN, 96, WIDTH, AXIS), "paper")


@pytest.mark.skipif(not share_image.FALLBACKS, reason="Pillow was built without Raqm")
@pytest.mark.parametrize("title", ["هل الشاي مفيد؟", "האם תה טוב?"])
def test_what_is_read_from_the_right_begins_there(title):
    picture = draw(title, ["A"], ["B"])
    assert is_ground(picture, (MARGIN, 96, 500, AXIS), "paper")
    assert not is_ground(picture, (900, 96, WIDTH - MARGIN, AXIS), "paper")


def test_without_raqm_no_letter_is_drawn_in_the_wrong_order(monkeypatch):
    monkeypatch.setattr(share_image, "FALLBACKS", ())
    assert png(draw("האם תה", ["A"], ["B"])) == png(draw("日本語", ["A"], ["B"]))


def test_both_sides_show_as_many_points():
    short, long = ["Short"] * 4, ["words " * 12] * 4
    third = (MARGIN, AXIS + 176, WIDTH // 2, HEIGHT)
    assert not is_ground(draw("T", short, short), third, "pro-wash")
    assert is_ground(draw("T", short, long), third, "pro-wash")
    # The fourth is only counted.
    assert png(draw("T", short, short)) == png(draw("T", [*short[:3], "Other"], short))
    assert png(draw("T", short, short)) != png(draw("T", short[:3], short))


def test_the_one_of_the_site_is_what_the_program_draws():
    with Image.open(STATIC) as stored:
        assert ImageChops.difference(stored.convert("RGB"), share_image.draw_site()).getbbox() is (
            None
        )


# When it is drawn


def test_its_name_follows_from_what_is_on_it_and_says_nothing(db):
    content = factories.article("Is tea good?", summary="Yes.").content()
    name = share_image_name(content)
    assert name.startswith("share/")
    assert share_image_name(Content.from_json(content.to_json())) == name
    assert share_image_name(replace(content, summary="No.", sources=())) == name
    assert share_image_name(replace(content, title="Is coffee good?")) != name
    assert share_image_name(replace(content, sections=content.sections[:1])) != name


def test_publishing_draws_it(client, db, media):
    article = factories.live_article()
    response = client.get(url(article))
    assert response.headers["Content-Type"] == "image/png"
    assert "immutable" in response.headers["Cache-Control"]
    drawn = Image.open(io.BytesIO(b"".join(response.streaming_content)))
    expected = draw("Is tea good for you?", ["It warms"], ["It cools"])
    assert ImageChops.difference(drawn, expected).getbbox() is None


def test_a_draft_has_none(client, db, media):
    article = factories.live_article("Public")
    factories.article("Draft")
    article.title = "Not yet public"
    article.save()
    article.refresh_digest()
    assert len(files(media)) == 1


def test_what_is_scheduled_has_it_before_readers_come(db, media):
    article = factories.article()
    article.schedule(by=None, at=timezone.now() + timedelta(days=1))
    assert (media / share_image_name(article.content())).is_file()


def test_the_same_words_share_one(db, media):
    first = factories.live_article()
    drawn_at = (media / share_image_name(first.content())).stat().st_mtime_ns
    factories.live_article(slug="again")
    assert len(files(media)) == 1
    assert (media / share_image_name(first.content())).stat().st_mtime_ns == drawn_at


def test_until_the_worker_has_drawn_it_readers_get_that_of_the_site(client, db, media, later):
    article = factories.live_article()
    [job] = later.results
    assert not files(media)
    response = client.get(url(article))
    assert b"".join(response.streaming_content) == STATIC.read_bytes()
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Content-Type"] == "image/png"
    assert job.task.func(*job.args) is True
    assert served(client, url(article)) != STATIC.read_bytes()
    assert job.task.func(*job.args) is False


def test_a_publication_that_is_refused_draws_nothing(db, media):
    article = factories.article(cons=[])
    with pytest.raises(Exception, match="There is no con"):
        article.publish(by=None)
    assert not files(media)


def test_an_edition_that_is_gone_needs_none(db, media):
    assert share_image.draw_share_image.call(10**6) is False
    assert not files(media)


@pytest.mark.parametrize("name", ["images", "people"])
def test_other_pictures_that_are_missing_are_missing(client, db, media, name):
    assert client.get(f"/media/{name}/{'0a' * 16}.png").status_code == 404
    assert client.get(f"/media/share/{'0a' * 16}.png").status_code == 200


@pytest.mark.parametrize("path", ["share/0a.png", "share/../x.png", f"share/{'0a' * 16}.jpg"])
def test_other_names_are_not_known(client, db, media, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_the_command_draws_those_that_are_missing(db, media, capsys):
    live, planned = factories.live_article("Live"), factories.article("Planned")
    planned.schedule(by=None, at=timezone.now() + timedelta(days=1))
    over = factories.live_article("Over")
    over.unpublish(by=None)
    for path in media.glob("share/*"):
        path.unlink()
    call_command("make_share_images")
    names = [share_image_name(article.content()) for article in (live, planned)]
    assert files(media) == sorted(name.removeprefix("share/") for name in names)
    call_command("make_share_images")
    assert "2 editions, 0 share images drawn." in capsys.readouterr().out
