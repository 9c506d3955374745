"""Rooms by invitation and direct conversations, what is set about a room, and quiet lines in it."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# When something was said last in the rooms of today.
LAST_POST = """
UPDATE rooms_room SET active_at = COALESCE(
    (SELECT posted_at FROM rooms_message WHERE room_id = rooms_room.id AND removed_at IS NULL
    ORDER BY rooms_message.id DESC LIMIT 1), created_at
)"""


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0009_search_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="notice",
            field=models.CharField(
                choices=[
                    ("added", "added people"),
                    ("removed", "removed people"),
                    ("left", "left"),
                    ("joined", "joined"),
                    ("renamed", "renamed the room"),
                    ("topic", "changed the topic"),
                    ("opened", "opened the room to everybody"),
                    ("closed", "closed the room"),
                    ("archived", "archived the room"),
                    ("revived", "took the room out of the archive"),
                ],
                editable=False,
                max_length=10,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="active_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AlterField(
            model_name="room",
            name="slug",
            field=models.SlugField(allow_unicode=True, max_length=70, unique=True),
        ),
        migrations.RunSQL(LAST_POST, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="room",
            name="archived_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="people_key",
            field=models.CharField(editable=False, max_length=200, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="room",
            name="retention_days",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="slow_seconds",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="room",
            name="who_calls",
            field=models.CharField(
                choices=[("members", "everybody in the room"), ("moderators", "its moderators")],
                default="members",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="who_posts",
            field=models.CharField(
                choices=[("members", "everybody in the room"), ("moderators", "its moderators")],
                default="members",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="RoomAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(allow_unicode=True, max_length=70, unique=True)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="rooms.room"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormerMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read", models.PositiveBigIntegerField()),
                ("left_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="rooms.room"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "room"), name="left_a_room_once")],
            },
        ),
        migrations.CreateModel(
            name="Noticed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="noticed",
                        to="rooms.message",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("message", "person"), name="noticed_once")],
            },
        ),
    ]
