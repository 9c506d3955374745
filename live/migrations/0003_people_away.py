from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0002_open_sockets_of_a_person")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="is_away",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
