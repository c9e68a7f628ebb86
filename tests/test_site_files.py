"""The files that machines look for at the root of the site, and /llms.txt."""

import json
import re
import struct
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from blog import llms
from config import env, site_files
from tests import factories

pytestmark = pytest.mark.django_db


def text(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert not client.cookies
    return response.content.decode()


def test_robots_may_read_what_is_public_and_nothing_else(client):
    rules = RobotFileParser()
    lines = text(client, "/robots.txt").splitlines()
    rules.parse(lines)
    for path in ("/", "/articles/tea/", "/feed.atom", "/articles/tea.md", "/media/images/a.jpg"):
        assert rules.can_fetch("any", path), path
    for path in ("/admin/", "/preview/x/", "/comments/x/"):
        assert not rules.can_fetch("any", path), path
    assert "Disallow: /articles/*/comment/" in lines
    assert rules.site_maps() == ["http://testserver/sitemap.xml"]


def test_humans_are_told_who_writes(client):
    assert "http://testserver/how-we-work/" in text(client, "/humans.txt")


def test_without_a_contact_there_is_no_security_file(client):
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_security_file_has_what_the_standard_asks_for(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    lines = text(client, "/.well-known/security.txt").splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"] == "mailto:security@example.org"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    left = datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert timedelta(days=150) < left < timedelta(days=370)


def test_it_never_expires_and_changes_twice_a_year():
    day, found = datetime(2027, 1, 1, tzinfo=UTC), []
    while day.year < 2029:
        expiry = datetime.fromisoformat(site_files.expiry(day))
        assert timedelta(days=150) < expiry - day < timedelta(days=367)
        found.append(expiry)
        day += timedelta(days=1)
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("value", "contact"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        ("https://example.org/report", "https://example.org/report"),
        ("tel:+44-20-7946-0000", "tel:+44-20-7946-0000"),
        ("", ""),
    ],
)
def test_a_contact_is_an_address_of_some_kind(monkeypatch, value, contact):
    monkeypatch.setenv("SECURITY_CONTACT", value)
    assert env.contact("SECURITY_CONTACT") == contact


@pytest.mark.parametrize(
    "value",
    ["nobody", "http://example.org/", "a@b@c", "mailto:x", "https://a b", "tel:5"],
)
def test_anything_else_is_refused_with_a_sentence(monkeypatch, value):
    monkeypatch.setenv("SECURITY_CONTACT", value)
    with pytest.raises(ImproperlyConfigured, match="SECURITY_CONTACT"):
        env.contact("SECURITY_CONTACT")


def test_the_favicon_is_an_icon_of_three_sizes(client):
    response = client.get("/favicon.ico")
    assert response.headers["Content-Type"] == "image/x-icon"
    assert struct.unpack("<HHH", response.content[:6]) == (0, 1, 3)
    assert Image.open(BytesIO(response.content)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_touch_icon_is_a_picture_without_holes(client):
    response = client.get("/apple-touch-icon.png")
    assert response.headers["Content-Type"] == "image/png"
    icon = Image.open(BytesIO(response.content))
    assert icon.size == (180, 180)
    assert not icon.has_transparency_data


def test_the_manifest_names_icons_that_are_there(client):
    response = client.get("/site.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert manifest["name"] == "Evenhand"
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    for icon in manifest["icons"]:
        path = Path(project.BASE_DIR) / icon["src"].lstrip("/")
        assert "x".join(map(str, Image.open(path).size)) == icon["sizes"]


def test_its_colours_are_those_of_the_pages(client):
    tokens = (Path(project.BASE_DIR) / "static/css/tokens.css").read_text()
    light, dark = re.search(r"--paper: light-dark\((.+?), (.+?)\)", tokens).groups()
    assert json.loads(client.get("/site.webmanifest").content)["theme_color"] == light
    page = client.get("/").content.decode()
    for colour, scheme in ((light, "light"), (dark, "dark")):
        assert f'content="{colour}" media="(prefers-color-scheme: {scheme})"' in page


def test_every_page_leads_to_the_icons(client):
    for path in ("/", "/how-we-work/", "/nothing/"):
        page = client.get(path).content.decode()
        for link in ("/favicon.ico", "/apple-touch-icon.png", "/site.webmanifest"):
            assert f'href="{link}"' in page


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/humans.txt", "/favicon.ico", "/site.webmanifest", "/llms.txt"]
)
def test_they_are_the_same_for_everybody_and_only_to_be_read(client, path):
    first = client.get(path).content
    client.force_login(factories.editor())
    assert client.get(f"{path}?x=1", headers={"host": "localhost"}).content == first
    assert client.post(path).status_code == 405


# /llms.txt


def test_llms_txt_lists_live_articles_as_markdown_by_topic(client):
    factories.live_article("Tea [1]", summary="Yes,\nit is.", category=factories.category("Drinks"))
    factories.live_article("Alone", summary="")
    factories.article("Draft")
    lines = text(client, "/llms.txt").splitlines()
    assert lines[0] == "# Evenhand"
    assert lines[2].startswith("> ")
    tea = r"- [Tea \[1\]](http://testserver/articles/tea-1.md): Yes, it is."
    assert lines[lines.index("## Drinks") + 2] == tea
    alone = "- [Alone](http://testserver/articles/alone.md)"
    assert lines[lines.index("## Other articles") + 2] == alone
    assert not any("Draft" in line for line in lines)
    assert "- [Addresses of all articles](http://testserver/sitemap.xml)" in lines


def test_llms_txt_is_bounded(client, monkeypatch):
    monkeypatch.setattr(llms, "LISTED", 2)
    for number in range(4):
        factories.live_article(f"Article {number}")
    with CaptureQueriesContext(connection) as queries:
        listed = text(client, "/llms.txt")
    assert re.findall(r"Article \d", listed) == ["Article 3", "Article 2"]
    assert len(queries) == 2


def test_topics_of_one_name_in_two_places_of_the_list_stand_together(client):
    tea, coffee = factories.category("Tea"), factories.category("Coffee")
    for number, topic in enumerate([tea, coffee, tea]):
        factories.live_article(f"Article {number}", category=topic)
    assert text(client, "/llms.txt").count("## Tea") == 1
