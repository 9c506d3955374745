"""A day starts where the reader's midnight is: a message knows when the one before it was posted."""

from django.db import migrations, models

# What stands before each that stands, as of now. One statement: there may be millions.
WHAT_STANDS_BEFORE = """
UPDATE rooms_message SET previous_at = before.posted_at
FROM (
    SELECT id, LAG(posted_at) OVER (PARTITION BY room_id ORDER BY id) AS posted_at
    FROM rooms_message WHERE removed_at IS NULL
) AS before
WHERE before.id = rooms_message.id AND before.posted_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("rooms", "0015_messages_stay")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="previous_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(WHAT_STANDS_BEFORE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="message", name="starts_day"),
    ]
