"""Custom templates are numbered from 10001, and no number is given twice."""

from django.db import migrations

LAST_PRESET = 10000
TABLE = "snapshots_snapshottemplate"


def start_numbering(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"SELECT setval(pg_get_serial_sequence('{TABLE}', 'definition'), {LAST_PRESET})"
        )
    else:
        schema_editor.execute(
            f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{TABLE}', {LAST_PRESET})"
        )


class Migration(migrations.Migration):
    dependencies = [("snapshots", "0001_initial")]

    operations = [migrations.RunPython(start_numbering, migrations.RunPython.noop)]
