"""The site's settings, with nothing kept of any page: each is put together from nothing."""

from config.settings import *  # noqa: F403
from config.settings import CACHES

CACHES["template_fragments"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
