"""The page cache in one process: what it keeps, for whom, in which form, and until when."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from blog import shared as shared_module
from blog import stamps as stamps_module
from blog.models import Redirect
from blog.shared import STARTED, Shared, shared
from blog.stamps import EVERYTHING, LISTS, NONE, Stamps, article_tag
from comments.models import Comment, Status
from config import page_cache
from config.page_cache import PageCache
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/articles/is-tea-good-for-you/"


def commit():
    """What waits for the end of the transaction, which a test never reaches."""
    waiting, connection.run_on_commit = connection.run_on_commit, []
    for _savepoints, function, _robust in waiting:
        function()


class Silent:
    """Other machines: there are none."""

    def ensure_running(self):
        pass


class Site:
    """The site behind a page cache, asked as a server asks it; counts what reaches Django."""

    def __init__(self, stamps, size=10_000_000):
        self.rendered = []
        django = WSGIHandler()

        def application(environ, start_response):
            self.rendered.append(environ["PATH_INFO"])
            return django(environ, start_response)

        self.cache = PageCache(
            application, stamps, size=size, session_cookie="sessionid", listener=Silent()
        )

    def get(self, path=PAGE, *, method="GET", query="", **headers):
        commit()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.errors": BytesIO(),
        }
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        answer = HttpResponse()
        del answer.headers["Content-Type"]

        def start_response(status, headers, exc_info=None):
            answer.status_code = int(status.split()[0])
            for name, value in headers:
                answer.headers[name] = value

        chunks = self.cache(environ, start_response)
        answer.content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        return answer


def outcome(answer):
    return answer.headers["Cache-Status"].removeprefix("Evenhand; ")


HIT, MISS, BYPASS = "hit", "fwd=miss", "fwd=bypass"


@pytest.fixture(autouse=True)
def one_connection():
    """That of the test, which the end of a request must not close."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def stamps(tmp_path, monkeypatch):
    stamps = Stamps(tmp_path / "stamps")
    monkeypatch.setattr(stamps_module, "stamps", lambda: stamps)
    stamps.trust()
    return stamps


@pytest.fixture
def site(stamps):
    return Site(stamps)


@pytest.fixture
def article():
    return factories.live_article()


# Keeping


def test_the_second_reader_gets_the_same_bytes_without_django(site, article):
    first, second = site.get(), site.get()
    assert (outcome(first), outcome(second)) == (MISS, HIT)
    assert first.content == second.content
    assert b"Is tea good for you?" in second.content
    assert site.rendered == [PAGE]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/how-we-work/", "/topics/digital-health/", "/people/ada-example/", PAGE),
        *(f"{PAGE}comment/", f"{PAGE}comments.atom", "/articles/is-tea-good-for-you.md"),
        *("/feed.atom", "/feed.rss", "/feed.json", "/topics/digital-health/feed.atom"),
        *("/people/ada-example/feed.json", "/llms.txt", "/sitemap.xml"),
        *("/robots.txt", "/humans.txt", "/site.webmanifest"),
    ],
)
def test_every_page_for_readers_is_kept(site, path):
    factories.live_article(author=factories.person(), category=factories.category())
    site.get(path)
    assert outcome(site.get(path)) == HIT


def test_a_kept_page_has_every_header_that_django_gave_it(site, article, client):
    site.get()
    kept, fresh = site.get(), client.get(PAGE)
    for name in fresh.headers:
        if name not in {"Content-Length", "Content-Security-Policy", "Vary"}:
            assert kept.headers[name] == fresh.headers[name], name
    policies = [
        sorted(each.headers["Content-Security-Policy"].split("; ")) for each in (kept, fresh)
    ]
    assert policies[0] == policies[1]
    assert kept.headers["Cache-Tag"] == f"{EVERYTHING},{article_tag(article.pk)}"
    for directive in ("public", "s-maxage=", "stale-while-revalidate=", "stale-if-error="):
        assert directive in kept.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/articles/none/", "/readyz"])
def test_what_is_private_or_not_there_is_not_kept(site, path):
    site.get(path)
    assert outcome(site.get(path)) == BYPASS


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_answered_from_memory(site, article, method):
    site.get()
    answer = site.get(method=method)
    assert outcome(answer) == BYPASS
    assert answer.status_code in {403, 405}


def test_a_head_has_the_headers_and_no_body(site, article):
    whole = site.get()
    head = site.get(method="HEAD")
    assert outcome(head) == HIT
    assert head.content == b""
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(whole.content))


def test_a_head_fills_the_cache_with_the_whole_page(site, article):
    site.get(method="HEAD")
    answer = site.get()
    assert outcome(answer) == HIT
    assert b"</html>" in answer.content


# For whom


