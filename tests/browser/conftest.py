"""A real server and a real Chromium, for the tests that only a browser can make.

`site` is the server: its address, the passwords of its staff, and `manage(…)` for anything that
needs the database. `new_page(…)` opens a page; when the test ends, it fails for any violation of
the content security policy and any error in the console of any page that was opened.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import static_files

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
]
# Runs in every page before anything else.
RECORDER = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  const what = [event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber];
  window.violations.push(what.join(" "));
  console.error(`policy: ${what.join(" ")}`);
});
"""
STAFF = {"editor": "Editor", "author": "Author", "reviewer": "Reviewer", "moderator": "Moderator"}
MAKE_STAFF = """
import json, os
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
for name, (password, group) in json.loads(os.environ["STAFF"]).items():
    user = get_user_model().objects.create_user(name, password=password, is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
"""

MAKE_ARTICLE = """
from blog.models import Article, Person, Section
article = Article.objects.create(title={title!r}, author=Person.objects.editorial_team())
kinds = ["pro", "con"] * {points}
for number, kind in enumerate(kinds, 1):
    Section.objects.create(
        article=article, kind=kind, ordering=10 * number, heading=f"{{kind}} point {{number}}",
        body="<p>Some <strong>strong</strong> words.</p>",
    )
article.refresh_digest()
print(article.pk)
"""


def find_chromium():
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named) or named
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    path = find_chromium()
    if path:
        return path
    sentence = "No Chromium was found. Install it, or name it in the variable CHROMIUM."
    if os.environ.get("BROWSER_REQUIRED") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@dataclass(frozen=True)
class Site:
    url: str
    passwords: dict
    env: dict
    log: Path
    process: list = field(default_factory=list)

    def start(self):
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "granian", "config.wsgi:application"),
                    *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"),
                    *("--host", "127.0.0.1", "--port", self.url.rpartition(":")[2]),
                ],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.process.append(process)
        _wait_until_up(self, process)

    def stop(self):
        for process in self.process:
            process.terminate()
            process.wait(timeout=20)
        self.process.clear()

    def manage(self, *arguments, text=None):
        """Run `manage.py`; what it prints is returned, and a failure fails the test."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def shell(self, code):
        """Run Python with the models at hand; what it prints is returned."""
        return self.manage("shell", "--no-imports", "-c", code)


@pytest.fixture(scope="session")
def site(chromium, tmp_path_factory):
    with serve(tmp_path_factory.mktemp("site")) as server:
        yield server


@contextmanager
def serve(folder):
    """A server with an empty database in this folder, with the logins of `STAFF`."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": url,
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "STAMPS_FILE": str(folder / "stamps"),
        "TIME_ZONE": "Europe/London",
        "EMAIL_URL": "console://",
        "CACHE_URL": "",
        "PROXIES": "0",
        "DEMO": "0",
    }
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    env = inherited | settings | {"PYTHONPATH": str(ROOT)}
    passwords = {name: secrets.token_urlsafe(12) for name in STAFF}
    server = Site(url, passwords, env, folder / "server.log")
    server.manage("migrate", "--verbosity", "0")
    static_files.collect(server.env)
    _make_staff(server)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _make_staff(server):

    staff = {name: (server.passwords[name], group) for name, group in STAFF.items()}
    env = server.env | {"STAFF": json.dumps(staff)}
    Site(server.url, {}, env, server.log).shell(MAKE_STAFF)


def _wait_until_up(server, process):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert process.poll() is None, server.log.read_text()
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not answer within 30 s:\n{server.log.read_text()}")


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture
def new_page(site, browser):
    """Opens pages: `new_page(javascript=False, width=390, dark=True)`."""
    contexts, faults = [], []

    def open_page(*, javascript=True, width=1440, height=900, dark=False, touch=False):
        context = browser.new_context(
            base_url=site.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            has_touch=touch,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(RECORDER)
        page = context.new_page()
        page.on("console", lambda message: _note(faults, page, message))
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        return page

    # A test that expects an answer such as 403 takes its line out of here.
    open_page.faults = faults
    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def _note(faults, page, message):
    if message.type == "error":
        faults.append(f"{page.url}: {message.text}")


@pytest.fixture
def log_in(site):
    """`log_in(page, "editor")` goes through the login page to the desk."""

    def go(page, name):
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(site.passwords[name])
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return page

    return go


@pytest.fixture
def make_article(site):
    def make(title, points=1):
        pk = site.shell(MAKE_ARTICLE.format(title=title, points=points)).strip()
        return f"/admin/blog/article/{pk}/change/"

    return make
