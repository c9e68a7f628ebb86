"""What a person sees when something is wrong: the site's own page, with the right status."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import RequestFactory
from django.urls import path

from config import errors
from config.urls import *  # noqa: F403  (the real addresses, and the ones below that fail)
from config.urls import urlpatterns as site_urls


def forbidden(request):
    raise PermissionDenied


def broken(request):
    raise RuntimeError("an internal detail")


def reads_form(request):
    return errors.not_found(request, request.POST)


urlpatterns = [
    path("forbidden/", forbidden),
    path("broken/", broken),
    path("form/", reads_form),
    *site_urls,
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


def check(response, status, words):
    text = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{words}</h1>" in text
    assert 'class="masthead"' in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_an_unknown_address(client):
    check(client.get("/nothing/here/"), 404, "There is no page here")


def test_a_page_that_is_not_open_to_the_person(client):
    check(client.get("/forbidden/"), 403, "This is not open to you")


def test_an_error_of_ours_says_nothing_internal(client):
    response = client.get("/broken/")
    check(response, 500, "Something broke on our side")
    assert b"an internal detail" not in response.content


def test_a_host_that_is_not_ours(client):
    response = client.get("/", headers={"host": "evil.example"})
    check(response, 400, "This request did not make sense to us")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, settings):
    settings.MAX_BODY_SIZE = 1000
    check(client.post("/form/", {"a": "x" * 1001}), 413, "That was too large to take")


def test_too_many_fields(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    response = client.post("/form/", {f"field{number}": "" for number in range(11)})
    check(response, 413, "That was too large to take")


def test_too_much_text(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = "a=" + "x" * 200
    response = client.post("/form/", body, content_type="application/x-www-form-urlencoded")
    check(response, 413, "That was too large to take")


@pytest.mark.django_db
def test_a_desk_form_without_its_token(client):
    client.handler.enforce_csrf_checks = True
    check(client.post("/admin/login/", {"username": "x"}), 403, "Please send this form again")


def test_too_many_tries_say_when_to_come_back():
    response = errors.too_many_requests(RequestFactory().get("/"), seconds=60)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert b"Too many tries" in response.content


def test_the_error_pages_ask_no_database(client):
    # No django_db mark: any query would fail this test.
    assert not connection.in_atomic_block
    assert client.get("/broken/").status_code == 500
    assert client.get("/forbidden/").status_code == 403
