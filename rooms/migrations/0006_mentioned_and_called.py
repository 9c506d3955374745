from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0005_traces_of_deleted_messages")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="mentioned",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="room",
            name="called",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["room", "number"], name="message_numbers"),
        ),
    ]
