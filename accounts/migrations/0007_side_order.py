"""How somebody's rooms are ordered at the side, and which sections are folded there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_people")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="side_order",
            field=models.CharField(
                choices=[("name", "by name"), ("activity", "by activity")],
                default="name",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="side_folded",
            field=models.CharField(blank=True, editable=False, max_length=40, default=""),
        ),
    ]
