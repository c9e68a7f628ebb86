"""Files that want to do harm, or are not what they say: each with the answer that it gets."""

import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image

from blog import images
from blog.models import Image as Picture
from tests import factories
from tests.forms import fill

NOT_A_PICTURE = "not a picture that can be read"
MOVES = "This picture moves"
MANY_BYTES = "more than 10 MB"
LONG = "longer than 16000 pixels"
SCRIPT = b"<script>alert(document.domain)</script>"
PNG_START = b"\x89PNG\r\n\x1a\n"


def many_pixels(millions):
    return f"more than {millions} million pixels"


def picture(format="JPEG", size=(60, 40), mode="RGB", color="teal", **options):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, format, **options)
    return out.getvalue()


def moving(format):
    frames = [Image.new("RGB", (20, 20), color) for color in ("teal", "red", "white")]
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*, size=(60, 40), before=b"", pixels=None, depth=8, kind=2, after=b""):
    """A PNG put together by hand."""
    width, height = size
    if pixels is None:
        pixels = zlib.compress(b"".join(b"\0" + b"\x10\x80\x80" * width for _row in range(height)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return PNG_START + header + before + chunk(b"IDAT", pixels) + chunk(b"IEND", b"") + after


def jpeg_with(*segments, base=None):
    """A JPEG with these segments behind its first two bytes."""
    base = base or picture()
    parts = b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
        for marker, body in segments
    )
    return base[:2] + parts + base[2:]


def webp_with(name, body):
    inside = (
        picture("WEBP")[12:] + name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    )
    return b"RIFF" + struct.pack("<I", len(inside) + 4) + b"WEBP" + inside


def zip_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.class", SCRIPT)
    return out.getvalue()


def exif_with(count, offset):
    """One directory whose every entry claims megabytes at the same place."""
    entry = struct.pack("<HHII", 0x9286, 7, count, offset)
    return b"Exif\0\0" + b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + entry * 5000


def many_scans():
    """A progressive JPEG whose last pass over all pixels is asked for again and again."""
    base = picture(size=(2000, 2000), progressive=True)
    last = base.rindex(b"\xff\xda")
    return base[:-2] + base[last:-2] * 3000 + base[-2:]


REFUSED = {
    "nothing at all": (lambda: b"", NOT_A_PICTURE),
    "a byte": (lambda: b"\xff", NOT_A_PICTURE),
    "words": (lambda: b"not a picture", NOT_A_PICTURE),
    "html named jpg": (lambda: b"<!doctype html>" + SCRIPT, NOT_A_PICTURE),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT, NOT_A_PICTURE),
    "svg with a prolog": (lambda: b"<?xml version='1.0'?><svg onload='alert(1)'/>", NOT_A_PICTURE),
    "pdf": (lambda: b"%PDF-1.7\n" + SCRIPT, NOT_A_PICTURE),
    "program": (lambda: b"MZ\x90\0" + b"\0" * 400, NOT_A_PICTURE),
    "zip": (zip_file, NOT_A_PICTURE),
    "film": (lambda: b"\0\0\0\x20ftypisom\0\0\x02\0" + b"\0" * 400, NOT_A_PICTURE),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run", NOT_A_PICTURE),
    "tiff named png": (lambda: picture("TIFF"), NOT_A_PICTURE),
    "ico": (lambda: picture("ICO", size=(32, 32)), NOT_A_PICTURE),
    "bmp": (lambda: picture("BMP"), NOT_A_PICTURE),
    "gif": (lambda: picture("GIF"), NOT_A_PICTURE),
    "gif with a script": (lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", NOT_A_PICTURE),
    "psd": (lambda: b"8BPS\0\x01" + b"\0" * 60, NOT_A_PICTURE),
    "jpeg cut in the middle": (lambda: picture(size=(600, 400))[:2000], NOT_A_PICTURE),
    "jpeg without its end": (lambda: picture()[:-2], NOT_A_PICTURE),
    "jpeg of a header": (lambda: picture()[:200], NOT_A_PICTURE),
    "jpeg of two bytes and junk": (lambda: b"\xff\xd8\xff" + b"\xff" * 9_000_000, NOT_A_PICTURE),
    "jpeg of empty comments": (
        lambda: b"\xff\xd8" + b"\xff\xfe\0\x02" * 2_000_000,
        NOT_A_PICTURE,
    ),
    "jpeg of endless passes": (many_scans, NOT_A_PICTURE),
    "jpeg of no size": (
        lambda: picture().replace(struct.pack(">HH", 40, 60), b"\0\0\0\0", 1),
        NOT_A_PICTURE,
    ),
    "png cut in the middle": (lambda: picture("PNG")[:60], NOT_A_PICTURE),
    "png without its end": (lambda: picture("PNG")[:-12], NOT_A_PICTURE),
    "png with too few pixels": (
        lambda: png(size=(500, 500), pixels=zlib.compress(b"\0" * 1000)),
        NOT_A_PICTURE,
    ),
    "png of no size": (lambda: png(size=(0, 0), pixels=zlib.compress(b"\0")), NOT_A_PICTURE),
    "png of no width": (lambda: png(size=(0, 40), pixels=zlib.compress(b"\0")), NOT_A_PICTURE),
    "png with a wrong checksum": (
        lambda: png()[:-14] + b"\0\0" + png()[-12:],
        NOT_A_PICTURE,
    ),
    "png of empty parts": (lambda: PNG_START + chunk(b"teXt", b"") * 700_000, NOT_A_PICTURE),
    "png of a part that never ends": (
        lambda: PNG_START + b"\x7f\xff\xff\xffIDAT" + b"\0" * 100,
        NOT_A_PICTURE,
    ),
    "png of sixty thousand by sixty thousand": (
        lambda: png(size=(60_000, 60_000), pixels=zlib.compress(b"\0" * 100_000)),
        many_pixels(10),
    ),
    "png that unfolds to gigabytes": (
        lambda: png(size=(40_000, 40_000), depth=16, kind=6, pixels=bytes(1_000_000)),
        many_pixels(10),
    ),
    "png just too large": (lambda: picture("PNG", size=(4000, 2501)), many_pixels(10)),
    "jpeg of four thousand million pixels": (
        lambda: picture().replace(struct.pack(">HH", 40, 60), b"\xff\xdc\xff\xdc", 1),
        many_pixels(16),
    ),
    "jpeg just too large": (lambda: picture(size=(4000, 4001)), many_pixels(16)),
    "webp just too large": (lambda: picture("WEBP", size=(3000, 2001)), many_pixels(6)),
    "a line of pixels": (lambda: picture("PNG", size=(1, 100_000)), LONG),
    "webp cut": (lambda: picture("WEBP", size=(600, 400))[:100], NOT_A_PICTURE),
    "webp of a header": (lambda: b"RIFF\x04\0\0\0WEBP", NOT_A_PICTURE),
    "webp that moves": (lambda: moving("WEBP"), MOVES),
    "png that moves": (lambda: moving("PNG"), MOVES),
    "ten megabytes and a byte": (
        lambda: picture() + b"\0" * (10 * 1024 * 1024 + 1 - len(picture())),
        MANY_BYTES,
    ),
}

# Pictures that are taken; what is hidden in them is gone.
CLEANED = {
    "jpeg and zip": lambda: picture() + zip_file() + SCRIPT,
    "jpeg and html": lambda: picture() + b"<html>" + SCRIPT,
    "jpeg with a script as its comment": lambda: jpeg_with((0xFE, SCRIPT)),
    "jpeg with html in its first segment": lambda: jpeg_with((0xE0, b"JFIF\0" + SCRIPT)),
    "jpeg with xmp": lambda: jpeg_with((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SCRIPT)),
    "jpeg with a broken profile": lambda: jpeg_with((0xE2, b"ICC_PROFILE\0\x01\x01" + SCRIPT)),
    "jpeg with an exif that claims gigabytes": lambda: jpeg_with(
        *[(0xE1, exif_with(2**31, 8)[:65_000] + SCRIPT)] * 3
    ),
    "jpeg with an exif of junk": lambda: jpeg_with(
        (0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff" + SCRIPT)
    ),
    "jpeg with an index of pictures": lambda: jpeg_with(
        (0xE2, b"MPF\0II*\0\xff\xff\xff\xff" + SCRIPT)
    ),
    "png and zip": lambda: picture("PNG") + zip_file() + SCRIPT,
    "png with words": lambda: png(before=chunk(b"tEXt", b"Comment\0" + SCRIPT)),
    "png with words that unfold": lambda: png(
        before=chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 50_000_000))
        + chunk(b"tEXt", SCRIPT)
    ),
    "png with a profile that unfolds": lambda: png(
        before=chunk(b"iCCP", b"p\0\0" + zlib.compress(b"a" * 50_000_000)) + chunk(b"tEXt", SCRIPT)
    ),
    "png with pixels to spare": lambda: png(
        pixels=zlib.compress(b"".join(b"\0" + b"\x10\x80\x80" * 60 for _row in range(40))) + SCRIPT
    ),
    "webp with words": lambda: webp_with(b"XMP ", SCRIPT),
    "webp with exif": lambda: webp_with(b"EXIF", b"II*\0\xff\xff\xff\xff" + SCRIPT),
    "webp and html": lambda: picture("WEBP") + SCRIPT,
}


