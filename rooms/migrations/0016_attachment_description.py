from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("rooms", "0015_messages_stay"),)

    operations = (
        migrations.AddField(
            model_name="attachment",
            name="description",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    )
