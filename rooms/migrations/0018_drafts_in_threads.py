"""What somebody has begun to write in the box of a thread is kept as what they have in a room's."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = (("rooms", "0017_attachment_description"),)

    operations = (
        migrations.RemoveConstraint(model_name="draft", name="a_draft_a_room"),
        migrations.AddField(
            model_name="draft",
            name="thread",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="rooms.message",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=Q(thread__isnull=True), fields=("person", "room"), name="a_draft_a_room"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=Q(thread__isnull=False), fields=("person", "thread"), name="a_draft_a_thread"
            ),
        ),
    )
