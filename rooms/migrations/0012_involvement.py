"""How much somebody hears of a room, and whether it is a favourite of theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0011_reports")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="involvement",
            field=models.CharField(
                choices=[
                    ("everything", "Everything"),
                    ("mentions", "Only what is meant for me"),
                    ("nothing", "Nothing"),
                    ("hidden", "Hidden, until something is meant for me"),
                ],
                default="everything",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="is_favourite",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
