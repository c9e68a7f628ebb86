"""Reads settings from environment variables and says plainly which one is wrong.

Every function raises ImproperlyConfigured with a sentence that names the variable.
A file `.env` beside manage.py, which `make run` writes for a local trial, fills in variables that
the environment does not set. A server has no such file, so nothing there has a hidden default.
"""

import os
import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

REQUIRED = object()


def load_file(path):
    """Set the variables of a file of NAME=value lines, except those that are set already."""
    if not path.is_file():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path.name} is not in UTF-8. Save it so.") from error
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise ImproperlyConfigured(f"{path.name}, line {number}: write it as NAME=value.")
        os.environ.setdefault(name.strip(), value.strip())


def text(name, default=REQUIRED):
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is REQUIRED:
        raise ImproperlyConfigured(f"{name} is not set. The README says what to put there.")
    return default


def boolean(name, default=False):
    value = text(name, "").lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return value in {"1", "true", "yes", "on"} if value else default
    raise ImproperlyConfigured(f"{name} is {value!r}. Use 1 or 0.")


def whole_number(name, default, *, least=0, most):
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value[:9]) <= most:
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Use a whole number from {least} to {most}."
        )
    return int(value)


def words(name):
    """A list of values separated by commas; at least one."""
    values = [word.strip() for word in text(name).split(",") if word.strip()]
    if not values:
        raise ImproperlyConfigured(f"{name} holds only commas. Name at least one value.")
    return values


def sender(name, default):
    value = text(name, default)
    if not re.fullmatch(r"[^<>\r\n]*<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+", value):
        raise ImproperlyConfigured(f"{name} is {value!r}. Use Name <name@example.org>.")
    return value


def hosts(name):
    """Names without scheme and port, as Django compares them."""
    values = words(name)
    for value in values:
        if not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]|\*", value):
            raise ImproperlyConfigured(
                f"{name} holds {value!r}. Use host names alone, such as www.example.org."
            )
    return values


def secret_key(name):
    value = text(name)
    if len(value) < 50 or len(set(value)) < 5:
        raise ImproperlyConfigured(
            f"{name} is too easy to guess. Use at least 50 random characters, for example from: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return value


def time_zone(name, default):
    value = text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(
            f"{name} is {value!r}, which is no time zone. Use a name such as Europe/London."
        )
    return value


def site_url(name):
    """The public address of the site, without a slash at its end."""
    value = text(name)
    address = value.rstrip("/").lower()
    _split(name, address)
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", address):
        raise ImproperlyConfigured(f"{name} is {value!r}. Use the form https://www.example.org.")
    return address


def web_address(name, default):
    """An https address, or http on this very machine; empty when it is not set."""
    value = text(name, default)
    parts = _split(name, value)
    is_local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    is_https = parts.scheme == "https" and parts.hostname
    is_clean = value.isascii() and value.isprintable() and " " not in value
    if value and (not (is_https or is_local) or "@" in parts.netloc or not is_clean):
        raise ImproperlyConfigured(
            f"{name} is {_masked(parts)!r}. Use an https address, such as https://hub.example.org/."
        )
    return value


def indexnow_key(name):
    value = text(name, "")
    if value and not re.fullmatch(r"[A-Za-z0-9-]{8,128}", value):
        raise ImproperlyConfigured(
            f"{name} does not look like a key. Use 8 to 128 letters, digits and hyphens."
        )
    return value


def contact(name):
    """A URI to write to; an e-mail address becomes one. Empty when it is not set."""
    value = text(name, "")
    if re.fullmatch(r"[^\s@:/<>]+@[^\s@:/<>]+", value):
        value = f"mailto:{value}"
    if value and not re.fullmatch(r"(mailto:[^\s@]+@|https://|tel:\+)[!-~]+", value):
        raise ImproperlyConfigured(
            f"{name} is {value!r}. Use security@example.org, or an https address of a page."
        )
    return value


def path(name, default, *, base):
    """A path; a relative one starts at `base`."""
    try:
        return base / Path(text(name, default)).expanduser()
    except RuntimeError as error:
        raise ImproperlyConfigured(f"{name} begins with the home of nobody known here.") from error


def database(name, default, *, base):
    """Django's settings for `sqlite:///…` or `postgres://…`.

    `sqlite:///a.sqlite3` starts at `base`, `sqlite:////srv/a.sqlite3` at the root.
    """
    value = text(name, default)
    parts = _split(name, value)
    if parts.scheme == "sqlite":
        return _sqlite(name, parts, base)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(name, parts)
    raise ImproperlyConfigured(
        f"{name} is {_masked(parts)!r}. Use sqlite:////srv/evenhand/site.sqlite3 or "
        "postgres://user:password@host:5432/name."
    )


def _sqlite(name, parts, base):
    path = unquote(parts.path)[1:]
    if parts.netloc or not path or path.endswith("/"):
        raise ImproperlyConfigured(f"{name}: name a file, as in sqlite:////srv/site.sqlite3.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path if path == ":memory:" else base / path,
        # To open it and to set the pragmas takes longer than a query.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A write transaction takes its lock at the start: two writers wait for each other
            # and never fail half-way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            # FULL: a comment that was acknowledged survives a power cut, also under WAL.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA busy_timeout=10000;"
            ),
        },
    }


def _postgresql(name, parts):
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name:
        raise ImproperlyConfigured(f"{name}: the name of the database is missing at its end.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def cache(name):
    """Django's settings for `redis://…`; without a value, the memory of each server process."""
    value = text(name, "")
    if not value:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    parts = _split(name, value)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {_masked(parts)!r}. Use redis://host:6379/0.")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": value,
        # A cache that hangs must not hang the site.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }


def email(name):
    """Django's EMAIL_ settings for `smtp://`, `smtp+tls://`, `smtps://` or `console://`."""
    value = text(name, "console://")
    parts = _split(name, value)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} is {_masked(parts)!r}. Use smtp+tls://user:password@host:587, or console://."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        # Without a limit, a mail server that accepts and says nothing stops the worker for good.
        "EMAIL_TIMEOUT": 10,
    }


def _split(name, value):
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (the port is only checked when it is read)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be read as an address: {error}.") from error
    return parts


def _masked(parts):
    """The address without its password, which must not reach a screen or a log."""
    if not parts.password:
        return parts.geturl()
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@")).geturl()
