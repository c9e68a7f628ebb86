"""The page cache as it runs: several server processes, another process that writes, two machines.

A machine is a server with a file of stamps of its own; on PostgreSQL two share a database.
"""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from tests import static_files

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = 2
PAGE = "/articles/tea/"

# Runs line after line of Python, each of which is committed when "done" comes back.
WRITER = """
import sys, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from blog.models import *
from comments.models import Comment
names = globals()
for line in sys.stdin:
    exec(line.strip().replace("; ", chr(10)), names)
    print("done", flush=True)
"""
START = (
    "tea = Article.objects.create(title='Tea', author=Person.objects.editorial_team()); "
    "keep = dict(article=tea, body='<p>Words.</p>'); "
    "Section.objects.create(kind='pro', heading='It warms', ordering=10, **keep); "
    "Section.objects.create(kind='con', heading='It cools', ordering=20, **keep); "
    "tea.refresh_digest(); tea.publish(by=None)"
)
RETITLE = "tea.title = {title!r}; tea.save(); tea.refresh_digest()"
SEND = "sent = Comment.objects.create(article=tea, name='Ada', text={text!r})"
MOVE = "Comment.objects.decide(to={to!r}, by=None, seen={{sent.pk: sent.version}})"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Writer:
    """A process beside the servers, as the worker and the commands are."""

    def __init__(self, env):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def stop(self):
        self.process.communicate(timeout=10)


class Server:
    def __init__(self, env, folder, *, port):
        self.port = port
        self.env = env | {"STAMPS_FILE": str(folder / f"stamps-{port}")}
        self.log = (folder / f"{port}.log").open("w")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "config.wsgi:application"),
                *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", str(PROCESSES), "--blocking-threads", "1"),
            ],
            cwd=ROOT,
            env=self.env,
            stdout=self.log,
            stderr=self.log,
        )

    def get(self, path=PAGE, **headers):
        """(status, what the page cache did, body), over a connection of its own."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asked.request("GET", path, headers=headers)
            answer = asked.getresponse()
            did = answer.headers.get("Cache-Status", "").removeprefix("Evenhand; ")
            return answer.status, did.split(";")[0], answer.read().decode()
        finally:
            asked.close()

    def burst(self, number, path=PAGE):
        with ThreadPoolExecutor(16) as readers:
            return list(readers.map(lambda _number: self.get(path), range(number)))

    def wait(self, is_reached=lambda answer: answer[0] == 200, path=PAGE):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if is_reached(self.get(path)):
                    return
            except OSError:
                assert self.process.poll() is None
            time.sleep(0.05)
        pytest.fail(f"Not reached: {self.get(path)[:2]}")

    def warm(self, path=PAGE):
        """Until every process has the page in its memory."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if {did for _status, did, _body in self.burst(40, path)} == {"hit"}:
                return
        pytest.fail("The pages are not kept.")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@contextmanager
def database(folder):
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    name = f"evenhand_pages_{secrets.token_hex(4)}"
    _on_postgresql(f"CREATE DATABASE {name}")
    try:
        yield os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    finally:
        _on_postgresql(f"DROP DATABASE {name} WITH (FORCE)")


def _on_postgresql(statement):
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(scope="module")
def machines(django_db_setup, django_db_blocker, tmp_path_factory):
    """A server and the writer of its machine, and what is needed to start another machine."""
    folder = tmp_path_factory.mktemp("pages")
    with django_db_blocker.unblock(), database(folder) as url:
        ports = [free_port(), free_port()]
        env = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": f"http://127.0.0.1:{ports[0]}",
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "DEBUG": "0",
        }
        migrate = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        static_files.collect(env)
        here = Server(env, folder, port=ports[0])
        writer = Writer(here.env)
        try:
            writer.do(START)
            here.wait()
            yield here, writer, lambda: Server(env, folder, port=ports[1])
        finally:
            writer.stop()
            here.stop()


def test_what_another_process_changes_every_server_process_serves_at_once(machines):
    here, writer, _start_another = machines
    steps = [
        (RETITLE.format(title="Green tea") + "; tea.publish(by=None)", "Green tea", True),
        (SEND.format(text="A new voice."), "A new voice.", False),
        (MOVE.format(to="approved"), "A new voice.", True),
        ("sent.refresh_from_db(); sent.withdraw()", "A new voice.", False),
        ("tea.unpublish(by=None)", "It warms", False),
        ("tea.publish(by=None)", "It warms", True),
        ("tea.slug = 'other'; tea.save()", "It warms", False),
        ("tea.slug = 'tea'; tea.save()", "It warms", True),
    ]
    for line, words, are_there in steps:
        here.get()
        here.burst(10)
        writer.do(line)
        bodies = [body for _status, _did, body in here.burst(60)]
        assert all((words in body) is are_there for body in bodies), line


def test_a_burst_after_a_change_renders_once_in_each_process(machines):
    here, writer, _start_another = machines
    here.warm()
    writer.do(RETITLE.format(title="Black tea") + "; tea.publish(by=None)")
    answers = here.burst(1000)
    assert all("Black tea" in body for _status, _did, body in answers)
    did = Counter(did for _status, did, _body in answers)
    assert set(did) <= {"hit", "fwd=miss"}
    assert 1 <= did["fwd=miss"] <= PROCESSES


def test_a_planned_edition_is_there_the_moment_it_is_due(machines):
    here, writer, _start_another = machines
    writer.do(RETITLE.format(title="Red tea"))
    writer.do("due = timezone.now() + timedelta(seconds=2); tea.schedule(by=None, at=due)")
    here.warm()
    assert not any("Red tea" in body for _status, _did, body in here.burst(20))
    here.wait(lambda answer: "Red tea" in answer[2])
    # One process has it, so it is due, and none may be behind.
    assert all("Red tea" in body for _status, _did, body in here.burst(60))
    here.warm()


def test_staff_get_the_page_from_django_itself(machines):
    here, _writer, _start_another = machines
    here.warm()
    assert here.get(Cookie="sessionid=anything")[1] == "fwd=bypass"


def test_other_machines_hear_of_it(machines):
    if connection.vendor != "postgresql":
        pytest.skip("Several machines share a database only on PostgreSQL.")
    here, writer, start_another = machines
    there = start_another()
    try:
        there.wait()
        for server in (here, there):
            server.warm()
        writer.do(RETITLE.format(title="Yellow tea") + "; tea.publish(by=None)")
        there.wait(lambda answer: "Yellow tea" in answer[2])
        assert all("Yellow tea" in body for _status, _did, body in there.burst(60))
    finally:
        there.stop()


def test_a_machine_that_cannot_hear_the_others_keeps_no_page(machines):
    if connection.vendor != "postgresql":
        pytest.skip("Several machines share a database only on PostgreSQL.")
    here, writer, _start_another = machines
    here.warm()
    writer.do(
        "from django.db import connection; "
        'connection.cursor().execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        "WHERE datname = current_database() AND query LIKE 'LISTEN%' OR query = 'SELECT 1'\")"
    )
    here.wait(lambda answer: answer[1] == "fwd=miss")
    # It connects again by itself.
    here.warm()
