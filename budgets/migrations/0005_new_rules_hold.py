"""The rules that need the amounts which `0004_amended_frozen_and_waived` filled in."""

from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_amended_frozen_and_waived")]

    operations = [
        migrations.AddConstraint(
            model_name="appropriation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("adopted_amount__gt", 0), ("adopted_amount__lt", Decimal(10000000000000))
                ),
                name="appropriation_is_positive",
                violation_error_message="An appropriation is an amount above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        ("one_time_cost__gt", 0),
                        (
                            "committed__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("one_time_cost"), "+", models.F("contingency")
                            ),
                        ),
                        ("contingency__gte", models.F("contingency_floor")),
                        models.Q(
                            ("recurring_cost__gt", 0),
                            models.Q(("no_recurring_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        ("years_without_source", 0),
                        ("security_cost__gt", 0),
                        models.Q(
                            ("security_cost__gte", models.F("security_floor")),
                            ("security_waived_until__isnull", False),
                            _connector="OR",
                        ),
                        ("unsuitable", 0),
                        ("phase_start__gte", models.F("money_from")),
                        ("phase_end__lte", models.F("money_until")),
                        ("phase_start__isnull", False),
                        ("phase_end__isnull", False),
                        ("money_from__isnull", False),
                        ("money_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="budget_dedicated_is_whole",
                violation_error_message="A budget is dedicated only when every condition holds. Open it to see the ones that do not.",
            ),
        ),
    ]
