"""`make bench`: Evenhand beside its limits, in one interleaved run; writes bench/results.md.

Needs wrk (Debian: apt-get install wrk). Options: `--seconds`, `--rounds`, `--large` (articles of
the large site), `--folder` (where the databases stay for the next run).
"""

import argparse
import json
import os
import platform
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
WORKERS = 2
# Comments on the article that is measured, by site.
SITES = {"small": 2, "talkative": 1_000, "large": 10_000}


@dataclass
class Server:
    """granian with two workers of one thread each."""

    application: str
    port: int
    env: dict

    def __enter__(self):
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", self.application, "--interface", "wsgi"),
                *("--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"),
                *("--workers", str(WORKERS), "--blocking-threads", "1"),
            ],
            cwd=ROOT,
            env=self.env,
            start_new_session=True,
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self._wait()
        return self

    def __exit__(self, *_error):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)

    def _wait(self):
        for _try in range(300):
            try:
                urlopen(self.url, timeout=5)
            except URLError as error:
                if hasattr(error, "code"):
                    return
                time.sleep(0.1)
            else:
                return
        sys.exit(f"The server of {self.application} did not start.")

    @property
    def workers(self):
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        return [int(pid) for pid in found.stdout.split()]

    def cpu(self):
        """Seconds that its workers have computed."""
        ticks = 0
        for pid in self.workers:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def memory(self):
        """MB of its own that a worker holds."""
        sizes = []
        for pid in self.workers:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            sizes.append(int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]))
        return statistics.mean(sizes) / 1024


@dataclass
class Case:
    name: str
    server: Server
    path: str = "/"
    known: bool = False
    # Somebody with a session, whom the page cache lets through to Django.
    is_staff: bool = False

    def __post_init__(self):
        self.rates, self.costs, self.memory = [], [], 0

    def measure(self, seconds):
        headers = ["-H", "Accept-Encoding: gzip"]
        if self.known:
            headers += ["-H", f"If-None-Match: {self._etag()}"]
        if self.is_staff:
            headers += ["-H", "Cookie: sessionid=of-nobody"]
        url = self.server.url + self.path
        # A reader's request, as there are on any site.
        urlopen(url).close()
        before = self.server.cpu()
        done = subprocess.run(
            ["wrk", "-t1", "-c16", f"-d{seconds}s", *headers, url],
            capture_output=True,
            text=True,
            check=True,
        )
        if "Non-2xx" in done.stdout and not self.known:
            sys.exit(f"{self.name}: {url} answers with errors.\n{done.stdout}")
        requests = int(re.search(r"(\d+) requests in", done.stdout)[1])
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]))
        self.costs.append((self.server.cpu() - before) / requests * 1e6)
        self.memory = self.server.memory()

    def _etag(self):
        asked = Request(self.server.url + self.path, headers={"Accept-Encoding": "gzip"})
        with urlopen(asked) as page:
            return page.headers["ETag"]

    @property
    def rate(self):
        return statistics.median(self.rates)

    @property
    def cost(self):
        return statistics.median(self.costs)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--large", type=int, default=100_000)
    options.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    options = options.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk was not found. Install it (Debian: apt-get install wrk).")
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "small": _site(folder, "small", articles=1_000, comments=10_000),
        "talkative": _site(folder, "talkative", articles=1_000, comments=10_000),
        "large": _site(folder, "large", articles=options.large, comments=10 * options.large),
    }
    with ExitStack() as running:
        cases = _cases(running, made)
        for round_number in range(options.rounds):
            for case in cases:
                print(f"round {round_number + 1}: {case.name} …", file=sys.stderr)
                case.measure(options.seconds)
        report = _report(cases, made, options)
    (ROOT / "bench" / "results.md").write_text(report)
    print(report)


def _env(folder, name):
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1:8000",
        "DATABASE_URL": f"sqlite:///{folder / name}.sqlite3",
        "MEDIA_ROOT": str(folder / "media"),
        "STAMPS_FILE": str(folder / f"{name}.stamps"),
    }


def _site(folder, name, *, articles, comments):
    """The settings of a site, and how many seconds its rows took."""
    env = _env(folder, name)
    seconds_file = folder / f"{name}.json"
    if not seconds_file.exists():
        (folder / f"{name}.sqlite3").unlink(missing_ok=True)
        _manage(env, "migrate", "-v0")
        _manage(env, "collectstatic", "--noinput", "-v0")
        began = time.monotonic()
        sizes = ["--articles", articles, "--comments", comments, "--pending", comments // 100]
        _manage(env, "make_bench_data", *map(str, sizes), "--on-one", str(SITES[name]))
        seconds_file.write_text(json.dumps({"seconds": time.monotonic() - began}))
    return env, json.loads(seconds_file.read_text())["seconds"]


def _manage(env, *arguments):
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=env, check=True)


