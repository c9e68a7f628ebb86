"""Pictures that staff upload: judged by their content, turned upright, freed of metadata."""

import threading
import uuid
import warnings
from io import BytesIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, JpegImagePlugin

from blog import picture_files, renditions

NOT_A_PICTURE = gettext_lazy(
    "This is not a picture that can be read. Choose a JPEG, PNG or WebP file; "
    "other kinds have to be saved as one of these first."
)
MAX_BYTES = 10 * 1024 * 1024
# So that reading, turning and writing one stays below 250 MB and at about a second: a JPEG takes up
# to 12 bytes of memory a pixel, a WebP up to 32, and a PNG takes its time.
MAX_PIXELS = {"JPEG": 16_000_000, "PNG": 10_000_000, "WEBP": 6_000_000}
# WebP and AVIF end there.
MAX_SIDE = 16_000
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
ACCEPT = "image/jpeg,image/png,image/webp"

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Pictures take turns, so that the memory is that of one, however many come at once.
_one_at_a_time = threading.Lock()


@deconstructible
class random_name:  # noqa: N801  (used like a function)
    """An `upload_to` that forgets the uploaded name, which may be hostile or personal."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, instance, filename):
        extension = filename.rpartition(".")[2]
        return f"{self.folder}/{uuid.uuid4().hex}.{extension}"

    def __eq__(self, other):
        return isinstance(other, random_name) and other.folder == self.folder


class CleanPicture(ContentFile):
    """What `clean_upload` made."""


def clean_upload(file):
    """The same picture as a new file: upright, at its own size, without any metadata.

    It is written anew from its pixels, so nothing else of the uploaded file is left. Raises
    ValidationError with a sentence for the field. Reads no pixel of a picture that is too large,
    so a small file that unfolds into gigabytes costs nothing.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("This file has more than 10 MB. Save the picture smaller and choose it again.")
        )
    file.seek(0)
    try:
        source = picture_files.read(file.read())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with _one_at_a_time:
                return _written_anew(source)
    except ValidationError:
        raise
    except picture_files.MovingPictureError as error:
        raise ValidationError(
            _("This picture moves. Choose one that stands still; a single frame of it will do.")
        ) from error
    except Image.DecompressionBombError as error:
        raise ValidationError(_too_large(source.format)) from error
    except Exception as error:  # decoders raise anything on a hostile file
        raise ValidationError(NOT_A_PICTURE) from error


def _written_anew(source):
    picture = Image.open(BytesIO(source.data), formats=[source.format])
    _check_size(picture, source.format)
    picture.load()
    options = _options(picture, source)
    # Each step lets go of the picture before it: two of them are the most that is in memory.
    picture = _in_plain_colours(picture, source.profile)
    if source.orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[source.orientation])
    picture.info = {}
    out = BytesIO()
    picture.save(out, source.format, **options)
    return CleanPicture(out.getvalue(), name=f"picture.{EXTENSIONS[source.format]}")


def _check_size(picture, format):
    if picture.width * picture.height > MAX_PIXELS[format]:
        raise ValidationError(_too_large(format))
    if max(picture.size) > MAX_SIDE:
        raise ValidationError(
            _("This picture is longer than %d pixels. Cut it, and choose it again.") % MAX_SIDE
        )


def _too_large(format):
    return _(
        "This picture has more than %d million pixels. Save it smaller and choose it again."
    ) % (MAX_PIXELS[format] // 1_000_000)


def _options(picture, source):
    """How to write it so that it loses as little as can be, in the time there is."""
    if source.format == "PNG":
        return {"compress_level": 6 if picture.width * picture.height < 1_000_000 else 1}
    if source.format == "WEBP":
        if source.is_lossless or picture.mode == "RGBA":
            return {"lossless": True, "quality": 0, "method": 0}
        return {"quality": 90, "method": 0}
    if picture.mode in {"RGB", "L"}:
        # As coarse as it is already, and no coarser.
        sampling = JpegImagePlugin.get_sampling(picture)
        return {"qtables": picture.quantization, "subsampling": sampling}
    return {"quality": 92}


def _in_plain_colours(picture, profile):
    """A new picture in sRGB or shades of grey, eight bits each, with transparency if it has any.

    A profile would be a place to hide things in, and the renditions would each need it.
    """
    if picture.mode in {"I;16", "I;16B", "I"}:
        picture = picture.point(lambda value: value * (1 / 257))
        return picture.convert("L")
    if picture.mode in {"1", "L"}:
        return picture.convert("L")
    if picture.mode == "CMYK":
        return _converted(picture, profile) or picture.convert("RGB")
    clear = picture.mode == "RGBA" or picture.has_transparency_data
    picture = picture.convert("RGBA" if clear else "RGB")
    return _converted(picture, profile) or picture


def _converted(picture, profile):
    """In sRGB; None without a profile, and with one that is broken or sRGB itself."""
    if not profile or len(profile) > picture_files.MAX_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


class ImageFormField(forms.FileField):
    """Gives a CleanPicture. Django's own field would show every file to every decoder there is."""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": ACCEPT}

    def to_python(self, data):
        if data in self.empty_values:
            return None
        if not hasattr(data, "size"):
            raise ValidationError(NOT_A_PICTURE)
        return clean_upload(data)


class ImageField(models.ImageField):
    """An upload through `clean_upload`; a file that is already stored is left alone."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ImageFormField} | kwargs)

    def clean(self, value, model_instance):
        if value and not value._committed and not isinstance(value.file, CleanPicture):
            value.file = clean_upload(value.file)
            value.name = value.file.name
        return super().clean(value, model_instance)

    def pre_save(self, model_instance, add):
        is_new = not getattr(model_instance, self.attname)._committed
        file = super().pre_save(model_instance, add)
        if is_new and file:
            renditions.make_renditions.enqueue(file.name)
        # Turned upright, a picture may have changed its width for its height.
        self.update_dimension_fields(model_instance, force=is_new)
        return file

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs
