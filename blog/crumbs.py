"""The way from the front page to a page, which readers and machines are told alike."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _


class Crumb(NamedTuple):
    name: str
    url: str


def home():
    return Crumb(_("Home"), reverse("blog:home"))


def topics():
    return Crumb(_("Topics"), reverse("blog:topics"))


def archive():
    return Crumb(_("Archive"), reverse("blog:archive"))
