"""How an article is told to search engines and to those who share a link to it."""

import hashlib
import json
import re

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

# What no address holds unless it is percent-encoded; Django's validator lets it pass.
_NEVER_BARE = re.compile(r'[\s"<>\\^`{|}]')


def share_image_name(content):
    """Of the picture that is drawn for it, in the storage: the same for the same words."""
    sides = [[point.heading for point in side.points] for side in content.sides]
    digest = hashlib.sha256(json.dumps([content.title, *sides]).encode()).hexdigest()
    return f"share/{digest[:32]}.png"


def is_share_image(name):
    return re.fullmatch(r"share/[0-9a-f]{32}\.png", name) is not None


def whole_https_address(value):
    """A validator."""
    sentence = _(
        "Give the whole address, beginning with https://, such as https://example.org/is-tea-good."
    )
    URLValidator(schemes=["https"], message=sentence)(value)
    if _NEVER_BARE.search(value):
        raise ValidationError(sentence, code="invalid")
