"""Smaller copies of pictures, made by the worker, and the markup that offers them to browsers.

Their names follow from that of the picture: `images/0a….jpg` has `images/0a…-800.avif` beside it.
So a page needs no query to name them, and names them before they are made; until then the address
answers with the picture itself.
"""

import logging
import re
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.html import format_html, format_html_join
from django_tasks import task
from PIL import Image

WIDTHS = (480, 800, 1200, 1600)
FORMATS = {
    # Slower ones make files that are hardly smaller.
    "avif": {"format": "AVIF", "quality": 60, "speed": 8},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
}
ORIGINALS = ("jpg", "png", "webp")

NAME = re.compile(rf"([a-z]+/[0-9a-f]{{32}})\.({'|'.join(ORIGINALS)})")
_RENDITION = re.compile(rf"([a-z]+/[0-9a-f]{{32}})-([1-9]\d{{0,3}})\.({'|'.join(FORMATS)})")

logger = logging.getLogger(__name__)


def widths(width):
    """Those of a picture of this width: none is made larger than it is."""
    return [each for each in WIDTHS if each <= width] or [width]


def names(name, width):
    """The names of its renditions, by format."""
    found = NAME.fullmatch(name)
    if not found or not width:
        return {}
    return {
        extension: [(each, f"{found[1]}-{each}.{extension}") for each in widths(width)]
        for extension in FORMATS
    }


def originals(name):
    """The names that the picture may have of which this would be a rendition."""
    found = _RENDITION.fullmatch(name)
    if not found or int(found[2]) not in WIDTHS and int(found[2]) >= WIDTHS[0]:
        return []
    return [f"{found[1]}.{extension}" for extension in ORIGINALS]


# Making them


@task()
def make_renditions(name):
    """All that are missing; how many were made. A picture that is gone needs none."""
    path = Path(default_storage.path(name))
    try:
        with Image.open(path) as picture:
            made = _make_all(picture, missing(name, picture.width))
    except FileNotFoundError:
        return 0
    if not path.exists():
        # Deleted meanwhile.
        delete(name)
    return made


def missing(name, width):
    """Width, format and name of those that are not there, from large to small."""
    rows = [
        (each, extension, target)
        for extension, targets in names(name, width).items()
        for each, target in targets
        if not default_storage.exists(target)
    ]
    return sorted(rows, reverse=True)


def _make_all(picture, rows):
    made, copy = 0, None
    for width, extension, target in rows:
        if copy is None or copy.width != width:
            # Each from the one before, which is a good deal smaller than the picture.
            copy = _resized(copy or picture, width)
        try:
            write(copy, target, **FORMATS[extension])
            made += 1
        except (OSError, ValueError):
            # Readers get the picture itself in its place.
            logger.exception("%s could not be made", target)
    return made


def _resized(picture, width):
    height = max(1, round(picture.height * width / picture.width))
    if picture.mode not in {"RGB", "RGBA"}:
        clear = picture.has_transparency_data
        picture = picture.convert("RGBA" if clear else "RGB")
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def write(picture, target, **options):
    """Store it under this name."""
    path = Path(default_storage.path(target))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{uuid.uuid4().hex}")
    try:
        picture.save(unfinished, **options)
        # Whoever reads it gets all of it: the answer may be kept for good.
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def delete(name):
    """The picture and its renditions, whatever their widths. What is gone already is no error."""
    default_storage.delete(name)
    if found := NAME.fullmatch(name):
        folder, _slash, stem = found[1].partition("/")
        for path in Path(default_storage.path(folder)).glob(f"{stem}-*"):
            path.unlink(missing_ok=True)


# Offering them


# How wide a picture is shown, by the place; static/css/article.css and base.css decide it.
SIZES = {
    # A phone has three dots to the pixel, and nobody sees the third: with two thirds of the width
    # it fetches half the bytes.
    "half": "(min-width: 60rem) min(36rem, 44vw), (min-width: 40rem) min(36rem, 92vw), 60vw",
    "teaser": "(min-width: 66rem) min(24rem, 30vw), (min-width: 44rem) 45vw, 92vw",
}


def picture(image, place, *, alt, attributes=()):
    """A <picture> for an ImageContent, which says where its subject is when it is cropped."""
    focus = f"fx-{round(image.focal_x / 10)} fy-{round(image.focal_y / 10)}"
    return format_html(
        '<picture>{}<img src="{}" width="{}" height="{}" alt="{}" class="{}"{}></picture>',
        _sources(image.name, image.width, place),
        image.url,
        image.width,
        image.height,
        alt,
        focus,
        format_html_join("", ' {}="{}"', attributes),
    )


def portrait(photo):
    """A <picture> for the photo of a person, which is shown small wherever it stands."""
    found = NAME.fullmatch(photo.name)
    stem = f"{found[1]}-{WIDTHS[0]}" if found else ""
    return format_html(
        '<picture>{}<img src="{}" width="160" height="160" alt=""></picture>',
        format_html_join(
            "",
            '<source type="image/{}" srcset="{}">',
            ((each, default_storage.url(f"{stem}.{each}")) for each in FORMATS if stem),
        ),
        photo.url,
    )


def _sources(name, width, place):
    return format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        (
            (
                extension,
                ", ".join(f"{default_storage.url(target)} {each}w" for each, target in rows),
                SIZES[place],
            )
            for extension, rows in names(name, width).items()
        ),
    )


_IMG = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|width)="([^"]*)"')


def with_renditions(html):
    """Clean HTML in which each picture of our own is offered in its renditions as well."""
    return _IMG.sub(_as_picture, html) if "<img" in html else html


def _as_picture(found):
    img = found[0]
    attributes = dict(_ATTRIBUTE.findall(img))
    name = attributes.get("src", "").removeprefix(settings.MEDIA_URL)
    width = attributes.get("width", "")
    if not (width.isascii() and width.isdigit() and len(width) < 6 and NAME.fullmatch(name)):
        return img
    if "loading=" not in img:
        img = f'<img loading="lazy"{img.removeprefix("<img")}'
    return f"<picture>{_sources(name, int(width), 'half')}{img}</picture>"
