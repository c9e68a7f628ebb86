import pytest
from django.urls import reverse

from blog.models import Article, Category, Person, Tag
from tests import factories
from tests.forms import fill, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def url(model, page, *args):
    return reverse(f"admin:blog_{model}_{page}", args=args)


@pytest.mark.parametrize("model", [Category, Tag, Person])
def test_a_new_one_gets_the_address_that_is_typed_and_keeps_it_with_another_name(client, model):
    name = model._meta.model_name
    form_id = f"{name}_form"
    data = fill(client.get(url(name, "add")), {"name": "Sleep", "slug": "sleep"}, form_id=form_id)
    assert client.post(url(name, "add"), data).status_code == 302
    row = model.objects.get(slug="sleep")
    page = client.get(url(name, "change", row.pk))
    data = fill(page, {"name": "Rest"}, form_id=form_id)
    assert client.post(url(name, "change", row.pk), data).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.slug) == ("Rest", "sleep")


def test_a_slug_that_is_no_address_is_refused(client):
    data = fill(client.get(url("tag", "add")), {"name": "X", "slug": "a b/c"}, form_id="tag_form")
    assert client.post(url("tag", "add"), data).status_code == 200
    assert not Tag.objects.exists()


def test_the_editorial_team_stays(client):
    team = Person.objects.editorial_team()
    assert client.get(url("person", "delete", team.pk)).status_code == 403
    assert client.post(url("person", "delete", team.pk), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [team.pk], "post": "yes"}
    client.post(url("person", "changelist"), data)
    assert Person.objects.editorial_team() == team


def test_the_address_of_the_editorial_team_stays(client):
    team = Person.objects.editorial_team()
    page = client.get(url("person", "change", team.pk))
    assert "slug" not in read(page, "person_form")[0]
    client.post(url("person", "change", team.pk), {"name": "Us", "slug": "us"})
    assert Person.objects.editorial_team().name == "Us"


@pytest.mark.parametrize("model", ["person", "category"])
def test_the_page_is_linked_only_while_readers_find_it(client, model):
    person, category = factories.person(), factories.category()
    row = {"person": person, "category": category}[model]
    link = f'href="{row.get_absolute_url()}"'
    assert link not in client.get(url(model, "change", row.pk)).content.decode()
    factories.live_article("About tea", author=person, category=category)
    assert link in client.get(url(model, "change", row.pk)).content.decode()


@pytest.mark.parametrize("in_bulk", [True, False])
def test_an_article_whose_tag_is_deleted_has_changes(client, in_bulk):
    tag = Tag.objects.create(name="Tea")
    article = factories.article()
    article.tags.add(tag)
    article.refresh_digest()
    article.publish(by=None)
    if in_bulk:
        data = {"action": "delete_selected", "_selected_action": [tag.pk], "post": "yes"}
        client.post(url("tag", "changelist"), data)
    else:
        client.post(url("tag", "delete", tag.pk), {"post": "yes"})
    assert not Tag.objects.exists()
    assert Article.objects.with_status().get().status == "live_with_changes"


def test_a_person_nobody_refers_to_is_deleted(client):
    person = factories.person()
    client.post(url("person", "delete", person.pk), {"post": "yes"})
    assert not Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("model", ["person", "category"])
def test_one_that_articles_refer_to_stays_and_the_page_says_why(client, model):
    person, category = factories.person(), factories.category()
    factories.live_article("About tea", author=person, category=category)
    row = {"person": person, "category": category}[model]
    page = client.get(url(model, "delete", row.pk))
    assert f"“{row}” is in use, so it cannot be deleted" in page.content.decode()
    assert "About tea" in page.content.decode()
    client.post(url(model, "delete", row.pk), {"post": "yes"})
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("group", ["Author", "Reviewer"])
@pytest.mark.parametrize("model", ["person", "category"])
def test_others_than_editors_change_no_person_and_no_category(client, group, model):
    client.force_login(factories.user("other", group=group))
    row = factories.person() if model == "person" else factories.category()
    assert client.get(url(model, "add")).status_code == 403
    assert client.post(url(model, "add"), {"name": "X", "slug": "x"}).status_code == 403
    assert client.post(url(model, "change", row.pk), {"name": "X"}).status_code == 403
    assert client.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    before = row.name
    row.refresh_from_db()
    assert row.name == before


@pytest.mark.parametrize("model", ["person", "category", "tag"])
def test_without_logging_in_there_is_only_the_login_page(client, model):
    client.logout()
    assert client.get(url(model, "changelist")).url.startswith(reverse("admin:login"))
    assert client.post(url(model, "add"), {"name": "X"}).url.startswith(reverse("admin:login"))
