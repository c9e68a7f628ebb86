from django.db import migrations

GROUPS = {
    "Author": {"add_image", "change_image", "view_image"},
    "Editor": {"add_image", "change_image", "view_image", "delete_image"},
    "Reviewer": {"view_image"},
}


def add_permissions(apps, schema_editor):
    # Django makes permissions only after all migrations have run; the groups need them now.
    kind, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="blog", model="image"
    )
    permissions = apps.get_model("auth", "Permission").objects
    for name, codenames in GROUPS.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for codename in sorted(codenames):
            permission, _created = permissions.get_or_create(
                content_type=kind,
                codename=codename,
                defaults={"name": f"Can {codename.partition('_')[0]} picture"},
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0013_review_permissions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_permissions, migrations.RunPython.noop)]
