"""Each import that is there was sent alone; of those that wait for a decision about one file, the latest is kept."""

import uuid

from django.db import migrations


def forward(apps, schema_editor):
    batches = apps.get_model("contacts", "ImportBatch").objects
    waiting = set()
    for batch in batches.order_by("-pk"):
        batch.group = uuid.uuid4()
        if batch.state == "checked":
            key = batch.sha256, batch.pairings_from
            batch.state = "dropped" if key in waiting else "checked"
            waiting.add(key)
        batch.save(update_fields=["group", "state"])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0013_imports_in_steps")]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
