from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0007_handovers")]

    operations = [
        migrations.AddField(
            model_name="stakeholder",
            name="reach_hint",
            field=models.CharField(blank=True, max_length=200, verbose_name="how they like to be reached"),
        ),
    ]
