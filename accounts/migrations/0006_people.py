import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from accounts.lookalikes import look_of


def look_at_names(apps, schema_editor):
    """What everybody's name looks like."""
    Person = apps.get_model("accounts", "Person")
    changed = []
    for person in Person.objects.only("username", "display_name").iterator():
        person.look = look_of(person.display_name or person.username)[:200]
        changed.append(person)
    Person.objects.bulk_update(changed, ["look"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_downloads_and_departures"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="community",
            name="status_revision",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="about",
            field=models.TextField(
                blank=True,
                max_length=1000,
                validators=[django.core.validators.ProhibitNullCharactersValidator()],
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="avatar",
            field=models.CharField(blank=True, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="person",
            name="has_blocked",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="look",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="person",
            name="pronouns",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="person",
            name="status_emoji",
            field=models.CharField(blank=True, max_length=32, verbose_name="emoji"),
        ),
        migrations.AddField(
            model_name="person",
            name="status_revision",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="status_text",
            field=models.CharField(blank=True, max_length=100, verbose_name="status"),
        ),
        migrations.AddField(
            model_name="person",
            name="status_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="until"),
        ),
        migrations.AddField(
            model_name="person",
            name="title",
            field=models.CharField(blank=True, help_text="What you do here.", max_length=80),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["status_revision"], name="person_status_revision"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("status_until__isnull", False)),
                fields=["status_until"],
                name="person_status_until",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("avatar", ""), _negated=True), fields=["avatar"], name="person_avatar"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["look"], name="person_look"),
        ),
        migrations.AddField(
            model_name="block",
            name="blocked",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="block",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.UniqueConstraint(fields=("person", "blocked"), name="blocked_once"),
        ),
        migrations.AddConstraint(
            model_name="block",
            constraint=models.CheckConstraint(
                condition=models.Q(("person", models.F("blocked")), _negated=True),
                name="blocks_somebody_else",
            ),
        ),
        migrations.RunPython(look_at_names, migrations.RunPython.noop),
    ]
