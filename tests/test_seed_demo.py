import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from blog import renditions
from blog.models import Article, Edition, Person, Source
from comments.models import Comment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_renditions(monkeypatch):
    """They take the worker seconds, and no test here looks at them."""
    monkeypatch.setattr(renditions, "FORMATS", {})


def seed(**options):
    out = StringIO()
    call_command("seed_demo", stdout=out, **options)
    return out.getvalue()


def statuses():
    return Counter(row.status for row in Article.objects.with_status())


def test_shows_every_state_of_an_article_and_of_a_comment():
    seed()
    assert statuses() == {"live": 3, "live_with_changes": 1, "draft": 1, "scheduled": 1}
    assert set(Comment.objects.counts().values()) & {0} == set()
    assert Comment.objects.exclude(section_key=None).exists()


def test_every_public_page_of_it_answers(client):
    seed()
    urls = {"/", "/how-we-work/"}
    for edition in Edition.objects.live():
        urls |= {edition.get_absolute_url(), edition.category.get_absolute_url()}
        urls |= {edition.author.get_absolute_url()}
    for url in urls:
        response = client.get(url)
        assert response.status_code == 200
        assert "This is a demo." in response.content.decode()


def test_a_second_run_adds_nothing():
    seed()
    before = [model.objects.count() for model in (Article, Edition, Comment, Person, Source)]
    assert "0 articles and 0 comments added" in seed()
    assert [
        model.objects.count() for model in (Article, Edition, Comment, Person, Source)
    ] == before


def test_it_refuses_beside_other_articles_unless_told():
    factories.article()
    with pytest.raises(CommandError, match="--force"):
        seed()
    assert Article.objects.count() == 1
    seed(force=True)
    assert Article.objects.count() == 7


def test_nothing_in_it_points_to_the_real_world():
    seed()
    hosts = re.compile(r"^https://(\w+\.)?example\.(org|com|net)(/|$)")
    assert all(hosts.match(source.url) for source in Source.objects.all())
    root = Path(__file__).resolve().parent.parent
    for path in [*root.glob("blog/demo/**/*.toml"), root / "comments/demo.toml"]:
        links = re.findall(r"https?://[^\s\"')<]+", path.read_text())
        assert all(hosts.match(link) for link in links), path
        mails = re.findall(r"[\w.+-]+@[\w.-]+", path.read_text())
        assert all(
            mail.split("@")[1] in {"example.org", "example.com", "example.net"} for mail in mails
        )


def test_its_pictures_are_drawn_and_have_their_size():
    seed()
    articles = Article.objects.exclude(image=None)
    sizes = set(articles.values_list("image__width", "image__height"))
    assert sizes == {(1600, 1067)}
    assert not articles.filter(image_alt="").exists()
    for edition in Edition.objects.all():
        image = edition.content.image
        assert (image.width, image.height) == (1600, 1067)


def test_nobody_is_mailed_about_it(mailoutbox):
    seed()
    assert not mailoutbox
