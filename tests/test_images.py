"""Uploads are judged by their content, turned upright and freed of metadata."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from blog import images, models
from tests import factories


def picture(format="JPEG", size=(60, 40), mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(out, format, **options)
    return out.getvalue()


def upload(data, name="picture.jpg"):
    return SimpleUploadedFile(name, data)


def with_camera_data(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    return picture(exif=exif)


def png_of(width, height):
    """A PNG that announces this size and holds no pixels to speak of."""

    def chunk(kind, body):
        data = kind + body
        return struct.pack(">I", len(body)) + data + struct.pack(">I", zlib.crc32(data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_common_kinds_are_taken_whatever_their_name(format):
    clean = images.clean_upload(upload(picture(format), "holiday.exe"))
    assert Image.open(clean).format == format
    assert clean.name == f"picture.{images.EXTENSIONS[format]}"


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_every_mode_of_a_png_is_taken(mode):
    assert Image.open(images.clean_upload(upload(picture("PNG", mode=mode)))).size == (60, 40)


def test_it_is_turned_upright_and_says_nothing_of_camera_or_place():
    clean = images.clean_upload(upload(with_camera_data(orientation=6)))
    again = Image.open(clean)
    assert again.size == (40, 60)
    assert not dict(again.getexif())
    clean.seek(0)
    assert b"Secret camera" not in clean.read()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        b"%PDF-1.4",
        b"MZ" + b"\0" * 100,
        picture()[:200],
        picture("PNG")[:60],
        picture("BMP"),
        picture("TIFF"),
        png_of(100, 100),
    ],
)
def test_what_is_no_whole_picture_gets_a_sentence(data):
    with pytest.raises(ValidationError, match="not a picture that can be read"):
        images.clean_upload(upload(data))


@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 6_000), (2**31 - 1, 1)])
def test_a_bomb_is_refused_before_it_is_unfolded(size):
    with pytest.raises(ValidationError, match="10 million pixels"):
        images.clean_upload(upload(png_of(*size)))


def test_a_file_of_many_bytes_is_refused():
    with pytest.raises(ValidationError, match="10 MB"):
        images.clean_upload(upload(b"\0" * (images.MAX_BYTES + 1)))


@pytest.mark.django_db
def test_what_is_stored_is_the_clean_picture_under_a_random_name(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    person = factories.person()
    person.photo = upload(with_camera_data(orientation=6), "../../my secret.jpg")
    person.full_clean()
    person.save()
    assert person.photo.name.startswith("people/")
    assert person.photo.name.endswith(".jpg")
    assert "secret" not in person.photo.name
    assert b"Secret camera" not in person.photo.read()


@pytest.mark.django_db
def test_the_size_that_is_kept_is_that_of_the_upright_picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = models.Image(name="A cup", file=upload(with_camera_data(orientation=6)))
    picture.full_clean()
    picture.save()
    picture.refresh_from_db()
    assert (picture.width, picture.height) == (40, 60)


@pytest.mark.django_db
def test_pictures_are_served_for_good_and_can_run_nothing(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = f"articles/{'0a' * 16}.png"
    (tmp_path / "articles").mkdir()
    (tmp_path / name).write_bytes(picture("PNG"))
    response = client.get(f"/media/{name}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["", "../secret", "%2e%2e/secret", "none.png", "folder/", "a" * 300, "a/" * 3000]
)
def test_nothing_else_is_served(client, settings, tmp_path, path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    assert client.get(f"/media/{path}").status_code == 404
