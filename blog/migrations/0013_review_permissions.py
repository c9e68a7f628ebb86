from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = {
    "Author": {"view_signoff"},
    "Editor": {"review_article", "view_signoff"},
    "Reviewer": {"review_article", "view_signoff"},
}


def add_permissions(apps, schema_editor):
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
    dependencies = [("blog", "0012_reviews")]

    operations = [migrations.RunPython(add_permissions, migrations.RunPython.noop)]
