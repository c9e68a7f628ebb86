"""How much a reader's browser has to fetch and to wait for. Bytes as they go over the wire."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from blog.models import Image
from comments.models import Comment
from config import stylesheet
from tests import factories

pytestmark = pytest.mark.django_db
KB = 1024


def compressed(data):
    return len(gzip.compress(data, 9))


def static(url):
    path = finders.find(url.removeprefix("/static/"))
    assert path, f"{url} is not there"
    return Path(path).read_bytes()


@pytest.fixture
def html(client):
    """An article of usual length with two comments, as it is imported."""
    path = "tests/imports/plain_model_form.txt"
    call_command("import_article", path, "--publish", "--approve-comments", stdout=None)
    article = Comment.objects.first().article
    for number, row in enumerate(article.sections.all()):
        row.body = "".join(f"<p>{number} {part} {'words of some kind ' * 40}</p>" for part in "abc")
        row.save()
    article.refresh_digest()
    article.publish(by=None)
    while article.comments.count() < 2:
        factories.approved(article, text=f"One more {article.comments.count()}")
    return client.get(article.get_absolute_url()).content.decode()


def test_a_whole_article_has_at_most_40_kb(html):
    links = re.findall(r'(?:<link rel="stylesheet" href|<script [^>]*src)="([^"]+)"', html)
    assert len(links) == 4
    total = compressed(html.encode()) + sum(compressed(static(link)) for link in links)
    assert total <= 40 * KB


def test_at_most_two_files_are_waited_for(html):
    sheets = re.findall('<link rel="stylesheet"', html)
    scripts = [tag for tag in re.findall("<script[^>]*>", html) if "application/ld+json" not in tag]
    blocking = [tag for tag in scripts if "blocking=" in tag]
    classic = [tag for tag in scripts if 'type="module"' not in tag]
    assert len(sheets) + len(blocking) + len(classic) <= 2


def test_the_style_sheet_has_at_most_5_kb_and_no_comment():
    css = stylesheet.build().encode()
    assert compressed(css) <= 5 * KB
    assert b"/*" not in css
    assert b"\n" not in css


def test_all_scripts_together_have_at_most_10_kb_as_they_are():
    scripts = list((settings.BASE_DIR / "static/js/reader").glob("*.js"))
    assert len(scripts) == 3
    assert sum(len(path.read_bytes()) for path in scripts) <= 10 * KB


def test_a_picture_on_a_phone_is_fetched_in_a_small_copy(client):
    row = factories.article()
    name = f"images/{'0a' * 16}.jpg"
    row.image = Image.objects.create(file=name, width=1600, height=1067, name="A cup")
    row.image_alt = "A cup"
    row.save()
    row.refresh_digest()
    row.publish(by=None)
    html = client.get(row.get_absolute_url()).content.decode()
    sizes = re.search(r'sizes="(\([^"]+)"', html)[1]
    assert sizes.endswith(", 60vw")
    # 390 px with three dots to each: the copy of 800, and with two dots that of 480.
    widths = [int(width) for width in re.findall(r"-(\d+)\.avif", html)]
    chosen = [min(width for width in widths if width >= 390 * 0.6 * dots) for dots in (1, 2, 3)]
    assert chosen == [480, 480, 800]
    hero = re.search(r"<figure.*?</figure>", html, re.DOTALL)[0]
    assert 'fetchpriority="high"' in hero
    assert "lazy" not in hero
    assert 'width="1600" height="1067"' in hero


# The one style sheet


def test_minifying_keeps_what_the_sheet_says():
    css = """
      /* a
         b */
      a :is(b, c):hover > d { color: red; content: "/ "; }
      @media print, (x: 1) { e { f: calc(1px + 2px); } }
    """
    assert stylesheet.minified(css) == (
        'a :is(b,c):hover > d{color:red;content:"/ "}@media print,(x:1){e{f:calc(1px + 2px)}}'
    )


def test_it_holds_every_rule_of_its_parts():
    built = stylesheet.build()
    for part in stylesheet.PARTS:
        source = (settings.BASE_DIR / f"static/css/{part}.css").read_text()
        for name in re.findall(r"^\.([a-z-]+)", source, flags=re.MULTILINE):
            assert f".{name}" in built
    assert built.count("{") == built.count("}")


def test_the_server_of_development_and_collectstatic_find_it(settings, tmp_path):
    assert Path(finders.find("css/site.css")).read_text() == stylesheet.build()
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", "--noinput", verbosity=0)
    assert (tmp_path / "css/site.css").read_text() == stylesheet.build()
