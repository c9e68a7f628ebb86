from django.db import migrations


def add_editorial_team(apps, schema_editor):
    apps.get_model("blog", "Person").objects.get_or_create(
        slug="editorial-team",
        defaults={
            "name": "Editorial team",
            "bio": "The editors of this site, together. They answer for articles that no single "
            "person signs.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [("blog", "0001_articles_editions_people")]

    operations = [migrations.RunPython(add_editorial_team, migrations.RunPython.noop)]
