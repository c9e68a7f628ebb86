"""Whether lists at 100,000 articles are as fast as at 1,000: `python -m bench.lists small large`.

Each argument is a DATABASE_URL of a database that `manage.py make_bench_data` has filled. Every
page kind is asked for in turns, by Django's test client in a process for each database, with the
time of the whole request; the medians and their ratio are printed. Without arguments it is the
process for one database, which DATABASE_URL names.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, REPEATS = 15, 20
LIMIT = 1.3


def serve():
    """Answer each line, a name of a page, with the median seconds of some requests for it."""
    import django

    django.setup()
    from django.test import Client

    client = Client()
    urls = pages(client)
    print(*urls, flush=True)
    for line in sys.stdin:
        url = urls[line.strip()]
        print(statistics.median(timed(client, url) for _repeat in range(REPEATS)), flush=True)


def timed(client, url):
    start = time.perf_counter()
    response = client.get(url)
    assert response.status_code == 200, url
    return time.perf_counter() - start


def pages(client):
    """The first page of each list, and one far down."""
    from blog.models import Edition

    live = Edition.objects.live().newest_first()
    edition = live[0]
    middle = live.order_by("pk")[live.count() // 2]
    deep = f"?before={middle.published_on}-{middle.pk}"
    firsts = {
        "home": "/",
        "topic": edition.category.get_absolute_url(),
        "tag": f"/tags/{edition.content.tags[0].slug}/",
        "person": edition.author.get_absolute_url(),
        "year": f"/archive/{middle.published_on.year}/",
    }
    deeps = {f"{name}-deep": url + deep for name, url in firsts.items()}
    return firsts | deeps | {"topics": "/topics/", "archive": "/archive/"}


def start(database):
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.lists"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().split()


def ask(process, name):
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def compare(small, large):
    """True if no list is slower in the large database than the limit allows."""
    (one, names), (other, _names) = start(small), start(large)
    found = {name: ([], []) for name in names}
    for _round in range(ROUNDS):
        for name in names:
            found[name][0].append(ask(one, name))
            found[name][1].append(ask(other, name))
    print(f"{'page':12} {'small ms':>9} {'large ms':>9} {'ratio':>6}")
    worst = 0
    for name, (few, many) in found.items():
        before, after = statistics.median(few), statistics.median(many)
        worst = max(worst, after / before)
        print(f"{name:12} {before * 1000:9.2f} {after * 1000:9.2f} {after / before:6.2f}")
    for process in (one, other):
        process.stdin.close()
        process.wait()
    return worst <= LIMIT


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) == 3:
        sys.exit(0 if compare(*sys.argv[1:]) else 1)
    serve()
