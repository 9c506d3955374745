"""How pages look to somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_resembles"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="appearance",
            field=models.CharField(blank=True, default="", editable=False, max_length=100),
        ),
    ]
