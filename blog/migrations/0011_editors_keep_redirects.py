from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITOR = [
    *(f"{verb}_redirect" for verb in ("add", "change", "delete", "view")),
    "view_auditentry",
]


def add_permissions(apps, schema_editor):
    # Django makes permissions only after all migrations have run; the group needs them now.
    config = apps.get_app_config("blog")
    config.models_module = True
    create_permissions(config, apps=apps, using=schema_editor.connection.alias, verbosity=0)
    config.models_module = None
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name="Editor")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="blog", codename__in=EDITOR
        )
    )


class Migration(migrations.Migration):
    dependencies = [("blog", "0010_redirects")]

    operations = [migrations.RunPython(add_permissions, migrations.RunPython.noop)]
