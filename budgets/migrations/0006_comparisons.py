"""What is planned and spent, summed where it changes: rows that only the database writes.

Nothing is written into a budget for it, so an import of spending computes no budget anew.
"""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models

FORWARD = """
-- The budgets are locked first and read after, so that no amount is missed.
CREATE FUNCTION budgets_compare(the_budgets bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM budgets_budget WHERE id = ANY (the_budgets) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM budgets_comparison kept USING budgets_budget budget
     WHERE kept.budget_id = ANY (the_budgets) AND budget.id = kept.budget_id
       AND budget.state <> 'dedicated'
       AND NOT EXISTS (SELECT 1 FROM budgets_spending WHERE budget_id = budget.id);
    INSERT INTO budgets_comparison AS kept (budget_id, planned, spent)
    SELECT budget.id, budget.one_time_cost + budget.contingency + budget.recurring_cost,
           coalesce(sums.spent, 0)
      FROM budgets_budget budget
      LEFT JOIN (SELECT budget_id, sum(amount) AS spent FROM budgets_spending
                  WHERE budget_id = ANY (the_budgets) GROUP BY 1) sums
        ON sums.budget_id = budget.id
     WHERE budget.id = ANY (the_budgets)
       AND (budget.state = 'dedicated' OR sums.budget_id IS NOT NULL)
    ON CONFLICT (budget_id) DO UPDATE SET planned = EXCLUDED.planned, spent = EXCLUDED.spent
     WHERE (kept.planned, kept.spent) IS DISTINCT FROM (EXCLUDED.planned, EXCLUDED.spent);
END $$;
REVOKE EXECUTE ON FUNCTION budgets_compare(bigint[]) FROM PUBLIC;

-- One after the other: whoever sums a year has to see what the one before wrote.
CREATE FUNCTION budgets_sum_years(the_years int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE budgets_spentyear IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM budgets_spentyear kept WHERE fiscal_year = ANY (the_years)
       AND NOT EXISTS (SELECT 1 FROM budgets_spending WHERE fiscal_year = kept.fiscal_year);
    INSERT INTO budgets_spentyear (fiscal_year, amount, as_of)
    SELECT fiscal_year, sum(amount), max(as_of) FROM budgets_spending
     WHERE fiscal_year = ANY (the_years) GROUP BY 1
    ON CONFLICT (fiscal_year) DO UPDATE SET amount = EXCLUDED.amount, as_of = EXCLUDED.as_of;
END $$;
REVOKE EXECUTE ON FUNCTION budgets_sum_years(int[]) FROM PUBLIC;

CREATE FUNCTION budgets_sum_spending() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    the_budgets bigint[] := '{}';
    the_years int[] := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT array_agg(budget_id), array_agg(DISTINCT fiscal_year)
          INTO the_budgets, the_years FROM spending_before;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT the_budgets || array_agg(budget_id), the_years || array_agg(DISTINCT fiscal_year)::int[]
          INTO the_budgets, the_years FROM spending_after;
    END IF;
    IF cardinality(the_budgets) > 0 THEN
        PERFORM budgets_compare(the_budgets);
        PERFORM budgets_sum_years(the_years);
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION budgets_sum_spending() FROM PUBLIC;

CREATE TRIGGER sum_new_spending AFTER INSERT ON budgets_spending
    REFERENCING NEW TABLE AS spending_after
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_spending();
CREATE TRIGGER sum_changed_spending AFTER UPDATE ON budgets_spending
    REFERENCING OLD TABLE AS spending_before NEW TABLE AS spending_after
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_spending();
CREATE TRIGGER sum_removed_spending AFTER DELETE ON budgets_spending
    REFERENCING OLD TABLE AS spending_before
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_spending();

CREATE FUNCTION budgets_compare_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgets_compare(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION budgets_compare_changed() FROM PUBLIC;

CREATE TRIGGER compare_changed AFTER UPDATE ON budgets_budget
    FOR EACH ROW WHEN ((OLD.state, OLD.one_time_cost, OLD.contingency, OLD.recurring_cost)
        IS DISTINCT FROM (NEW.state, NEW.one_time_cost, NEW.contingency, NEW.recurring_cost))
    EXECUTE FUNCTION budgets_compare_changed();

SELECT budgets_compare(array_agg(id)) FROM budgets_budget;
SELECT budgets_sum_years(array_agg(DISTINCT fiscal_year)) FROM budgets_spending;
"""

REVERSE = """
DROP TRIGGER compare_changed ON budgets_budget;
DROP TRIGGER sum_removed_spending ON budgets_spending;
DROP TRIGGER sum_changed_spending ON budgets_spending;
DROP TRIGGER sum_new_spending ON budgets_spending;
DROP FUNCTION budgets_compare_changed();
DROP FUNCTION budgets_sum_spending();
DROP FUNCTION budgets_sum_years(int[]);
DROP FUNCTION budgets_compare(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0005_new_rules_hold")]

    operations = [
        migrations.CreateModel(
            name="SpentYear",
            fields=[
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, editable=False, max_digits=20)),
                ("as_of", models.DateField(editable=False, verbose_name="spent up to")),
            ],
            options={"ordering": ["fiscal_year"], "default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "budget",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="comparison",
                        serialize=False,
                        to="budgets.budget",
                    ),
                ),
                ("planned", models.DecimalField(decimal_places=2, editable=False, max_digits=20)),
                ("spent", models.DecimalField(decimal_places=2, editable=False, max_digits=20)),
                (
                    "percent",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.Value(100), "*", models.F("spent")
                            ),
                            "/",
                            django.db.models.functions.comparison.NullIf(
                                models.F("planned"),
                                models.Value(0),
                                output_field=models.DecimalField(decimal_places=2, max_digits=20),
                            ),
                        ),
                        output_field=models.DecimalField(decimal_places=8, max_digits=40),
                    ),
                ),
                (
                    "is_over",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Q(("spent__gt", models.F("planned"))),  # type: ignore[arg-type]
                        output_field=models.BooleanField(),
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["percent"], name="compared_by_percent"),
                    models.Index(fields=["planned"], name="compared_by_planned"),
                    models.Index(fields=["spent"], name="compared_by_spent"),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