def test_staff_neither_fill_it_nor_get_from_it(site, article):
    assert outcome(site.get(cookie="a=b; sessionid=x")) == BYPASS
    assert outcome(site.get()) == MISS
    assert outcome(site.get(cookie="a=b; sessionid=x")) == BYPASS


def test_other_cookies_do_not_split_it(site, article):
    site.get(cookie="csrftoken=x")
    assert outcome(site.get(cookie="theme=dark")) == HIT
    assert outcome(site.get()) == HIT


def test_query_strings_that_mean_nothing_do_not_split_it(site, article):
    first = site.get(query="utm_source=mail&fbclid=1")
    second = site.get(query="gclid=<script>")
    assert (outcome(first), outcome(second)) == (MISS, HIT)
    assert first.content == second.content == site.get().content


def test_query_strings_that_mean_something_do(site, article):
    write, query = f"{PAGE}comment/", f"about={article.sections.first().key}"
    on_the_whole = site.get(write)
    on_a_point = site.get(write, query=f"utm_source=x&{query}")
    assert on_a_point.content != on_the_whole.content
    assert [outcome(site.get(write, query=each)) for each in ("", query)] == [HIT, HIT]


def test_what_another_kind_of_page_looks_at_does_not_split_it(site, article):
    key = article.sections.first().key
    queries = ["", f"about={key}", "after=2", "before=2&about=3"]
    assert [outcome(site.get(query=each)) for each in queries] == [MISS, HIT, HIT, HIT]


@pytest.mark.parametrize("query", ["about=made-up", "about=", "about=made-up&utm_source=x"])
def test_the_form_about_a_point_that_is_none_leads_to_the_form(site, article, query):
    answers = [site.get(f"{PAGE}comment/", query=query) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"{PAGE}comment/"}
    assert [outcome(answer) for answer in answers] == [BYPASS, BYPASS]


def test_of_two_values_of_one_name_the_last_counts(site, article):
    write, key = f"{PAGE}comment/", article.sections.first().key
    answers = [site.get(write, query=f"about=x{n}&about={key}") for n in range(3)]
    assert [outcome(answer) for answer in answers] == [MISS, HIT, HIT]


@pytest.mark.parametrize("path", ["/how-we-work/", "/feed.atom", "/sitemap.xml", "/archive/"])
def test_a_page_without_parameters_has_none(site, article, path):
    answers = [site.get(path, query=f"after={n}&before={n}&about={n}") for n in range(2)]
    assert [outcome(answer) for answer in answers] == [MISS, HIT]


def test_a_query_string_that_is_too_long_is_read_by_the_page_alone(site, article):
    answer = site.get("/", query=f"x={'a' * 2000}&before=nonsense")
    assert (answer.status_code, outcome(answer)) == (404, BYPASS)


def test_an_old_address_keeps_a_query_string_that_we_do_not_know(site, article):
    Redirect.objects.add("/old/", PAGE, by=None)
    answer = site.get("/old/", query="utm_source=mail")
    assert answer.headers["Location"].endswith("?utm_source=mail")
    assert outcome(answer) == BYPASS


def test_a_host_that_is_not_ours_gets_nothing(site, article):
    site.get()
    assert site.get(host="evil.example").status_code == 400


def test_http_and_https_are_kept_apart(site, article):
    site.get()
    assert outcome(site.get(x_forwarded_proto="https")) == MISS


def test_nothing_that_a_visitor_sends_reaches_the_page_of_the_others(site, article):
    site.get(
        referer="https://evil.example/MARK",
        user_agent="MARK",
        accept_language="MARK",
        cookie="a=MARK",
        x_forwarded_host="MARK",
    )
    assert b"MARK" not in site.get().content


def test_a_page_that_sets_a_cookie_is_never_kept(stamps, rf):
    def application(environ, start_response):
        request = rf.get("/")
        request.META = environ
        answer = shared(request, HttpResponse("x"))
        answer.set_cookie("a", "b")
        start_response("200 OK", [*answer.items(), ("Set-Cookie", "a=b")])
        return [answer.content]

    site = Site(stamps)
    site.cache.application = application
    site.get()
    assert outcome(site.get()) == BYPASS


@pytest.mark.parametrize("query", ["&" * 500, "a=1&" * 200, "before=&after", "%", "about=%ff"])
def test_no_query_string_breaks_it(site, article, query):
    for path in (PAGE, "/", f"{PAGE}comment/"):
        assert site.get(path, query=query).status_code in {200, 302, 404}


def test_what_is_not_there_is_looked_for_once_whoever_asks(site):
    site.get("/nothing/", cookie="csrftoken=x", query="utm_source=mail")
    assert site.rendered == ["/nothing/"]


