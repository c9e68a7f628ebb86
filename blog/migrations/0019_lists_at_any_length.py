import django.db.models.deletion
from django.db import migrations, models


BATCH = 500


def enlist_editions(apps, schema_editor):
    edition_model = apps.get_model("blog", "Edition")
    names = ["data", "published_on", "author_id", "reviewer_id"]
    last = 0
    while editions := list(
        edition_model.objects.filter(pk__gt=last).order_by("pk").only(*names)[:BATCH]
    ):
        enlist(apps, editions)
        last = editions[-1].pk


def enlist(apps, editions):
    tag_listing = apps.get_model("blog", "TagListing")
    person_listing = apps.get_model("blog", "PersonListing")
    tags, people = [], []
    for edition in editions:
        same = {"edition_id": edition.pk, "published_on": edition.published_on}
        slugs = {tag["slug"] for tag in edition.data["tags"]}
        tags += [tag_listing(**same, slug=slug) for slug in sorted(slugs)]
        named = {edition.author_id, edition.reviewer_id} - {None}
        people += [person_listing(**same, person_id=pk) for pk in sorted(named)]
    tag_listing.objects.bulk_create(tags)
    person_listing.objects.bulk_create(people)


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0018_moments_of_editions'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='edition',
            name='edition_newest',
        ),
        migrations.RemoveIndex(
            model_name='edition',
            name='edition_newest_in_category',
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(models.F('published_on'), models.F('id'), models.F('live_from'), models.F('live_until'), name='edition_newest'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(models.F('category'), models.F('published_on'), models.F('id'), models.F('live_from'), models.F('live_until'), name='edition_newest_in_category'),
        ),
        migrations.CreateModel(
            name='TagListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_on', models.DateField()),
                ('slug', models.CharField(max_length=200)),
                ('edition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='blog.edition')),
            ],
            options={
                'abstract': False,
                'default_permissions': [],
                'indexes': [models.Index(models.F('slug'), models.F('published_on'), models.F('edition'), name='tag_listing_newest')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'slug'), name='tag_listing_once')],
            },
        ),
        migrations.CreateModel(
            name='PersonListing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_on', models.DateField()),
                ('edition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(class)ss', to='blog.edition')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='blog.person')),
            ],
            options={
                'abstract': False,
                'default_permissions': [],
                'indexes': [models.Index(models.F('person'), models.F('published_on'), models.F('edition'), name='person_listing_newest')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'person'), name='person_listing_once')],
            },
        ),
        migrations.RunPython(enlist_editions, migrations.RunPython.noop),
    ]
