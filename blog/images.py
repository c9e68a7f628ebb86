"""Pictures that staff upload: judged by their content, turned upright, freed of metadata."""

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
from PIL import Image, ImageOps

NOT_A_PICTURE = gettext_lazy(
    "This is not a picture that can be read. Choose a JPEG, PNG or WebP file; "
    "other kinds have to be saved as one of these first."
)
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


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


def clean_upload(file):
    """The same picture as a new file: upright, at its own size, without camera or place data.

    Raises ValidationError with a sentence for the field. Reads no pixel of a picture that is too
    large, so a small file that unfolds into gigabytes costs nothing.
    """
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("This file has more than 10 MB. Save the picture smaller and choose it again.")
        )
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(file, formats=list(EXTENSIONS))
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(_too_large())
            format = picture.format
            ImageOps.exif_transpose(picture, in_place=True)
            return _encode(picture, format)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ValidationError(_too_large()) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise ValidationError(NOT_A_PICTURE) from error


def _too_large():
    return _("This picture has more than 40 million pixels. Save it smaller and choose it again.")


def _encode(picture, format):
    profile = picture.info.get("icc_profile")
    if picture.mode not in {"RGB", "RGBA", "L"}:
        profile = None
        picture = picture.convert("RGB" if format == "JPEG" else "RGBA")
    # Only what is named here is written: no EXIF, no XMP, no comment.
    picture.info = {}
    out = BytesIO()
    picture.save(out, format, icc_profile=profile, quality=90, exif=b"")
    return ContentFile(out.getvalue(), name=f"picture.{EXTENSIONS[format]}")


class ImageFormField(forms.ImageField):
    # Judged by their content and not by their name.
    default_validators = []
    default_error_messages = {"invalid_image": NOT_A_PICTURE}


class ImageField(models.ImageField):
    """An upload through `clean_upload`; a file that is already stored is left alone."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ImageFormField} | kwargs)

    def clean(self, value, model_instance):
        if value and not value._committed:
            value.file = clean_upload(value.file)
            value.name = value.file.name
        return super().clean(value, model_instance)

    def pre_save(self, model_instance, add):
        is_new = not getattr(model_instance, self.attname)._committed
        file = super().pre_save(model_instance, add)
        # Turned upright, a picture may have changed its width for its height.
        self.update_dimension_fields(model_instance, force=is_new)
        return file

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs
