"""The history records what guided writing and review added."""

from django.db import migrations

RECORDED = (
    "problems_cityword",
    "problems_criticalpriority",
    "problems_findinganswer",
    "problems_jointdepartment",
    "problems_reasonanswer",
    "problems_submission",
)


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0006_notices"),
        ("problems", "0006_words_and_answers"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION portfolio_record_history();",
            f"DROP TRIGGER record_history ON {table};",
        )
        for table in RECORDED
    ]
