from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0006_mentioned_and_called")]

    operations = [
        migrations.RemoveIndex("message", "message_history"),
        migrations.RenameField("message", "gone_at", "removed_at"),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["room", "-id"],
                name="message_history",
                condition=models.Q(("removed_at__isnull", True)),
            ),
        ),
    ]
