"""Smaller copies of pictures: which there are, how pages offer them, what is served meanwhile."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

from blog import models, renditions
from blog.content import ImageContent
from blog.html import trusted
from blog.images import CleanPicture
from blog.templatetags.blog import picture as picture_tag
from tests import factories

HEX = "0a" * 16


def data(size=(1700, 1130), format="JPEG", mode="RGB"):
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, format)
    return out.getvalue()


def stored(size=(1700, 1130), **values):
    return models.Image.objects.create(
        file=CleanPicture(data(size), name="picture.jpg"), name="A cup", **values
    )


def files(folder):
    return sorted(path.name.removeprefix(HEX) for path in folder.glob("images/*"))


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (4000, [480, 800, 1200, 1600]),
        (1600, [480, 800, 1200, 1600]),
        (1599, [480, 800, 1200]),
        (480, [480]),
        (479, [479]),
        (1, [1]),
    ],
)
def test_none_is_wider_than_the_picture(width, expected):
    assert renditions.widths(width) == expected


@pytest.mark.django_db
def test_the_worker_makes_two_formats_at_four_widths_and_the_picture_stays(media):
    image = stored()
    stem = image.file.name.removeprefix("images/").removesuffix(".jpg")
    expected = [
        f"{stem}-{width}.{kind}" for kind in ("avif", "webp") for width in renditions.WIDTHS
    ]
    assert files(media) == sorted([f"{stem}.jpg", *expected])
    for name in expected:
        with Image.open(media / "images" / name) as made:
            width = int(name.rpartition("-")[2].partition(".")[0])
            assert made.format == name.rpartition(".")[2].upper()
            assert made.size == (width, round(1130 * width / 1700))
    assert (image.width, image.height) == (1700, 1130)


@pytest.mark.django_db
def test_the_size_is_known_before_the_worker_comes(media, later):
    image = stored()
    assert (image.width, image.height) == (1700, 1130)
    assert len(files(media)) == 1
    assert [job.args for job in later.results] == [[image.file.name]]


@pytest.mark.django_db
def test_a_persons_photo_has_renditions_too(media):
    person = factories.person()
    person.photo = ContentFile(data((300, 300)), name="me.jpg")
    person.full_clean()
    person.save()
    assert len(list(media.glob("people/*-300.*"))) == 2


@pytest.mark.django_db
def test_a_picture_that_is_gone_needs_no_renditions(media):
    assert renditions.make_renditions.call(f"images/{HEX}.jpg") == 0
    assert not list(media.rglob("*.avif"))


@pytest.mark.django_db
def test_a_rendition_that_fails_harms_neither_the_others_nor_the_picture(
    media, monkeypatch, caplog
):
    monkeypatch.setitem(renditions.FORMATS, "avif", {"format": "AVIF", "quality": "wrong"})
    image = stored((500, 400))
    assert [name.rpartition(".")[2] for name in files(media)] == ["webp", "jpg"]
    assert "could not be made" in caplog.text
    assert image.file.storage.exists(image.file.name)


@pytest.mark.django_db
def test_the_command_makes_what_is_missing_and_no_more(media, later, capsys):
    first, second = stored((500, 400)), stored((300, 200))
    call_command("make_renditions")
    assert "2 pictures, 4 renditions made, 0 failed." in capsys.readouterr().out
    assert len(files(media)) == 6
    call_command("make_renditions")
    assert "2 pictures, 0 renditions made" in capsys.readouterr().out
    (media / first.file.name).write_bytes(b"broken")
    for path in media.glob("images/*-480.avif"):
        path.unlink()
    call_command("make_renditions")
    assert "1 failed" in capsys.readouterr().out
    assert second.file.storage.exists(second.file.name)


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["articles", "people"])
def test_pictures_from_before_have_them_made_where_they_are(media, later, folder):
    (media / folder).mkdir()
    (media / folder / f"{HEX}.png").write_bytes(data((900, 600), "PNG"))
    models.Image.objects.create(file=f"{folder}/{HEX}.png", name="Old", width=900, height=600)
    call_command("make_renditions", verbosity=0)
    assert len(list((media / folder).glob(f"{HEX}-*.avif"))) == 2


# What is served


@pytest.mark.django_db
def test_until_it_is_made_the_picture_stands_in_for_a_minute(client, media, later):
    image = stored()
    address = image.url.replace(".jpg", "-800.avif")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert b"".join(answer.streaming_content) == (media / image.file.name).read_bytes()
    renditions.make_renditions.call(image.file.name)
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "image/avif"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        f"{'0b' * 16}-800.avif",
        f"{HEX}-800.jpg",
        f"{HEX}-801.avif",
        f"{HEX}-0.avif",
        f"{HEX}-9999.avif",
        f"{HEX}-800.html",
        f"{HEX}-.avif",
        f"{HEX}-80000.avif",
    ],
)
def test_no_other_address_is_answered(client, media, name):
    (media / "images").mkdir()
    (media / "images" / f"{HEX}.jpg").write_bytes(data())
    assert client.get(f"/media/images/{name}").status_code == 404


# What pages say


def image_content(**values):
    given = {"name": f"images/{HEX}.jpg", "width": 1700, "height": 1130, "alt": 'A "cup"'}
    return ImageContent(**given | {"caption": ""} | values)


def test_a_picture_is_offered_in_both_formats_with_its_size():
    html = picture_tag(image_content(), "half", fetchpriority="high")
    assert html.startswith("<picture><source ")
    assert re.findall(r'type="image/(\w+)"', html) == ["avif", "webp"]
    assert f"/media/images/{HEX}-480.avif 480w, /media/images/{HEX}-800.avif 800w" in html
    assert f'<img src="/media/images/{HEX}.jpg" width="1700" height="1130"' in html
    assert 'alt="A &quot;cup&quot;"' in html
    assert 'fetchpriority="high"' in html
    assert html.count("sizes=") == 2


def test_where_its_subject_is_becomes_a_class_and_no_style():
    html = picture_tag(image_content(focal_x=34, focal_y=100), "teaser", alt="")
    assert 'class="fx-3 fy-10"' in html
    assert 'alt=""' in html
    assert "style" not in html


def test_a_picture_that_nobody_described_has_an_empty_alt():
    assert 'alt=""' in picture_tag(image_content(alt=None), "half")


def test_one_of_an_older_name_is_offered_as_it_is():
    html = picture_tag(image_content(name="articles/photo.jpeg"), "half")
    assert "<source" not in html
    assert 'src="/media/articles/photo.jpeg"' in html


@pytest.mark.django_db
def test_the_pages_of_readers_offer_renditions(client, media):
    image = stored((600, 400), focal_x=80)
    factories.live_article("First", image=image, image_alt="A cup", pros=["a"], cons=["b"])
    article = factories.live_article("Second", image=image, image_decorative=True)
    home = client.get("/").content.decode()
    assert home.count("<picture>") == 2
    assert home.count('fetchpriority="high"') == 1
    assert home.count('loading="lazy"') == 1
    assert home.count('class="fx-8 fy-5"') == 2
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count("<picture>") == 1
    assert 'width="600" height="400" alt=""' in page
    first = client.get("/articles/first/").content.decode()
    assert 'alt="A cup"' in first


# Bodies


IMG = f'<img src="/media/images/{HEX}.jpg" alt="A cup" width="1700" height="1130">'


def test_a_picture_of_ours_in_a_text_is_offered_in_its_renditions():
    html = renditions.with_renditions(f"<figure>{IMG}<figcaption>Tea</figcaption></figure>")
    assert html.count("<source") == 2
    assert f"/media/images/{HEX}-1600.webp 1600w" in html
    assert '<img loading="lazy" src="/media/images/' in html
    assert html.endswith("></picture><figcaption>Tea</figcaption></figure>")


@pytest.mark.parametrize(
    "img",
    [
        '<img src="https://example.org/a.jpg" alt="" width="10" height="10">',
        f'<img src="/media/images/{HEX}.jpg" alt="">',
        f'<img src="/media/images/{HEX}.svg" alt="" width="10" height="10">',
        f'<img src="/media/images/{HEX}.jpg" alt="" width="99999999" height="10">',
        f'<img src="/media/images/{HEX}.jpg" alt="" width="١٢" height="10">',
        '<img src="/media/../admin/" alt="" width="10" height="10">',
        "<img>",
        "<p>no picture, but the words &lt;img&gt;</p>",
    ],
)
def test_anything_else_is_left_as_it_is(img):
    assert renditions.with_renditions(img) == img


def test_what_is_printed_as_trusted_was_sanitised_before():
    assert "onerror" not in trusted(
        f'<p>a</p><img onerror="alert(1)" src="/media/images/{HEX}.jpg">'
    )
