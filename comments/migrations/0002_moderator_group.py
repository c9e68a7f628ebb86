from django.contrib.auth.management import create_permissions
from django.db import migrations

MODERATOR = ["view_comment", "change_comment", "view_decision"]


def add_group(apps, schema_editor):
    # Django makes permissions only after all migrations have run; the group needs them now.
    config = apps.get_app_config("comments")
    config.models_module = True
    create_permissions(config, apps=apps, using=schema_editor.connection.alias, verbosity=0)
    config.models_module = None
    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name="Moderator")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="comments", codename__in=MODERATOR
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0001_comments_decisions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_group, migrations.RunPython.noop)]
