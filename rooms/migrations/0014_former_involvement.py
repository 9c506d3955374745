"""How much somebody heard of a room that they left, and whether it was a favourite of theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0013_polls"),
    ]

    operations = [
        migrations.AddField(
            model_name="formermembership",
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
            model_name="formermembership",
            name="is_favourite",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="formermembership",
            name="mentioned",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