# In which form


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0,gzip; q=0", None),
        ("identity", None),
        ("", None),
        (", ;;q=", None),
    ],
)
def test_everybody_gets_an_encoding_that_they_asked_for(site, article, accepted, encoding):
    plain = site.get().content
    answer = site.get(accept_encoding=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert decode(answer.content) == plain
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_each_encoding_has_a_strong_etag_of_its_own(site, article):
    tags = [site.get(accept_encoding=each).headers["ETag"] for each in ("br", "gzip", "")]
    assert len(set(tags)) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("form", ["{}", 'W/{}, "other"', '"other", {}', "*"])
def test_a_reader_who_has_the_page_gets_a_304(site, article, form):
    known = site.get().headers["ETag"]
    answer = site.get(if_none_match=form.format(known))
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["ETag"] == known
    assert answer.headers["Cache-Control"]
    assert "Content-Type" not in answer.headers


def test_also_when_the_page_has_to_be_rendered_for_that(site, article, stamps):
    known = site.get().headers["ETag"]
    stamps.renew([EVERYTHING])
    answer = site.get(if_none_match=known)
    assert (answer.status_code, outcome(answer)) == (304, MISS)


def test_a_reader_with_another_version_gets_the_page(site, article):
    site.get()
    assert site.get(if_none_match='"other"').status_code == 200


# Until when


def publish_again(article):
    article.title = "Tea, again"
    article.save()
    article.refresh_digest()
    article.publish(by=None)


@pytest.mark.parametrize("path", [PAGE, "/"])
def test_publishing_shows_at_once(site, article, path):
    site.get(path)
    publish_again(article)
    answer = site.get(path)
    assert outcome(answer) == MISS
    assert b"Tea, again" in answer.content


def test_a_rolled_back_change_drops_nothing(site, article, django_db_blocker):

    site.get()
    with transaction.atomic():
        publish_again(article)
        transaction.set_rollback(True)
    assert outcome(site.get()) == HIT


def test_unpublishing_shows_at_once(site, article):
    site.get()
    article.unpublish(by=None)
    assert site.get().status_code == 404


def test_the_trash_shows_at_once(site, article):
    site.get()
    article.trash(by=None)
    assert site.get().status_code == 404


def test_a_limit_of_time_that_is_set_counts_for_pages_that_are_kept(site, article):
    site.get()
    article.expire(by=None, at=timezone.now() + timedelta(hours=1))
    assert outcome(site.get()) == MISS


@pytest.mark.parametrize("moved", [True, False])
def test_an_edition_that_falls_due_shows_at_once(site, article, monkeypatch, moved):
    article.title = "Tea, tomorrow"
    article.save()
    article.refresh_digest()
    due = timezone.now() + timedelta(minutes=10)
    article.schedule(by=None, at=due)
    site.get()
    assert outcome(site.get()) == HIT
    seconds = due.timestamp() + (0.01 if moved else -400)
    monkeypatch.setattr(page_cache.time, "time", lambda: seconds)
    monkeypatch.setattr(
        "django.utils.timezone.now", lambda: due + timedelta(seconds=0.01 if moved else -400)
    )
    answer = site.get()
    assert (outcome(answer) == MISS) is moved
    assert (b"Tea, tomorrow" in answer.content) is moved


def test_what_fell_due_while_the_page_was_rendered_is_not_missed(stamps, article, monkeypatch):
    due = timezone.now() + timedelta(minutes=1)
    article.expire(by=None, at=due)
    site = Site(stamps)
    # The page was asked for just before, and rendered just after.
    began = due.timestamp() - 0.001
    monkeypatch.setattr(page_cache.time, "time", lambda: began)
    site.get("/")
    kept = next(iter(site.cache.pages.values()))
    assert kept.until == due.timestamp()


def test_a_moment_that_another_request_saw_pass_is_not_missed(stamps, article):
    due = timezone.now() + timedelta(minutes=1)
    article.expire(by=None, at=due)

    def at(seconds):
        moment = due + timedelta(seconds=seconds)
        return shared_module.site(SimpleNamespace(META={STARTED: moment.timestamp()}))

    assert at(1).next_change is None
    # It began before that one, and ends after it.
    assert at(-1).next_change == due


def test_a_file_of_stamps_that_cannot_be_used_costs_no_page(client, article, monkeypatch):
    def unusable():
        raise PermissionError("stamps")

    monkeypatch.setattr("blog.shared.stamps", unusable)
    assert client.get(PAGE).status_code == 200


def test_no_page_is_kept_for_long_even_when_nothing_tells_that_it_changed(
    site, article, monkeypatch
):
    site.get()
    later = page_cache.time.time() + page_cache.LONGEST + 1
    monkeypatch.setattr(page_cache.time, "time", lambda: later)
    assert outcome(site.get()) == MISS


def decide(comment, to):
    return Comment.objects.decide(to=to, by=None, seen={comment.pk: comment.version})


def test_a_new_comment_changes_nothing_until_it_is_approved(site, article):
    site.get()
    comment = factories.comment(article)
    assert outcome(site.get()) == HIT
    decide(comment, Status.APPROVED)
    answer = site.get()
    assert outcome(answer) == MISS
    assert comment.text.encode() in answer.content


@pytest.mark.parametrize("away", [Status.REJECTED, Status.SPAM, "withdrawn"])
def test_a_comment_that_goes_is_gone_at_once(site, article, away):
    comment = factories.comment(article, status=Status.APPROVED)
    assert comment.text.encode() in site.get().content
    if away == "withdrawn":
        comment.withdraw()
    else:
        decide(comment, away)
    assert comment.text.encode() not in site.get().content


def test_approving_drops_that_article_alone(site, article):
    other = factories.live_article("Is milk good for you?")
    site.get()
    site.get(other.get_absolute_url())
    decide(factories.comment(article), Status.APPROVED)
    assert outcome(site.get(other.get_absolute_url())) == HIT
    assert outcome(site.get()) == MISS


def test_an_article_is_dropped_with_what_it_names_as_related(site, article):
    other = factories.live_article("Is tea good for cats?")
    publish_again(article)
    assert b"Is tea good for cats?" in site.get().content
    other.unpublish(by=None)
    assert b"Is tea good for cats?" not in site.get().content


def test_an_older_article_learns_at_once_of_a_new_one_that_is_like_it(site, article):
    site.get()
    factories.live_article("Is tea good for cats?")
    assert b"Is tea good for cats?" in site.get().content


def test_saving_a_working_copy_drops_nothing(site, article):
    site.get()
    article.title = "Not yet"
    article.save()
    article.refresh_digest()
    assert outcome(site.get()) == HIT


def test_a_new_address_drops_the_old_page(site, article):
    site.get()
    article.slug = "tea"
    article.save()
    assert site.get().status_code == 301
    assert site.get("/articles/tea/").status_code == 200


@pytest.mark.parametrize("kind", ["person", "category"])
def test_a_person_or_topic_that_changes_shows_at_once(site, kind):
    row = {"person": factories.person, "category": factories.category}[kind]()
    factories.live_article(**{"author" if kind == "person" else "category": row})
    path = row.get_absolute_url()
    site.get(path)
    row.name = "Another name"
    row.save()
    assert b"Another name" in site.get(path).content


# Memory and threads


def test_it_keeps_to_its_size_and_drops_what_nobody_asks_for_first(stamps):
    paths = [factories.live_article(f"Tea {n}").get_absolute_url() for n in range(8)]
    site = Site(stamps, size=200_000)
    for path in paths:
        site.get(paths[0])
        site.get(path)
    assert site.cache.used <= 200_000
    assert site.cache.used == sum(page.size for page in site.cache.pages.values())
    assert outcome(site.get(paths[0])) == HIT
    assert outcome(site.get(paths[1])) == MISS


def test_a_flood_of_addresses_that_are_asked_for_once_leaves_what_readers_want(stamps, article):
    factories.live_article("Another one")
    site = Site(stamps, size=300_000)
    for number in range(60):
        site.get(PAGE)
        site.get("/", query=f"before=2999-01-01-{number}")
    assert site.rendered.count(PAGE) == 1


def test_addresses_without_a_page_take_no_memory(site):
    for number in range(50):
        site.get(f"/articles/none-{number}/")
        site.get("/", query=f"page={number}&x={number}")
    assert len(site.cache.pages) <= 1


def test_while_nobody_listens_to_other_machines_nothing_is_kept(site, article, stamps):
    site.get()
    stamps.distrust()
    assert outcome(site.get()) == MISS
    stamps.renew([EVERYTHING, LISTS])
    assert stamps.numbers[0] == NONE
    site.get()
    assert site.rendered == [PAGE] * 3


def test_a_burst_renders_once(stamps):
    """Without the database, whose tests keep to one thread."""
    rendered = []
    found = Shared((EVERYTHING,), None)

    def application(environ, start_response):
        rendered.append(1)
        time.sleep(0.05)
        environ[page_cache.FOUND] = found
        start_response("200 OK", [("Cache-Control", "public")])
        return [b"page"]

    cache = Site(stamps).cache
    cache.application = application

    def read(_number):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PAGE}
        return b"".join(cache(environ, lambda status, headers: None))

    for _round in range(3):
        rendered.clear()
        stamps.renew([EVERYTHING])
        with ThreadPoolExecutor(50) as readers:
            assert list(readers.map(read, range(200))) == [b"page"] * 200
        assert rendered == [1]


def test_an_error_is_not_kept_and_stops_nobody(site, article, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("blog.views.render", lambda *arguments, **values: 1 / 0)
        assert site.get().status_code == 500
    assert outcome(site.get()) == MISS
