from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0007_removed_at")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="edited_revision",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["room", "number"],
                name="message_gone",
            ),
        ),
    ]
