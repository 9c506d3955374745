"""What somebody wrote does not go with them: a rule of Django, and nothing in the database."""

from django.conf import settings
from django.db import migrations, models

import rooms.models.authorship


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0014_former_involvement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="author",
            field=models.ForeignKey(
                on_delete=rooms.models.authorship.keep_messages,
                related_name="messages",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
