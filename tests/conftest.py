import os
import secrets

import pytest
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connections
from django_tasks import default_task_backend

# Playwright keeps an event loop in the process of its tests; Django then takes every query of the
# tests after them for one that blocks the loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def fresh_cache():
    """Counts of one test reach no other, also in a cache that several test processes share."""
    cache.key_prefix = secrets.token_hex(8)
    caches["template_fragments"].clear()


@pytest.fixture
def media(settings, tmp_path):
    """The folder of pictures, empty."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def later(settings):
    """Jobs wait, as they do until the worker takes them."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    default_task_backend.clear()
    return default_task_backend


@pytest.fixture(scope="module")
def shared_database(django_db_setup, django_db_blocker, tmp_path_factory):
    """A database of its own for a module of tests with threads, which every thread can open.

    The test database cannot serve: on SQLite it lives in the memory of one connection, and to
    empty it after a test would take away the rows that migrations made.
    """
    with django_db_blocker.unblock():
        usual, settings = connections["default"], connections.settings["default"]
        usual_name = settings["NAME"]
        if usual.vendor == "sqlite":
            name = str(tmp_path_factory.mktemp("shared") / "shared.sqlite3")
        else:
            name = f"{usual_name}_shared"
            _run(usual, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _run(usual, f'CREATE DATABASE "{name}"')
        settings["NAME"] = name
        connections["default"] = connections.create_connection("default")
        try:
            call_command("migrate", verbosity=0)
            yield
        finally:
            connections["default"].close()
            connections["default"] = usual
            settings["NAME"] = usual_name
        if usual.vendor == "postgresql":
            _run(usual, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(connection, statement):
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
