"""The project's settings under fixed values; DATABASE_URL and CACHE_URL may come from outside."""

import os
import secrets
import tempfile

os.environ |= {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-xyz",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SITE_URL": "http://testserver",
    "EMAIL_URL": "",
    "TIME_ZONE": "Europe/London",
    "PROXIES": "0",
    "MEDIA_ROOT": tempfile.mkdtemp(prefix="evenhand-media-"),
}
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("CACHE_URL", "")
os.environ["STAMPS_FILE"] = tempfile.mkdtemp(prefix="evenhand-stamps-") + "/stamps"

from config.settings import *  # noqa: F403

STATIC_ROOT = tempfile.mkdtemp(prefix="evenhand-static-")
# Other test processes may use the same cache.
CACHES["default"]["KEY_PREFIX"] = secrets.token_hex(8)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Jobs run at once, so that a test sees what the worker would have done; those for a later time
# wait in tests.tasks.later.
TASKS = {"default": {"BACKEND": "tests.tasks.AtOnce"}}
# Tests log in without a request; tests/test_login.py switches it on.
AXES_ENABLED = False
