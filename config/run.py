"""`make run`: the site on this machine, for a try or for development. `make demo`: its demo alone.

Prepares what is missing (a file of settings, the database, the demo, staff logins), starts the web
server and the background worker, and ends both together. A server in production runs the same two
commands under its own process manager; docs/operating.md shows how.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from io import StringIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from config import env

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ROLES = {"editor": "Editor", "author": "Author", "reviewer": "Reviewer", "moderator": "Moderator"}


class StartError(Exception):
    """Its text is one sentence for the person at the terminal."""


def main(*, demo_alone=False):
    os.chdir(ROOT)
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Also where the shell that started this ignores Ctrl-C for its background.
        signal.signal(ending, _interrupt)
    try:
        port = None if demo_alone else _port()
        _check_folder()
        _write_env_file(port or 8000)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        if port:
            os.environ["SITE_URL"] = f"http://{HOST}:{port}"
        django.setup()
        if demo_alone:
            return _load_demo()
        _prepare()
        return _serve(port)
    except (StartError, ImproperlyConfigured) as error:
        return f"Evenhand cannot start. {error}"
    except DatabaseError as error:
        return f"Evenhand cannot start. The database of DATABASE_URL does not answer: {error}"
    except OSError as error:
        return f"Evenhand cannot start. {error.filename} cannot be used: {error.strerror}."
    except KeyboardInterrupt:
        return None


def _port():
    port = env.whole_number("PORT", 8000, least=1, most=65535)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(
                f"Port {port} is taken or not allowed. Choose another: make run PORT=8001"
            ) from error
    return port


def _check_folder():
    for folder in (ROOT, ROOT / "var"):
        try:
            folder.mkdir(exist_ok=True)
            probe = folder / f".writable-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StartError(f"The folder {folder} cannot be written to.") from error


def _write_env_file(port):
    path = ROOT / ".env"
    if not path.exists():
        path.write_text(
            "# Written by `make run` for this machine only. A server sets these itself.\n"
            f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
            "ALLOWED_HOSTS=localhost,127.0.0.1\n"
            f"SITE_URL=http://{HOST}:{port}\n",
            encoding="utf-8",
        )
        path.chmod(0o600)


def _prepare():
    """Bring database and static files up to date; print new logins as soon as they exist."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415  (needs django.setup)

    from blog.models import Article  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    _collect_static()
    if not Article.objects.exists():
        call_command("seed_demo", verbosity=0)
    if not get_user_model().objects.exists():
        with transaction.atomic():
            logins = [(name, _add_staff(name, group=group)) for name, group in ROLES.items()]
            logins.append(("admin", _add_staff("admin", superuser=True)))
        _say("Staff logins, made just now; they are shown only this once:")
        _say(*(f"  {name:<10} {password}" for name, password in logins))


def _collect_static():
    """Unless no file has changed since the last time: to compress them all takes seconds."""
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.staticfiles import finders  # noqa: PLC0415

    files = []
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            files.append(f"{name} {found.st_mtime_ns} {found.st_size}")
    state, kept = "\n".join(sorted(files)), settings.STATIC_ROOT / ".collected"
    if not kept.exists() or kept.read_text(encoding="utf-8") != state:
        call_command("collectstatic", verbosity=0, interactive=False)
        kept.write_text(state, encoding="utf-8")


def _load_demo():
    try:
        call_command("migrate", verbosity=0, interactive=False)
        return call_command("seed_demo")
    except CommandError as error:
        return str(error)


def _add_staff(name, **options):
    out = StringIO()
    call_command("add_staff", name, verbosity=0, stdout=out, **options)
    return out.getvalue().strip()


def _serve(port):
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    server = ["-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    server += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
    server += ["config.wsgi:application"]
    worker = ["manage.py", "db_worker", "--interval", "1", "--verbosity", "0"]
    # Ctrl-C reaches this process alone, which then ends the others in order.
    processes = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, *command], env=environment, cwd=ROOT, start_new_session=True
        )
        for command in (server, worker)
    ]
    try:
        _wait_until_ready(port, processes)
        _say_hello(port)
        while all(process.poll() is None for process in processes):
            time.sleep(0.3)
        return "Evenhand stopped: the web server or the background worker ended by itself."
    finally:
        for process in processes:
            _signal(process, signal.SIGTERM)
        for process in processes:
            _end(process)


def _interrupt(signum, frame):
    raise KeyboardInterrupt


def _signal(process, number):
    """To the process and all that it started, which outlive it when it is killed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _end(process):
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    _signal(process, signal.SIGKILL)


def _wait_until_ready(port, processes):
    for _try in range(200):
        if any(process.poll() is not None for process in processes):
            raise StartError("The web server or the worker ended at once; see the lines above.")
        try:
            with urlopen(f"http://{HOST}:{port}/readyz", timeout=5):
                return
        except HTTPError as error:
            if error.code == 400:
                raise StartError(f"ALLOWED_HOSTS does not hold {HOST}. Add it.") from error
            time.sleep(0.1)
        except (URLError, OSError):
            time.sleep(0.1)
    raise StartError("The web server did not answer within 20 seconds.")


def _say_hello(port):
    address = f"http://{HOST}:{port}"
    _say(
        "",
        f"Evenhand runs at {address}/",
        f"The desk for staff:  {address}/admin/",
        "",
        "What to try:",
        "  Read an article and send a comment, without an account.",
        "  Log in as moderator and approve it; it is public at once.",
        "  Log in as editor, write an article with a pro and a con, and publish it.",
        "",
        "Staff logins are shown at the first start. For a new password:",
        "  .venv/bin/python manage.py changepassword editor",
        "",
        "Ctrl-C ends everything.",
    )


def _say(*lines):
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(demo_alone="demo" in sys.argv[1:]))
