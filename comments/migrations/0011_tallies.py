import blog.trash
from django.db import migrations, models
from django.db.models import Count

AT_ONCE = 1000


def count(apps, schema_editor):
    db = schema_editor.connection.alias
    approved = apps.get_model("comments", "Comment").objects.using(db).filter(status="approved")
    rows = approved.order_by("article").values_list("article", "section_key")
    tally_of = apps.get_model("comments", "Tally")
    tallies = {}
    for article, key, number in rows.annotate(Count("pk")):
        tally = tallies.setdefault(article, tally_of(article_id=article))
        tally.total += number
        if key:
            tally.by_section[str(key)] = number
    tally_of.objects.using(db).bulk_create(tallies.values(), batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0015_preview_links"),
        ("comments", "0010_comments_go_with_their_article"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=blog.trash.goes_with_its_article,
                        primary_key=True,
                        related_name="comment_tally",
                        serialize=False,
                        to="blog.article",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                (
                    "by_section",
                    models.JSONField(default=dict, help_text="The number for each key of a point."),
                ),
            ],
            options={"verbose_name_plural": "tallies", "default_permissions": []},
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
