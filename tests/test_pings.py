"""IndexNow and WebSub are told what changed: by the worker, in few requests, when they are set."""

import json
import logging
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from blog import pings
from blog.models import Article, Category, Ping
from blog.models.audit import AuditEntry
from config import env
from tests import factories

pytestmark = pytest.mark.django_db

KEY = "0123456789abcdef"
TEA = "http://testserver/articles/tea/"


class Service:
    """A server that keeps what it is told and answers as it is asked to."""

    def __init__(self):
        self.requests, self.answer = [], (200, {})
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.requests.append((self.path, self.headers["Content-Type"], body))
                answer = service.answer
                status, headers = answer(body) if callable(answer) else answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def told(self):
        """The addresses of each request to IndexNow."""
        return [
            json.loads(body)["urlList"]
            for path, _type, body in self.requests
            if path == "/indexnow"
        ]

    @property
    def feeds(self):
        return [parse_qs(body)["hub.url"][0] for _path, _type, body in self.requests]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service():
    running = Service()
    yield running
    running.close()


@pytest.fixture
def worker(settings, monkeypatch):
    """Jobs wait in the database, as they do on a server, until this is called."""
    # It would take away the connection that holds the transaction of the test.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    return lambda: call_command("db_worker", batch=True, interval=0, verbosity=0)


@pytest.fixture
def indexnow(service, settings, worker):
    settings.INDEXNOW_KEY = KEY
    settings.INDEXNOW_URL = f"{service.url}/indexnow"
    return service


@pytest.fixture
def websub(service, settings, worker):
    settings.WEBSUB_HUB = f"{service.url}/hub"
    return service


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)


def forget(worker, service):
    """Let everything so far be told."""
    worker()
    service.requests.clear()


def test_by_default_nothing_is_noted_and_nothing_is_told(service, worker, settings):
    assert (settings.INDEXNOW_KEY, settings.WEBSUB_HUB) == ("", "")
    factories.live_article("Tea").unpublish(by=None)
    worker()
    assert not Ping.objects.exists()
    assert service.requests == []


def test_publishing_tells_indexnow_the_address(indexnow, worker):
    factories.live_article("Tea")
    worker()
    ((path, content_type, body),) = indexnow.requests
    assert path == "/indexnow"
    assert content_type == "application/json; charset=utf-8"
    assert json.loads(body) == {
        "host": "testserver",
        "key": KEY,
        "keyLocation": f"http://testserver/{KEY}.txt",
        "urlList": [TEA],
    }
    assert not Ping.objects.exists()


def test_the_request_that_publishes_uses_no_network(
    client, indexnow, settings, worker, monkeypatch
):
    settings.WEBSUB_HUB = f"{indexnow.url}/hub"
    article = factories.article("Tea")

    def refuse(*arguments, **options):
        raise AssertionError("The network was used.")

    with monkeypatch.context() as offline:
        # All of Python's own clients call it; a database or a cache does not.
        offline.setattr(socket, "create_connection", refuse)
        client.force_login(factories.editor())
        url = reverse("admin:blog_article_changelist")
        data = {"action": "publish_selected", "_selected_action": [article.pk]}
        client.post(url, data)
    assert article.is_public
    assert indexnow.requests == []
    worker()
    assert indexnow.told == [[TEA]]


