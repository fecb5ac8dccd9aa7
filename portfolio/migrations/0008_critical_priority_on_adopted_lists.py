"""An adopted list keeps which of its projects served a critical priority when it was signed.

Of a problem that was never sent in, only its department knows what it names.
"""

from django.db import migrations, models

REVERSE = """
CREATE OR REPLACE FUNCTION portfolio_copy_working_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO portfolio_adoptedentry (adopted_list_id, rank, project_id, title, department,
        stage, on_hold, problem_defined, budget_dedicated, one_time_cost, committed)
    SELECT NEW.id, row_number() OVER (ORDER BY place.key), project.id, project.title,
        department.name, project.stage, project.on_hold, project.problem_defined,
        project.budget_dedicated, budget.one_time_cost + budget.contingency, budget.committed
    FROM portfolio_workingposition place
    JOIN portfolio_project project ON project.id = place.project_id
    JOIN portfolio_department department ON department.id = project.department_id
    JOIN budgets_budget budget ON budget.id = project.budget_id;
    -- Also those that leave the list although their stored fact is behind the calendar: somebody
    -- may be opening one of them right now, with the fact computed anew.
    UPDATE portfolio_project SET revision = revision
    WHERE listed <> (id IN (SELECT project_id FROM portfolio_adoptedentry
                            WHERE adopted_list_id = NEW.id))
       OR id IN (SELECT entry.project_id FROM portfolio_adoptedentry entry
                 JOIN portfolio_adoptedlist list ON list.id = entry.adopted_list_id
                 WHERE list.number = NEW.number - 1
                 EXCEPT SELECT project_id FROM portfolio_adoptedentry
                 WHERE adopted_list_id = NEW.id);
    RETURN NULL;
END $$;
"""

FORWARD = """
CREATE OR REPLACE FUNCTION portfolio_copy_working_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO portfolio_adoptedentry (adopted_list_id, rank, project_id, title, department,
        stage, on_hold, problem_defined, budget_dedicated, one_time_cost, committed,
        critical_priority)
    SELECT NEW.id, row_number() OVER (ORDER BY place.key), project.id, project.title,
        department.name, project.stage, project.on_hold, project.problem_defined,
        project.budget_dedicated, budget.one_time_cost + budget.contingency, budget.committed,
        coalesce(critical.name, '')
    FROM portfolio_workingposition place
    JOIN portfolio_project project ON project.id = place.project_id
    JOIN portfolio_department department ON department.id = project.department_id
    JOIN budgets_budget budget ON budget.id = project.budget_id
    LEFT JOIN problems_problem problem ON problem.id = project.problem_id
        AND problem.first_submitted_at IS NOT NULL
    LEFT JOIN problems_criticalpriority critical ON critical.id = problem.critical_priority_id
        AND NEW.adopted_on BETWEEN critical.starts_on AND coalesce(critical.ends_on, 'infinity');
    -- Also those that leave the list although their stored fact is behind the calendar: somebody
    -- may be opening one of them right now, with the fact computed anew.
    UPDATE portfolio_project SET revision = revision
    WHERE listed <> (id IN (SELECT project_id FROM portfolio_adoptedentry
                            WHERE adopted_list_id = NEW.id))
       OR id IN (SELECT entry.project_id FROM portfolio_adoptedentry entry
                 JOIN portfolio_adoptedlist list ON list.id = entry.adopted_list_id
                 WHERE list.number = NEW.number - 1
                 EXCEPT SELECT project_id FROM portfolio_adoptedentry
                 WHERE adopted_list_id = NEW.id);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0007_history_of_statements"),
        ("problems", "0005_critical_reason"),
    ]

    operations = [
        migrations.AddField(
            model_name="adoptedentry",
            name="critical_priority",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What was critical on the day of adoption, where the problem served it.",
                max_length=80,
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
