"""Every POST of the desk as a server runs it: outside a transaction of the test's own.

PostgreSQL refuses to lock a row outside a transaction, which a test inside one never sees.
"""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.forms import fill
from tests.test_article_admin import change_url

DOORS = ["change", "autosave", "presence", "preview", "review", "links", "delete", "untrash"]
NEW = ["add", "autosave_new", "preview_new"]


@pytest.fixture
def client(shared_database, django_db_blocker):
    with django_db_blocker.unblock():
        client = Client()
        client.force_login(factories.user("erin", is_superuser=True))
        yield client


def test_no_door_needs_a_transaction_that_it_does_not_open(client):
    article = factories.live_article()
    data = fill(client.get(change_url(article)), {"summary": "New."})
    for name in DOORS:
        url = reverse(f"admin:blog_article_{name}", args=[article.pk])
        assert client.post(url, data).status_code < 500, name
    data = fill(client.get(reverse("admin:blog_article_add")), {"title": "Other"})
    for name in NEW:
        url = reverse(f"admin:blog_article_{name}")
        assert client.post(url, data).status_code < 500, name
