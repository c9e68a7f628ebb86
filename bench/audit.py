"""`make audit`: what others' tools say about every kind of page; writes bench/audit.md.

Needs Node.js, a Java and a Chromium. Starts the site with its demo and asks html-validate, the Nu
HTML checker, axe-core and Lighthouse, and weighs what goes over the wire. Ends with status 1 when
anything is below what is asked for. `--only` takes a part: markup, axe, lighthouse, weight.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import sync_playwright

from bench.site import demo_site, find_chromium

HERE = Path(__file__).resolve().parent / "audit"
MODULES = HERE / "node_modules"
ARTICLE = "/articles/social-media-in-healthcare/"
# Every kind of page that readers get.
PAGES = {
    "home": "/",
    "article": ARTICLE,
    "topics": "/topics/",
    "topic": "/topics/digital-health/",
    "person": "/people/ada-example/",
    "tag": "/tags/privacy/",
    "archive": "/archive/",
    "year": "/archive/2026/",
    "search": "/search/?q=health",
    "search without a word": "/search/",
    "how we work": "/how-we-work/",
    "comment form": f"{ARTICLE}comment/",
    "comments": f"{ARTICLE}comments/",
    "not found": "/nowhere/",
}
SCORED = ["home", "article", "topic", "person", "search"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = "tags => axe.run({runOnly: {type: 'tag', values: tags}})"


class Report:
    def __init__(self):
        self.lines, self.faults = [], []

    def add(self, line):
        self.lines.append(line)
        print(line, flush=True)

    def check(self, name, found, *, is_good):
        self.add(f"| {name} | {found} | {'' if is_good else '**below**'} |")
        if not is_good:
            self.faults.append(name)

    def head(self, title, *columns):
        self.add("")
        self.add(f"## {title}")
        self.add("")
        self.add(f"| {' | '.join(columns)} | |")
        self.add("|---" * (len(columns) + 1) + "|")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    parts = {"markup": markup, "axe": axe, "weight": weight, "lighthouse": lighthouse}
    options.add_argument("--only", choices=parts)
    only = options.parse_args().only
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if not MODULES.exists():
        subprocess.run(npm, cwd=HERE, check=True)
    report = Report()
    report.add("# What others' tools say")
    report.add("")
    report.add("Made by `make audit`, on the demo. An empty last column: as asked for.")
    with tempfile.TemporaryDirectory() as folder, demo_site(Path(folder)) as url:
        for name, part in parts.items():
            if only in (None, name):
                part(report, url)
    if not only:
        (HERE.parent / "audit.md").write_text("\n".join(report.lines) + "\n")
    if report.faults:
        sys.exit(f"Below what is asked for: {', '.join(report.faults)}")


def _open(url, **headers):
    try:
        return urlopen(Request(url, headers=headers))
    except OSError as error:
        if hasattr(error, "code"):
            return error
        raise


def markup(report, url):
    report.head("Markup", "page", "html-validate and Nu: errors")
    with tempfile.TemporaryDirectory() as folder:
        for name, path in PAGES.items():
            file = Path(folder) / f"{name.replace(' ', '-')}.html"
            with _open(url + path) as page:
                file.write_bytes(page.read())
            found = [*_html_validate(file), *_nu(file)]
            for line in found:
                print(f"    {line}", file=sys.stderr)
            report.check(name, len(found), is_good=not found)


def _html_validate(file):
    command = [MODULES / ".bin" / "html-validate", "--config", HERE / "htmlvalidate.json"]
    done = subprocess.run([*command, "-f", "json", file], capture_output=True, text=True)
    results = json.loads(done.stdout or "[]")
    return [
        f"{each['line']}: {each['message']} ({each['ruleId']})"
        for result in results
        for each in result["messages"]
        if each["severity"] == 2
    ]


def _nu(file):
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", jar, "--errors-only", "--format", "json", file]
    done = subprocess.run(command, capture_output=True, text=True)
    return [
        f"{each.get('lastLine')}: {each['message']} (Nu)"
        for each in json.loads(done.stderr)["messages"]
    ]


def axe(report, url):
    report.head("Accessibility", "page", "axe-core, WCAG 2.2 AA and best practice: violations")
    script = (MODULES / "axe-core" / "axe.min.js").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            for width in (1440, 390):
                context = browser.new_context(
                    bypass_csp=True,
                    color_scheme=scheme,
                    viewport={"width": width, "height": 900},
                )
                for name, path in PAGES.items():
                    page = context.new_page()
                    page.goto(url + path)
                    page.evaluate(script)
                    found = page.evaluate(AXE, TAGS)["violations"]
                    for each in found:
                        nodes = [node["target"] for node in each["nodes"]]
                        print(f"    {each['id']}: {each['help']} {nodes[:3]}", file=sys.stderr)
                    report.check(f"{name}, {scheme}, {width} px", len(found), is_good=not found)
                    page.close()
                context.close()
        browser.close()


def weight(report, url):
    report.head("Weight over the wire, gzip", "what", "bytes")
    html = _bytes(url + ARTICLE)
    with _open(url + ARTICLE) as page:
        text = page.read().decode()
    sheets = re.findall(r'<link rel="stylesheet"[^>]* href="([^"]+)"', text)
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', text)
    files = {path: _bytes(urljoin(url, path)) for path in [*sheets, *scripts]}
    total = html + sum(files.values())
    report.check("article: HTML, CSS and JavaScript", f"{total:,}", is_good=total <= 40_000)
    scripts = re.findall(r"<script[^>]*>", text)
    blocking = [each for each in scripts if 'blocking="render"' in each]
    blocking += [each for each in scripts if not re.search("module|async|defer|ld.json", each)]
    blocking = len(sheets) + len(blocking)
    report.check("article: requests that block rendering", blocking, is_good=blocking <= 2)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
        page = context.new_page()
        sizes = []
        page.on(
            "requestfinished",
            lambda request: sizes.append(
                (request.sizes()["responseBodySize"], urlsplit(request.url).path)
            ),
        )
        page.goto(url + ARTICLE, wait_until="networkidle")
        whole = sum(size for size, _path in sizes)
        for size, path in sorted(sizes, reverse=True):
            print(f"    {size:>8,} {path}", file=sys.stderr)
        report.check("article with its picture, 390 px", f"{whole:,}", is_good=whole <= 100_000)
        browser.close()


def _bytes(url):
    with _open(url, **{"Accept-Encoding": "gzip"}) as answer:
        return len(answer.read())


def lighthouse(report, url):
    report.head("Lighthouse, mobile", "page", *CATEGORIES, "CLS")
    environment = os.environ | {"CHROME_PATH": find_chromium()}
    for name in SCORED:
        command = [
            *(MODULES / ".bin" / "lighthouse", url + PAGES[name], "--quiet"),
            *("--output=json", "--output-path=stdout"),
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage "
            "--disable-background-networking --disable-component-update --no-first-run",
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            sys.exit(done.stderr)
        found = json.loads(done.stdout)
        scores = [round(100 * found["categories"][each]["score"]) for each in CATEGORIES]
        shift = found["audits"]["cumulative-layout-shift"]["numericValue"]
        for audit in found["audits"].values():
            if (
                audit["score"] is not None
                and audit["score"] < 1
                and audit.get("scoreDisplayMode") != "informative"
            ):
                print(
                    f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}",
                    file=sys.stderr,
                )
        shown = " | ".join(map(str, [*scores, round(shift, 3)]))
        report.check(name, shown, is_good=min(scores) == 100 and shift < 0.0005)


if __name__ == "__main__":
    main()