def test_what_is_rolled_back_was_never_noted(indexnow, worker, monkeypatch):
    article = factories.article("Tea")
    # The trail is written last.
    monkeypatch.setattr(AuditEntry, "record", lambda *arguments, **values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        article.publish(by=None)
    worker()
    assert indexnow.requests == []
    assert not Ping.objects.exists()


def test_many_changes_are_one_request(indexnow, worker):
    for number in range(5):
        factories.live_article(f"Tea {number}")
    Article.objects.first().publish(by=None)
    worker()
    assert len(indexnow.told) == 1
    assert len(indexnow.told[0]) == len(set(indexnow.told[0])) == 5


def test_no_request_has_more_than_the_service_takes(indexnow, worker, monkeypatch):
    monkeypatch.setattr(Ping, "AT_ONCE", 2)
    for number in range(5):
        factories.live_article(f"Tea {number}")
    worker()
    assert [len(urls) for urls in indexnow.told] == [2, 2, 1]


def test_taking_down_is_told(indexnow, worker):
    article = factories.live_article("Tea")
    forget(worker, indexnow)
    article.unpublish(by=None)
    worker()
    assert indexnow.told == [[TEA]]


def test_a_plan_is_told_when_it_is_due_and_not_before(indexnow, worker, monkeypatch):
    moment = timezone.now() + timedelta(hours=1)
    factories.article("Tea").schedule(by=None, at=moment)
    worker()
    assert indexnow.requests == []
    at(monkeypatch, moment + timedelta(seconds=1))
    worker()
    assert indexnow.told == [[TEA]]


def test_a_plan_that_was_dropped_is_never_told(indexnow, worker, monkeypatch):
    article = factories.article("Tea")
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    article.unschedule(by=None)
    at(monkeypatch, timezone.now() + timedelta(hours=2))
    worker()
    assert indexnow.requests == []
    assert not Ping.objects.exists()


def test_a_plan_whose_address_changed_is_told_with_the_new_one(indexnow, worker, monkeypatch):
    article = factories.article("Tea")
    article.schedule(by=None, at=timezone.now() + timedelta(hours=1))
    article.slug = "coffee"
    article.save()
    at(monkeypatch, timezone.now() + timedelta(hours=2))
    worker()
    assert indexnow.told == [["http://testserver/articles/coffee/"]]


def test_the_end_of_an_article_is_told_when_it_comes(indexnow, worker, monkeypatch):
    article = factories.live_article("Tea")
    forget(worker, indexnow)
    article.expire(by=None, at=timezone.now() + timedelta(hours=1))
    worker()
    assert indexnow.requests == []
    at(monkeypatch, timezone.now() + timedelta(hours=2))
    worker()
    assert indexnow.told == [[TEA]]


def test_a_new_address_is_told_with_the_old_one(indexnow, worker):
    article = factories.live_article("Tea", category=factories.category("Drinks"))
    forget(worker, indexnow)
    article.slug = "coffee"
    article.save()
    topic = Category.objects.get()
    topic.slug = "cups"
    topic.save()
    worker()
    assert indexnow.told == [
        [
            TEA,
            "http://testserver/articles/coffee/",
            "http://testserver/topics/drinks/",
            "http://testserver/topics/cups/",
        ]
    ]


def test_the_new_address_of_what_is_not_public_is_told_to_nobody(indexnow, worker):
    article = factories.live_article("Tea")
    article.unpublish(by=None)
    forget(worker, indexnow)
    article.slug = "secret"
    article.save()
    draft = factories.article("Draft")
    draft.slug = "other"
    draft.save()
    worker()
    assert indexnow.requests == []


def test_saving_the_working_copy_and_comments_tell_nothing(indexnow, worker):
    article = factories.live_article("Tea")
    forget(worker, indexnow)
    article.summary = "At the desk."
    article.save()
    factories.approved(article)
    worker()
    assert indexnow.requests == []


def test_a_hub_is_told_the_feeds_that_changed(websub, worker):
    factories.live_article(
        "Tea", author=factories.person("Ada"), category=factories.category("Hot")
    )
    worker()
    assert {(path, kind) for path, kind, _body in websub.requests} == {
        ("/hub", "application/x-www-form-urlencoded")
    }
    assert all("hub.mode=publish" in body for _path, _kind, body in websub.requests)
    assert sorted(websub.feeds) == sorted(
        f"http://testserver{path}feed.{form}"
        for path in ("/", "/topics/hot/", "/people/ada/")
        for form in ("atom", "rss", "json")
    )


def test_a_hub_is_told_each_feed_once_for_many_changes(websub, worker):
    for number in range(4):
        factories.live_article(f"Tea {number}")
    worker()
    assert len(websub.feeds) == len(set(websub.feeds)) == 6


def test_a_feed_that_the_hub_refuses_keeps_no_other_from_it(websub, worker, caplog):
    websub.answer = lambda body: (403 if "feed.atom" in body else 202, {})
    factories.live_article("Tea")
    worker()
    assert len(websub.feeds) == 6
    assert not Ping.objects.exists()
    assert "websub does not want /feed.atom. HTTP 403" in caplog.messages


@pytest.mark.parametrize(("status", "asked"), [(403, 6), (404, 1), (429, 1), (500, 1)])
def test_a_hub_that_takes_nothing_is_asked_again_later(websub, worker, status, asked):
    websub.answer = (status, {})
    factories.live_article("Tea")
    worker()
    assert len(websub.feeds) == asked
    assert Ping.objects.get().attempts == 1


@pytest.mark.parametrize(
    "answer", [(500, {}), (429, {}), (403, {}), (302, {"Location": "http://127.0.0.1:1/"})]
)
def test_a_failure_is_one_line_in_the_log_and_tried_again(
    indexnow, worker, monkeypatch, caplog, answer
):
    indexnow.answer = answer
    factories.live_article("Tea")
    with caplog.at_level(logging.WARNING, logger="blog.pings"):
        worker()
    (record,) = [each for each in caplog.records if each.name == "blog.pings"]
    assert record.getMessage().startswith("indexnow was not told of 1 changes. HTTPError")
    assert "\n" not in record.getMessage()
    assert record.exc_info is None
    worker()
    assert len(indexnow.requests) == 1
    indexnow.answer = (202, {})
    at(monkeypatch, timezone.now() + timedelta(minutes=2))
    worker()
    assert indexnow.told == [[TEA], [TEA]]
    assert not Ping.objects.exists()


def test_after_five_attempts_it_is_given_up(indexnow, worker, monkeypatch):
    indexnow.answer = (500, {})
    factories.live_article("Tea")
    for _attempt in range(9):
        worker()
        at(monkeypatch, timezone.now() + timedelta(hours=7))
    assert len(indexnow.requests) == 5
    assert not Ping.objects.exists()


def test_a_service_that_is_not_there_stops_nothing(indexnow, worker, settings, caplog):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.INDEXNOW_URL = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        factories.live_article("Tea")
        worker()
    assert Ping.objects.get().attempts == 1
    assert "URLError" in caplog.text


def test_a_service_that_says_nothing_is_not_waited_for(indexnow, worker, settings, monkeypatch):
    monkeypatch.setattr(pings, "TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.INDEXNOW_URL = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        factories.live_article("Tea")
        worker()
    assert Ping.objects.get().attempts == 1


def test_what_one_worker_tells_no_other_takes(indexnow):
    factories.live_article("Tea")
    assert len(Ping.objects.claim("indexnow")) == 1
    assert Ping.objects.claim("indexnow") == []


def test_what_is_switched_off_meanwhile_is_not_told(indexnow, worker, settings):
    factories.live_article("Tea")
    settings.INDEXNOW_KEY = ""
    worker()
    assert indexnow.requests == []


def test_the_key_is_at_the_root_and_no_other_is(client, settings):
    settings.INDEXNOW_KEY = KEY
    response = client.get(f"/{KEY}.txt")
    assert response.content.decode() == KEY
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/0123456789abcdee.txt").status_code == 404
    settings.INDEXNOW_KEY = ""
    assert client.get(f"/{KEY}.txt").status_code == 404


def test_an_article_that_is_purged_takes_its_pings_along(indexnow):
    article = factories.live_article("Tea")
    article.trash(by=None)
    Article.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    assert Article.objects.purge() == 1
    assert not Ping.objects.exists()


@pytest.mark.parametrize(
    "value",
    ["https://hub.example.org/", "http://localhost:8080/hub", "http://127.0.0.1/", ""],
)
def test_a_hub_has_an_https_address_or_is_on_this_machine(monkeypatch, value):
    monkeypatch.setenv("WEBSUB_HUB", value)
    assert env.web_address("WEBSUB_HUB", default="") == value


@pytest.mark.parametrize(
    "value",
    [
        "http://hub.example.org/",
        "ftp://hub.example.org/",
        "hub.example.org",
        "https://",
        "https://user:secret@hub.example.org/",
        "https://hub.example.org/a b",
        "http://localhost.example.org/",
        "https://[",
    ],
)
def test_any_other_is_refused_with_a_sentence(monkeypatch, value):
    monkeypatch.setenv("WEBSUB_HUB", value)
    with pytest.raises(ImproperlyConfigured, match="WEBSUB_HUB") as error:
        env.web_address("WEBSUB_HUB", default="")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "value", ["short", "with space in it", "x" * 129, "umlaut-ä-key", "a/b/c/d/e"]
)
def test_a_key_that_is_none_is_refused_with_a_sentence(monkeypatch, value):
    monkeypatch.setenv("INDEXNOW_KEY", value)
    with pytest.raises(ImproperlyConfigured, match="INDEXNOW_KEY"):
        env.indexnow_key("INDEXNOW_KEY")
