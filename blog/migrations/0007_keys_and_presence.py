import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_keys(apps, schema_editor):
    for name in ("Article", "Source"):
        model = apps.get_model("blog", name)
        for row in model.objects.only("pk").iterator():
            model.objects.filter(pk=row.pk).update(key=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0006_article_picture_from_the_library"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "article", "key", models.UUIDField(default=uuid.uuid4, editable=False, null=True)
        ),
        migrations.AddField(
            "source", "key", models.UUIDField(default=uuid.uuid4, editable=False, null=True)
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="blog.article",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"default_permissions": []},
        ),
        migrations.AddConstraint(
            "presence",
            models.UniqueConstraint(fields=("article", "user"), name="presence_once_a_person"),
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
    ]
