"""The tables of conduct reports go, which nothing has written to: their rows would have pointed to officers and units."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0025_gatherings")]

    operations = [
        migrations.DeleteModel("ConductOpening"),
        migrations.DeleteModel("ConductAssignment"),
        migrations.DeleteModel("ConductSource"),
        migrations.DeleteModel("ConductReport"),
    ]
