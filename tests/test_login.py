"""The way into the desk."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db

URL = "/admin/login/"


@pytest.fixture(autouse=True)
def counted(settings):
    settings.AXES_ENABLED = True


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
    assert "That was too often in a short time" in response.content.decode()
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


def test_somebody_who_is_no_staff_does_not_get_in(client):
    account = factories.user("reader")
    account.is_staff = False
    account.save()
    assert log_in(client, factories.PASSWORD, name="reader").status_code == 200
    assert client.get("/admin/").status_code == 302
