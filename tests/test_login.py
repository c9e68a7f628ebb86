"""The way into the desk."""

import pytest
from axes.handlers.proxy import AxesProxyHandler

from tests import factories

pytestmark = pytest.mark.django_db

URL = "/admin/login/"


@pytest.fixture(autouse=True)
def counted(settings, monkeypatch):
    settings.AXES_ENABLED = True
    # It keeps the cache that it was made with.
    monkeypatch.setattr(AxesProxyHandler, "implementation", None)


def log_in(client, password="wrong", name="editor", address="192.0.2.1"):
    return client.post(URL, {"username": name, "password": password}, REMOTE_ADDR=address)


def test_the_right_password_opens_the_desk(client):
    factories.editor()
    assert log_in(client, factories.PASSWORD).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_wrong_one_does_not_and_does_not_tell_whether_the_name_exists(client):
    factories.editor()
    known = log_in(client).content.decode()
    unknown = log_in(client, name="nobody").content.decode()
    assert "errornote" in known
    assert known.count("errornote") == unknown.count("errornote")


def test_after_ten_wrong_ones_an_address_has_to_wait(client):
    factories.editor()
    for number in range(10):
        response = log_in(client, name=f"name{number}")
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()
    assert int(response.headers["Retry-After"]) > 0
    assert log_in(client, factories.PASSWORD).status_code == 429


def test_others_need_not_wait(client):
    factories.editor()
    for _number in range(12):
        log_in(client)
    assert log_in(client, factories.PASSWORD, address="192.0.2.2").status_code == 302


def test_a_forged_header_does_not_help(client):
    factories.editor()
    for number in range(12):
        client.post(
            URL,
            {"username": "editor", "password": "wrong"},
            REMOTE_ADDR="192.0.2.1",
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        )
    assert log_in(client, factories.PASSWORD).status_code == 429


def test_nine_mistakes_and_the_right_password_are_forgotten(client):
    factories.editor()
    for _number in range(9):
        log_in(client)
    assert log_in(client, factories.PASSWORD).status_code == 302
    assert log_in(client).status_code == 200


def test_while_nobody_can_count_nobody_logs_in_but_whoever_is_in_works_on(
    client, settings, monkeypatch
):
    factories.editor()
    assert log_in(client, factories.PASSWORD).status_code == 302
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    monkeypatch.setattr(AxesProxyHandler, "implementation", None)
    assert client.get("/admin/").status_code == 200
    client.logout()
    response = log_in(client, factories.PASSWORD)
    assert response.status_code == 429
    assert client.get("/admin/").status_code == 302


def test_somebody_who_is_no_staff_does_not_get_in(client):
    account = factories.user("reader")
    account.is_staff = False
    account.save()
    assert log_in(client, factories.PASSWORD, name="reader").status_code == 200
    assert client.get("/admin/").status_code == 302
