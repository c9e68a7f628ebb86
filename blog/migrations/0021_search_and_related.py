import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

import blog.models.search
import blog.trash
from blog import search
from blog.content import Content

COLUMNS = ["title", "headings", "themes", "words", "labels"]


def make_table(apps, schema_editor):
    """The one table that is not the same on every database."""
    if schema_editor.connection.vendor == "sqlite":
        # Only letters, digits and what labels are made of come in, so that every word is one token.
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE blog_searchentry USING fts5({', '.join(COLUMNS)}, "
            "tokenize = \"ascii tokenchars '#-_'\", detail = column, prefix = '2 4')"
        )
        return
    columns = ", ".join(f"{name} text NOT NULL" for name in COLUMNS)
    schema_editor.execute(f"CREATE TABLE blog_searchentry (rowid bigint PRIMARY KEY, {columns})")
    for name in COLUMNS:
        vector = blog.models.search.VECTOR % f'"{name}"'
        schema_editor.execute(
            f"CREATE INDEX blog_searchentry_{name} ON blog_searchentry USING gin (({vector})) "
            # Otherwise every search reads what was published since the last vacuum.
            "WITH (fastupdate = off)"
        )


def drop_table(apps, schema_editor):
    schema_editor.execute("DROP TABLE blog_searchentry")


def index_what_is_public(apps, schema_editor):
    """So that search works from the first minute. `manage.py rebuild_search` relates articles."""
    edition_model = apps.get_model("blog", "Edition")
    entry_model, spelling_model = (apps.get_model("blog", n) for n in ("SearchEntry", "Spelling"))
    open_end = models.Q(live_until=None) | models.Q(live_until__gt=timezone.now())
    public = edition_model.objects.filter(open_end, live_from__isnull=False)
    written = set()
    for edition in public.iterator(chunk_size=200):
        columns, found = search.entry(Content.from_json(edition.data), edition.category_id)
        entry_model.objects.create(edition_id=edition.pk, **{n: columns[n] for n in COLUMNS})
        written |= found
    rows = [spelling_model(**row) for row in search.spellings(written)]
    spelling_model.objects.bulk_create(rows, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("blog", "0020_search_and_sharing")]

    operations = [
        migrations.CreateModel(
            name="Related",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.PositiveIntegerField()),
                (
                    "edition",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=blog.trash.goes_with_its_article,
                        related_name="related",
                        to="blog.edition",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=blog.trash.goes_with_its_article,
                        related_name="related_to",
                        to="blog.edition",
                    ),
                ),
            ],
            options={
                "default_permissions": [],
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "other"), name="related_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=40)),
                ("word", models.CharField(max_length=40)),
                ("stem", models.CharField(max_length=40)),
            ],
            options={
                "default_permissions": [],
                "constraints": [
                    models.UniqueConstraint(fields=("form", "word"), name="spelling_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "edition",
                    models.OneToOneField(
                        db_column="rowid",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_entry",
                        serialize=False,
                        to="blog.edition",
                    ),
                ),
                *((name, blog.models.search.WordsField()) for name in COLUMNS),
            ],
            options={
                "db_table": "blog_searchentry",
                "managed": False,
                "default_permissions": [],
            },
        ),
        migrations.RunPython(make_table, drop_table),
        migrations.RunPython(index_what_is_public, migrations.RunPython.noop),
    ]
