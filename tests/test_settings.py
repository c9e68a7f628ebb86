"""The settings file: nothing by default that would be unsafe on a server, and plain refusals."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parent.parent
KEY = "k3y-" * 5 + "0123456789-abcdefghijklmnopqrstuvwxyz"
GOOD = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "www.example.org",
    "SITE_URL": "https://www.example.org",
}


def start(tmp_path, **variables):
    """Run `manage.py check` with these variables alone, in a copy that has no .env file."""
    # Copies, not links: the settings look for .env beside the place where they really lie.
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "manage.py", tmp_path)
    for name in ("blog", "comments", "templates", "static"):
        (tmp_path / name).symlink_to(ROOT / name)
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL"])
def test_without_a_needed_variable_nothing_starts(tmp_path, name):
    result = start(tmp_path, **{key: value for key, value in GOOD.items() if key != name})
    assert result.returncode == 1
    assert f"{name} is not set" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("DEBUG", "perhaps"),
        ("SITE_URL", "www.example.org"),
        ("SITE_URL", "https://www.example.org/blog"),
        ("SITE_URL", "https://www.example.org?a=b"),
        ("SITE_URL", "https://user:password@www.example.org"),
        ("SITE_URL", "https://www example.org"),
        ("ALLOWED_HOSTS", "https://www.example.org"),
        ("ALLOWED_HOSTS", "www.example.org:8000"),
        ("MEDIA_ROOT", "~nobody-known-here/media"),
        ("DATABASE_URL", "mysql://localhost/evenhand"),
        ("DATABASE_URL", "postgres://localhost"),
        ("DATABASE_URL", "postgres://localhost:port/name"),
        ("CACHE_URL", "memcached://localhost"),
        ("EMAIL_URL", "http://localhost"),
        ("TIME_ZONE", "Moon/Crater"),
        ("FROM_EMAIL", "nobody"),
        ("SECURITY_CONTACT", "nobody"),
        ("INDEXNOW_KEY", "short"),
        ("WEBSUB_HUB", "http://hub.example.org/"),
        ("PROXIES", "one"),
        ("PROXIES", "6"),
        ("PROXIES", "²"),
    ],
)
def test_a_bad_value_stops_the_start_with_a_sentence_that_names_the_variable(tmp_path, name, value):
    result = start(tmp_path, **GOOD | {name: value})
    assert result.returncode == 1
    assert name in result.stderr
    assert "Traceback" not in result.stderr


def test_with_the_needed_variables_it_starts_without_debug(tmp_path):
    result = start(tmp_path, **GOOD)
    assert result.returncode == 0, result.stderr


def test_https_is_https_however_it_is_written(monkeypatch):
    monkeypatch.setenv("SITE_URL", "HTTPS://WWW.Example.org/")
    assert env.site_url("SITE_URL") == "https://www.example.org"


def test_a_password_in_a_wrong_address_is_not_printed(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://user:hush-hush@localhost/x")
    with pytest.raises(ImproperlyConfigured) as error:
        env.database("DATABASE_URL", "", base=ROOT)
    assert "hush-hush" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///var/a.sqlite3", ROOT / "var/a.sqlite3"),
        ("sqlite:////srv/a.sqlite3", Path("/srv/a.sqlite3")),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_sqlite_files_are_named_from_the_project_or_from_the_root(monkeypatch, url, expected):
    monkeypatch.setenv("DATABASE_URL", url)
    assert env.database("DATABASE_URL", "", base=ROOT)["NAME"] == expected


def test_a_postgresql_address_is_read_whole(monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", "postgres://u%40x:p%2Fw@db.example:6432/name?sslmode=require"
    )
    settings = env.database("DATABASE_URL", "", base=ROOT)
    wanted = {"USER": "u@x", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "6432"}
    assert wanted.items() <= settings.items()
    assert settings["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://u:p@mail.example", 587, True, False),
        ("smtps://mail.example:4650", 4650, False, True),
    ],
)
def test_mail_servers_are_named_by_one_address(monkeypatch, url, port, tls, ssl):
    monkeypatch.setenv("EMAIL_URL", url)
    settings = env.email("EMAIL_URL")
    assert (settings["EMAIL_PORT"], settings["EMAIL_USE_TLS"]) == (port, tls)
    assert settings["EMAIL_USE_SSL"] == ssl
    assert settings["EMAIL_TIMEOUT"] == 10


def test_the_environment_wins_over_the_file(tmp_path, monkeypatch):
    path = tmp_path / ".env"
    path.write_text("# local\nEVENHAND_A=file\nEVENHAND_B=file\n")
    monkeypatch.setenv("EVENHAND_A", "environment")
    monkeypatch.delenv("EVENHAND_B", raising=False)
    env.load_file(path)
    assert env.text("EVENHAND_A") == "environment"
    assert env.text("EVENHAND_B") == "file"
    monkeypatch.delenv("EVENHAND_B")
