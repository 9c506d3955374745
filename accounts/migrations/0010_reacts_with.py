"""The emoji that somebody reacts with most."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_appearance")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="reacts_with",
            field=models.CharField(blank=True, default="", editable=False, max_length=100),
        ),
    ]
