"""Part of a name is found by an index where the database can have one: PostgreSQL, by trigrams."""

from django.db import migrations

_HAS_IT = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
# As Django writes `icontains` for PostgreSQL
_INDEX = (
    "CREATE INDEX IF NOT EXISTS media_by_part_of_name ON snapshots_media "
    "USING gin (upper(name::text) gin_trgm_ops)"
)
_MAKE = f"""
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  {_INDEX};
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_trgm may not be created by this user: parts of names are found without an index';
END $$
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_HAS_IT)
        if cursor.fetchone():
            cursor.execute(_MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS media_by_part_of_name")


class Migration(migrations.Migration):
    dependencies = [("snapshots", "0002_template_numbering")]
    operations = [migrations.RunPython(make, drop)]
