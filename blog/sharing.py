"""How an article is told to those who share a link to it."""

import hashlib
import json
import re


def share_image_name(content):
    """Of the picture that is drawn for it, in the storage: the same for the same words."""
    sides = [[point.heading for point in side.points] for side in content.sides]
    digest = hashlib.sha256(json.dumps([content.title, *sides]).encode()).hexdigest()
    return f"share/{digest[:32]}.png"


def is_share_image(name):
    return re.fullmatch(r"share/[0-9a-f]{32}\.png", name) is not None
