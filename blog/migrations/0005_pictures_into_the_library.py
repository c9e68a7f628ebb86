from django.db import migrations


def into_the_library(apps, schema_editor):
    """Each article's own picture becomes one of the library; its file stays where it is."""
    Article, Image = apps.get_model("blog", "Article"), apps.get_model("blog", "Image")
    for article in Article.objects.exclude(image="").iterator():
        article.library_image = Image.objects.create(
            file=article.image.name,
            width=article.image_width,
            height=article.image_height,
            name=article.title,
            alt=article.image_alt,
        )
        # So far no words meant a picture that is only decoration.
        article.image_decorative = not article.image_alt
        article.save(update_fields=["library_image", "image_decorative"])


class Migration(migrations.Migration):
    dependencies = [("blog", "0004_pictures_versions_audit")]

    operations = [migrations.RunPython(into_the_library, migrations.RunPython.noop)]
