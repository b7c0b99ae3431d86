import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schedules", "0006_signs_of_life"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="taken_up_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schedules.delivery",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(choices=[("email", "e-mail"), ("gateway", "chat or SMS")], max_length=10),
        ),
    ]