def upload(data, name="holiday.jpg"):
    return SimpleUploadedFile(name, data, "image/jpeg")


def test_there_are_at_least_twenty():
    assert len(REFUSED) + len(CLEANED) >= 20


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_sentence_and_at_once(name):
    make, sentence = REFUSED[name]
    file = upload(make())
    start = time.process_time()
    with pytest.raises(ValidationError) as refusal:
        images.clean_upload(file)
    assert sentence in refusal.value.messages[0]
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", CLEANED)
def test_it_is_taken_without_what_was_hidden_in_it(name):
    data = CLEANED[name]()
    assert SCRIPT in data
    start = time.process_time()
    clean = images.clean_upload(upload(data))
    assert time.process_time() - start < 2
    kept = clean.read()
    for remains in (b"script", b"evil", b"PK\x03\x04", b"Exif", b"ICC", b"JFIF\0<"):
        assert remains not in kept
    with Image.open(io.BytesIO(kept)) as again:
        again.load()
        assert again.size == (60, 40)
        # The pixels are those that were there: teal.
        red, green, blue = again.convert("RGB").getpixel((30, 20))
        assert abs(red - 0x08) < 12
        assert abs(green - 0x80) < 12
        assert abs(blue - 0x80) < 12


def arrow():
    """Wider than high, and light at its upper left corner only."""
    drawn = Image.new("L", (80, 48), 0)
    drawn.paste(255, (0, 0, 24, 16))
    return drawn


