"""A problem that is sent says why it matters now; the old fixed priorities are gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("problems", "0004_declared_priorities")]

    operations = [
        migrations.RemoveField("problem", "critical_area"),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "returned", "retired"]),
                    models.Q(
                        models.Q(("title", ""), _negated=True),
                        models.Q(("statement", ""), _negated=True),
                        models.Q(("place", ""), _negated=True),
                        models.Q(("impact_now", ""), _negated=True),
                        ("severity__isnull", False),
                        models.Q(("do_nothing", ""), _negated=True),
                        models.Q(
                            models.Q(("no_contact_reason", ""), _negated=True),
                            models.Q(("contact_method", ""), _negated=True),
                            _connector="OR",
                        ),
                        ("influence__in", ["full", "shared", "convene_only"]),
                        models.Q(("critical_reason", ""), _negated=True),
                        models.Q(("solved_12_months", ""), _negated=True),
                        ("owner__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="problem_sent_is_complete",
                violation_error_message="A problem is sent only when every required part is there. Open it to see what is missing.",
            ),
        ),
    ]
