import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0005_pictures_into_the_library")]

    operations = [
        migrations.RemoveField(model_name="article", name="image"),
        migrations.RemoveField(model_name="article", name="image_width"),
        migrations.RemoveField(model_name="article", name="image_height"),
        migrations.RenameField(model_name="article", old_name="library_image", new_name="image"),
        migrations.AlterField(
            model_name="article",
            name="image",
            field=models.ForeignKey(
                blank=True,
                help_text="Stands at the top of the article and in lists.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="blog.image",
                verbose_name="picture",
            ),
        ),
    ]
