
import blog.trash
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0008_keys_are_unique'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='trashed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='in the trash since'),
        ),
        migrations.AddField(
            model_name='article',
            name='trashed_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='trashed by'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='article',
            field=models.ForeignKey(on_delete=blog.trash.goes_with_its_article, related_name='editions', to='blog.article'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='replaces',
            field=models.ForeignKey(help_text='The edition whose interval it ended.', null=True, on_delete=blog.trash.goes_with_its_article, related_name='+', to='blog.edition'),
        ),
    ]
