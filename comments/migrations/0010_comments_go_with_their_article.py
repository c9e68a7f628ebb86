
import blog.trash
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0009_articles_in_the_trash'),
        ('comments', '0002_moderator_group'),
    ]

    operations = [
        migrations.AlterField(
            model_name='comment',
            name='article',
            field=models.ForeignKey(on_delete=blog.trash.goes_with_its_article, related_name='comments', to='blog.article', verbose_name='article'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='edition',
            field=models.ForeignKey(blank=True, help_text='What the writer had in front of them. Imported comments have none.', null=True, on_delete=blog.trash.goes_with_its_article, related_name='comments', to='blog.edition', verbose_name='edition'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='comment',
            field=models.ForeignKey(on_delete=blog.trash.goes_with_its_article, related_name='decisions', to='comments.comment', verbose_name='comment'),
        ),
    ]
