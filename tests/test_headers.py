"""What every answer carries, and what https adds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories

ROOT = Path(__file__).resolve().parent.parent
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["/", "/nothing/", "/how-we-work/", "/admin/login/", "/admin/", "/healthz", "/readyz"]
)
def test_every_answer_is_guarded(client, url):
    headers = client.get(url).headers
    assert EVERYWHERE.items() <= dict(headers).items()
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
def test_the_editor_is_guarded_too_with_a_nonce_of_its_own_for_each_answer(client):
    client.force_login(factories.editor())
    first, second = (
        client.get("/admin/blog/article/add/").headers["Content-Security-Policy"] for _ in "ab"
    )
    assert "'nonce-" in first
    assert first != second
    assert "unsafe" not in first


@pytest.mark.django_db
def test_only_the_editor_has_a_nonce(client):
    assert "nonce" not in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_desk_cookies_stay_on_this_site_and_out_of_scripts(client):
    factories.editor()
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": "editor", "password": factories.PASSWORD})
    assert client.cookies["sessionid"]["httponly"]
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}


SCRIPT = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
# What this looks at needs no collected files.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.core.files.storage.FileSystemStorage"
call_command("migrate", verbosity=0)
http = Client().get("/how-we-work/", headers={"host": "www.example.org"})
print(http.status_code, http.headers.get("Location"))
print(Client().get("/healthz", headers={"host": "www.example.org"}).status_code)
https = Client().get("/admin/login/", secure=True, headers={"host": "www.example.org"})
print(https.status_code)
print(https.headers["Strict-Transport-Security"])
print("upgrade-insecure-requests" in https.headers["Content-Security-Policy"])
for name, cookie in https.cookies.items():
    print(name, cookie["secure"], cookie["path"], repr(cookie["domain"]))
"""


@pytest.fixture(scope="module")
def over_https():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-xyz",
            "ALLOWED_HOSTS": "www.example.org",
            "SITE_URL": "https://www.example.org",
            "DATABASE_URL": "sqlite:///:memory:",
            "CACHE_URL": "",
            "PYTHONWARNINGS": "ignore",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "301 https://www.example.org/how-we-work/",
        "200",  # the health check over http
        "max-age=31536000; includeSubDomains",
        "True",
        "__Host-csrftoken True / ''",
    ],
)
def test_an_https_site_redirects_and_marks_its_cookies_secure(over_https, line):
    assert line in over_https
