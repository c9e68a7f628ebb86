import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder

from config import health


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_says_ready_when_every_migration_is_there(client):
    assert client.get("/readyz").content == b"ready\n"


@pytest.mark.django_db
def test_readyz_says_when_a_migration_is_missing(client):
    MigrationRecorder.Migration.objects.filter(app="blog").order_by("-pk").first().delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations are missing\n")


def test_readyz_says_when_the_database_does_not_answer(client, monkeypatch):
    def fail(connection):
        raise DatabaseError("the password is hush-hush")

    monkeypatch.setattr(health, "MigrationExecutor", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert b"hush" not in response.content


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client, url):
    assert client.post(url).status_code == 405
