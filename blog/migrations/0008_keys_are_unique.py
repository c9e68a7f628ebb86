import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0007_keys_and_presence")]

    operations = [
        migrations.AlterField(
            name, "key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        )
        for name in ("article", "source")
    ]