def _cases(running, made):
    def serve(application, env):
        return running.enter_context(Server(application, _free_port(), env))

    ours = "config.wsgi:application"
    kept = serve(ours, made["small"][0])
    article = _address(made["small"][0])
    page = {"PAGE_URL": kept.url + article}
    bare = serve("bench.bare_wsgi:application", os.environ | page)
    django = serve("bench.bare_django:application", dict(os.environ))
    uncached = {name: serve(ours, env) for name, (env, _seconds) in made.items()}
    settings = {"DJANGO_SETTINGS_MODULE": "bench.without_parts"}
    without_parts = serve(ours, made["small"][0] | settings)
    cases = [
        Case("bare WSGI application, the same bytes", bare),
        Case("cached article", kept, article),
        Case("cached article, 304", kept, article, known=True),
        Case("bare Django view", django),
    ]
    cases += [
        Case(f"uncached article, {SITES[name]:,} comments", server, article, is_staff=True)
        for name, server in uncached.items()
    ]
    name = "uncached article, 2 comments, every part made anew"
    cases.append(Case(name, without_parts, article, is_staff=True))
    for path in LISTS:
        for name in ("small", "large"):
            cases.append(Case(f"uncached {path}, {name} site", uncached[name], path, is_staff=True))
    return cases


LISTS = ["/", "/topics/topic-3/", "/tags/tag-3/", "/people/person-3/", "/archive/2020/"]


def _address(env):
    code = (
        "from blog.models import Article; print(Article.objects.earliest('pk').get_absolute_url())"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


# What is held against what, and the least that is asked for.
def _ratios(cases):
    by_name = {case.name: case for case in cases}

    def rate(name, other):
        return by_name[name].rate / by_name[other].rate

    rows = [
        (
            "cached article / bare WSGI application",
            rate("cached article", "bare WSGI application, the same bytes"),
            "at least 0.75",
        ),
        (
            "cached article, 304 / bare WSGI application",
            rate("cached article, 304", "bare WSGI application, the same bytes"),
            "at least 0.75",
        ),
        (
            "uncached article / bare Django view",
            rate("uncached article, 2 comments", "bare Django view"),
            "at least 0.092: five times Wagtail 8, which reached 0.018 of it",
        ),
    ]
    for comments in (1_000, 10_000):
        rows.append(
            (
                f"time of an uncached article, {comments:,} comments / 2 comments",
                rate("uncached article, 2 comments", f"uncached article, {comments:,} comments"),
                "at most 1.3",
            )
        )
    for path in LISTS:
        rows.append(
            (
                f"time of {path}, large site / small site",
                rate(f"uncached {path}, small site", f"uncached {path}, large site"),
                "at most 1.3",
            )
        )
    return rows


def _report(cases, made, options):
    lines = [
        "# Results",
        "",
        f"Made by `make bench` on {datetime.now(UTC):%d %B %Y}: {options.rounds} interleaved "
        f"rounds of {options.seconds} s each, wrk with 16 connections on the same machine, "
        "medians. Rates depend on the machine; the ratios are what counts.",
        "",
        f"Machine: {_machine()}. Python {platform.python_version()}, granian with {WORKERS} "
        "workers of one thread each, SQLite.",
        "",
        "| case | requests/s | CPU per request, µs | memory of a worker, MB |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {case.name} | {case.rate:,.0f} | {case.cost:,.0f} | {case.memory:,.0f} |"
        for case in cases
    ]
    lines += ["", "| ratio | here | asked for |", "|---|---:|---|"]
    lines += [f"| {name} | {ratio:.2f} | {asked} |" for name, ratio, asked in _ratios(cases)]
    lines += ["", "| data | seconds to make |", "|---|---:|"]
    sizes = {"small": 1_000, "talkative": 1_000, "large": options.large}
    lines += [
        f"| {sizes[name]:,} articles, {10 * sizes[name]:,} comments, {SITES[name]:,} of them on "
        f"one article | {seconds:.0f} |"
        for name, (_env, seconds) in made.items()
    ]
    return "\n".join(lines) + "\n"


def _machine():
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = cpu[1] if cpu else platform.machine()
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GB, {platform.system()}"


if __name__ == "__main__":
    main()
