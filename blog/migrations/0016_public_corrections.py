from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0015_preview_links")]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="corrections",
            field=models.JSONField(
                default=list,
                help_text=(
                    "Those of the editions that readers saw before, and its own: date, text, "
                    "number."
                ),
            ),
        ),
    ]
