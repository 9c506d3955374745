from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("rooms", "0016_days_of_each_zone"),)

    operations = (
        migrations.AddField(
            model_name="attachment",
            name="description",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
    )
