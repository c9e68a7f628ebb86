from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITING = ["add_article", "change_article", "view_article", "add_tag", "view_tag"]
READING = ["view_article", "view_category", "view_edition", "view_person", "view_tag"]
EDITING = [
    *(f"{verb}_{model}" for verb in ("add", "change", "delete") for model in ("category", "tag")),
    *("add_person", "change_person", "delete_person", "delete_article", "publish_article"),
]

GROUPS = {
    "Author": {*WRITING, *READING},
    "Editor": {*WRITING, *READING, *EDITING},
    "Reviewer": {*READING},
}


def add_groups(apps, schema_editor):
    # Django makes permissions only after all migrations have run; the groups need them now.
    config = apps.get_app_config("blog")
    config.models_module = True
    create_permissions(config, apps=apps, using=schema_editor.connection.alias, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="blog"
    )
    for name, codenames in GROUPS.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0002_editorial_team"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_groups, migrations.RunPython.noop)]