BACK = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(format, orientation):
    lying = arrow().transpose(BACK[orientation]) if orientation > 1 else arrow()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    out = io.BytesIO()
    lying.convert("RGB").save(out, format, exif=exif, quality=95)
    with Image.open(images.clean_upload(upload(out.getvalue()))) as upright:
        assert upright.size == (80, 48)
        assert upright.convert("L").getpixel((6, 6)) > 200
        for corner in ((74, 6), (6, 42), (74, 42)):
            assert upright.convert("L").getpixel(corner) < 50
        assert not dict(upright.getexif())


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_there_is_not_turns_nothing(value):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = value
    with Image.open(images.clean_upload(upload(picture(exif=exif)))) as same:
        assert same.size == (60, 40)


def test_place_camera_and_words_are_gone_from_every_kind():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    for format in ("JPEG", "PNG", "WEBP"):
        data = picture(format, exif=exif)
        assert b"Secret camera" in data
        kept = images.clean_upload(upload(data)).read()
        assert b"Secret camera" not in kept
        with Image.open(io.BytesIO(kept)) as clean:
            assert not dict(clean.getexif())
            assert not {"exif", "xmp", "comment", "icc_profile"} & clean.info.keys()


def test_a_phone_picture_with_a_second_one_inside_is_its_first():
    """Such a file counts as another kind, which once was an error of the server."""
    out = io.BytesIO()
    first, second = (Image.new("RGB", (60, 40), color) for color in ("teal", "red"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    clean = images.clean_upload(upload(out.getvalue()))
    assert clean.name == "picture.jpg"
    with Image.open(clean) as again:
        assert (again.format, again.size) == ("JPEG", (60, 40))


@pytest.mark.parametrize(
    ("mode", "format"), [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("LA", "PNG"), ("1", "PNG")]
)
def test_colours_of_every_kind_become_plain_ones(mode, format):
    color = 0 if mode in {"L", "P", "1"} else None
    data = picture(format, mode=mode, color=color)
    with Image.open(images.clean_upload(upload(data))) as clean:
        assert clean.mode in {"L", "RGB", "RGBA"}


def test_sixteen_bits_of_grey_keep_their_shade():
    out = io.BytesIO()
    Image.new("I;16", (60, 40), 32768).save(out, "PNG")
    with Image.open(images.clean_upload(upload(out.getvalue()))) as clean:
        assert 125 <= clean.convert("L").getpixel((5, 5)) <= 130


def test_transparency_stays():
    data = picture("PNG", mode="RGBA", color=(0, 128, 128, 0))
    with Image.open(images.clean_upload(upload(data))) as clean:
        assert clean.getpixel((0, 0))[3] == 0
    out = io.BytesIO()
    painted = Image.new("P", (60, 40), 3)
    painted.putpalette([level for level in range(256) for _channel in "rgb"])
    painted.save(out, "PNG", transparency=3)
    with Image.open(images.clean_upload(upload(out.getvalue()))) as clean:
        assert clean.convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_jpeg_is_written_no_coarser_than_it_was():
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=97, subsampling=0)
    with Image.open(io.BytesIO(out.getvalue())) as before:
        tables, before = before.quantization, before.convert("L").tobytes()
    with Image.open(images.clean_upload(upload(out.getvalue()))) as after:
        assert after.quantization == tables
        after = after.convert("L").tobytes()
    apart = sum(abs(a - b) for a, b in zip(before, after, strict=True)) / len(before)
    assert apart < 1


MEASURE = """
import sys
from PIL import Image
import django
django.setup()
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from blog import images
with open(sys.argv[1], "rb") as file:
    data = file.read()
try:
    images.clean_upload(SimpleUploadedFile("a.jpg", data))
except ValidationError:
    pass
with open("/proc/self/status") as file:
    peak = next(line for line in file if line.startswith("VmHWM"))
sys.stdout.write(peak.split()[1])
"""


def largest(kind):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    size = {"JPEG": (4000, 4000), "PNG": (4000, 2500), "WEBP": (3000, 2000)}[kind]
    out = io.BytesIO()
    drawn = Image.linear_gradient("L").resize(size)
    if kind == "JPEG":
        drawn.convert("CMYK").save(out, kind, exif=exif, progressive=True)
    else:
        clear = drawn.convert("RGBA")
        clear.putalpha(drawn)
        clear.save(out, kind, exif=exif, method=0, compress_level=1)
    return out.getvalue()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
@pytest.mark.parametrize(
    "make",
    [
        *(lambda kind=kind: largest(kind) for kind in ("JPEG", "PNG", "WEBP")),
        REFUSED["png that unfolds to gigabytes"][0],
        REFUSED["jpeg of four thousand million pixels"][0],
        CLEANED["png with words that unfold"],
        REFUSED["jpeg of endless passes"][0],
    ],
)
def test_no_picture_takes_300_megabytes(make, tmp_path):
    """Measured for the whole process, Django included."""
    path = tmp_path / "upload"
    path.write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 300_000


FEW = [
    "html named jpg",
    "svg",
    "jpeg cut in the middle",
    "png of sixty thousand by sixty thousand",
    "webp that moves",
    "tiff named png",
    "ten megabytes and a byte",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", FEW)
def test_the_picker_gets_the_sentence(client, name):
    client.force_login(factories.author())
    make, sentence = REFUSED[name]
    answer = client.post(reverse("admin:blog_image_upload"), {"file": upload(make())})
    assert answer.status_code == 422
    assert sentence in answer.json()["sentence"]
    assert not Picture.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", FEW)
def test_the_form_of_the_library_has_the_sentence_at_the_field(client, name):
    client.force_login(factories.author())
    url = reverse("admin:blog_image_add")
    make, sentence = REFUSED[name]
    data = fill(client.get(url), {"file": upload(make()), "name": "A"}, form_id="image_form")
    answer = client.post(url, data)
    assert sentence in answer.context["adminform"].form.errors["file"][0]
    assert not Picture.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", FEW)
def test_the_form_of_an_article_has_the_sentence_at_the_field(client, name):
    client.force_login(factories.author())
    url = reverse("admin:blog_article_change", args=[factories.article().pk])
    make, sentence = REFUSED[name]
    answer = client.post(url, fill(client.get(url), {"image_file": upload(make())}))
    assert sentence in answer.context["adminform"].form.errors["image_file"][0]
    assert not Picture.objects.exists()
