import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models


def roles_of_flags(apps, schema_editor):
    """Whoever could do everything is an administrator; of those who can come in, the first is the owner."""
    Person = apps.get_model("accounts", "Person")
    # Not by the manager of today, whose update asks for tables of today.
    people = Person._base_manager
    people.filter(is_superuser=True).update(role="administrator")
    first = people.filter(is_superuser=True).order_by("-is_active", "date_joined", "pk").first()
    if first is not None:
        people.filter(pk=first.pk).update(role="owner")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_revisions_of_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="community",
            name="accent",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Ember"),
                    ("rose", "Rose"),
                    ("berry", "Berry"),
                    ("violet", "Violet"),
                    ("blue", "Blue"),
                    ("sea", "Sea"),
                    ("leaf", "Leaf"),
                    ("olive", "Olive"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="file_limit_mb",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="join_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="community",
            name="join_uses_left",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="community",
            name="logo",
            field=models.FileField(blank=True, editable=False, max_length=100, upload_to=""),
        ),
        migrations.AddField(
            model_name="community",
            name="mail_domains",
            field=models.TextField(blank=True, help_text="Of who comes without an invitation, one a line."),
        ),
        migrations.AddField(
            model_name="community",
            name="messages_a_minute",
            field=models.PositiveIntegerField(
                default=600,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100000),
                ],
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="needs_approval",
            field=models.BooleanField(
                default=False,
                help_text="Where it is open: who comes without an invitation waits until somebody lets them in.",
                verbose_name="with approval",
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="person_share_mb",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="rooms_by_all",
            field=models.BooleanField(
                default=True,
                help_text="Or else moderators and administrators alone.",
                verbose_name="everybody makes rooms",
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="site_share_mb",
            field=models.PositiveIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AddField(
            model_name="community",
            name="welcome",
            field=models.TextField(blank=True, max_length=600, verbose_name="words of welcome"),
        ),
        migrations.AddField(
            model_name="person",
            name="awaits",
            field=models.CharField(
                blank=True,
                choices=[
                    ("address", "that they confirm their address"),
                    ("approval", "that somebody lets them in"),
                ],
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="banned_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="muted_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner"),
                    ("administrator", "administrator"),
                    ("moderator", "moderator"),
                    ("member", "member"),
                    ("guest", "guest"),
                ],
                db_index=True,
                default="member",
                max_length=13,
            ),
        ),
        migrations.RunPython(roles_of_flags, migrations.RunPython.noop),
        migrations.RemoveField(model_name="person", name="is_staff"),
        migrations.AddField(
            model_name="person",
            name="is_staff",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(("role__in", ("owner", "administrator"))),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RemoveField(model_name="person", name="is_superuser"),
        migrations.AddField(
            model_name="person",
            name="is_superuser",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(("role__in", ("owner", "administrator"))),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("actor_name", models.CharField(max_length=60)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("role", "changed the role of"),
                            ("deactivate", "deactivated"),
                            ("reactivate", "reactivated"),
                            ("ban", "banned"),
                            ("unban", "lifted the ban of"),
                            ("mute", "muted"),
                            ("unmute", "lifted the mute of"),
                            ("approve", "let in"),
                            ("refuse", "refused to let in"),
                            ("invite", "invited"),
                            ("resend", "invited again"),
                            ("revoke", "revoked the invitation of"),
                            ("join link", "replaced the join link"),
                            ("community", "changed the community"),
                            ("room", "changed what new people find"),
                            ("remove", "removed a message of"),
                            ("remove all", "removed messages of"),
                            ("dismiss", "dismissed a report about"),
                        ],
                        max_length=12,
                    ),
                ),
                ("person_name", models.CharField(blank=True, max_length=254)),
                ("room_name", models.CharField(blank=True, max_length=60)),
                ("details", models.TextField(blank=True)),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "token",
                    models.CharField(
                        default=accounts.models.new_join_token, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("member", "member"), ("guest", "guest")], default="member", max_length=13
                    ),
                ),
                ("rooms", models.JSONField(blank=True, default=list)),
                ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField(default=accounts.models.end_of_invitation)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "used_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BannedAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(db_index=True, max_length=254)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="banned_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "banned addresses",
                "constraints": [models.UniqueConstraint(fields=("address", "person"), name="banned_once")],
            },
        ),
    ]
