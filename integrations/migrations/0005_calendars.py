"""Calendars that are read into rooms, and what feeds have still to say."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0004_hooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="incomingfeed",
            name="is_calendar",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="CalendarEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=32)),
                ("key", models.CharField(max_length=32)),
                ("state", models.CharField(max_length=32)),
                ("starts_at", models.DateTimeField()),
                ("text", models.TextField()),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="integrations.incomingfeed",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("feed", "key"), name="an_event_once")],
            },
        ),
        migrations.CreateModel(
            name="FeedMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=32)),
                ("text", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="integrations.incomingfeed",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("said_at", None)), fields=["due_at"], name="unsaid")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("feed", "key"),
                        name="a_beginning_once",
                    )
                ],
            },
        ),
    ]
