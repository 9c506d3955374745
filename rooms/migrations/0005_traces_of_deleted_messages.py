from django.db import migrations, models
from django.db.models import F


def gone(apps, schema_editor):
    """What was deleted until now has left nothing to see."""
    apps.get_model("rooms", "Message").objects.filter(deleted_at__isnull=False).update(
        gone_at=F("deleted_at")
    )


class Migration(migrations.Migration):
    dependencies = [("rooms", "0004_search")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="gone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(gone, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="message", name="message_history"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["room", "-id"],
                name="message_history",
                condition=models.Q(gone_at__isnull=True),
            ),
        ),
    ]
