import logging

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from comments import throttle
from comments.client import client_address
from comments.forms import make_token
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db

# In the middle of a window of ten minutes.
NOON = 1_800_000_000 - 1_800_000_000 % 86_400 + 12 * 3600 + 300


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    """So that a test need not send hundreds of comments."""
    monkeypatch.setattr(throttle, "LIMITS", [(5, 10 * throttle.MINUTE), (20, throttle.DAY)])


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = NOON

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(throttle, "time", clock)
    return clock


@pytest.fixture
def article():
    return factories.live_article()


@pytest.fixture
def send(client, article, clock):
    number = iter(range(1000))

    def send(address="192.0.2.1", text=None, headers=None, **values):
        values = {
            "comment": text or f"Comment {next(number)}",
            "name": "Ada",
            "token": make_token(article.editions.get()),
        } | values
        url = reverse("comments:write", args=[article.slug])
        return client.post(url, values, REMOTE_ADDR=address, headers=headers)

    return send


def statuses(responses):
    return [response.status_code for response in responses]


def test_the_sixth_comment_in_ten_minutes_waits_and_its_text_is_kept(send, clock):
    assert statuses(send() for _ in range(5)) == [303] * 5
    response = send(text="kept words")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "300"
    html = response.content.decode()
    assert "kept words" in html
    assert "send this one again in 5 minutes" in html
    assert '<a href="#comment">' in html
    assert Comment.objects.count() == 5
    clock.now += 300
    assert send(text="kept words").status_code == 303


def test_the_twenty_first_comment_of_a_day_waits_for_the_next(send, clock):
    for _ in range(4):
        assert statuses(send() for _ in range(5)) == [303] * 5
        clock.now += 600
    response = send()
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) == 86_400 - clock.now % 86_400
    clock.now += int(response.headers["Retry-After"])
    assert send().status_code == 303


def test_tries_that_were_refused_do_not_prolong_the_wait(send, clock):
    for _ in range(30):
        send()
    clock.now += 600
    assert send().status_code == 303


def test_another_address_is_unaffected(send):
    for _ in range(6):
        send()
    assert send("192.0.2.2").status_code == 303


def test_duplicates_do_not_count(send):
    for _ in range(20):
        assert send(text="The same").status_code == 303
    assert statuses(send() for _ in range(4)) == [303] * 4
    assert send(text="The same").status_code == 303
    assert send().status_code == 429
    assert send(text="The same").status_code == 303


def test_forms_with_errors_do_not_count(send):
    for _ in range(10):
        assert send(name="").status_code == 422
    assert send().status_code == 303


def test_forging_the_header_does_not_help_without_a_proxy(send):
    for number in range(5):
        send(headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert send(headers={"X-Forwarded-For": "198.51.100.9"}).status_code == 429


def test_forging_the_header_does_not_help_behind_a_proxy(send, settings):
    settings.PROXIES = 1
    for number in range(5):
        send("10.0.0.1", headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
    forged = {"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    assert send("10.0.0.1", headers=forged).status_code == 429
    other = {"X-Forwarded-For": "203.0.113.7, 203.0.113.8"}
    assert send("10.0.0.1", headers=other).status_code == 303


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.1", "192.0.2.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.1, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.1, 203.0.113.1", "198.51.100.1"),
        (2, "203.0.113.1", "192.0.2.1"),
        (1, "nonsense", "None"),
        (1, None, "None"),
    ],
)
def test_the_address_comes_from_the_configured_number_of_proxies(
    settings, proxies, header, address
):
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": header} if header is not None else {}
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").post("/", headers=headers)
    if header is None:
        request.META["REMOTE_ADDR"] = ""
    assert str(client_address(request)) == address


def test_addresses_of_one_ipv6_network_count_as_one(send):
    for number in range(5):
        send(f"2001:db8:0:1::{number}")
    assert send("2001:db8:0:1:ffff::1").status_code == 429
    assert send("2001:db8:0:2::1").status_code == 303


def test_an_ipv4_address_written_as_ipv6_is_the_same_one(send):
    for _ in range(5):
        send("192.0.2.1")
    assert send("::ffff:192.0.2.1").status_code == 429


@pytest.mark.parametrize("fault", [ConnectionError, ValueError, KeyError])
def test_a_cache_that_is_down_lets_the_comment_through_and_says_so_without_details(
    send, monkeypatch, caplog, fault
):
    def fail(*args, **kwargs):
        raise fault("192.0.2.1 PLANTED")

    monkeypatch.setattr(cache, "add", fail)
    caplog.set_level(logging.WARNING, logger="comments")
    assert statuses(send() for _ in range(7)) == [303] * 7
    assert f"Comments are not being counted: {fault.__name__} from the cache." in caplog.messages
    assert "PLANTED" not in caplog.text
    assert "192.0.2" not in caplog.text


def test_without_any_address_the_comment_is_let_through_and_the_operator_told(send, caplog):
    caplog.set_level(logging.WARNING, logger="comments")
    assert statuses(send("") for _ in range(7)) == [303] * 7
    assert "without a network address" in caplog.text


def test_no_address_is_kept_and_its_mark_changes_every_day(send, clock, monkeypatch):
    kept = []
    incr = cache.incr
    monkeypatch.setattr(cache, "incr", lambda key, number: kept.append(key) or incr(key, number))
    send()
    clock.now += throttle.DAY
    send()
    assert len(kept) == 4
    assert "192.0.2" not in str(kept)
    assert len({key.split(":")[-1] for key in kept}) == 2
    fields = {field.name for field in Comment._meta.get_fields()}
    assert not {"ip", "address", "ip_address", "user_agent"} & fields
