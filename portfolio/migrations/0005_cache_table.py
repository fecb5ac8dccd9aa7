"""The table of the shared cache: sign-in attempts are counted there, for all web processes."""

from django.db import migrations

FORWARD = """
CREATE TABLE portfolio_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX portfolio_cache_expires ON portfolio_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0004_history")]

    operations = [migrations.RunSQL(FORWARD, "DROP TABLE portfolio_cache;")]
