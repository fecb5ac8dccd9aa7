"""A project answers a problem of the department that runs it, alone or joint, also by SQL.

Whoever names a problem, and whoever lets a department leave it, meets at the problem's row first and
reads after: nobody leaves a problem while a project of theirs begins to answer it.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION portfolio_answers_own_problem() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_department bigint;
BEGIN
    SELECT department_id INTO first_department FROM problems_problem
     WHERE id = NEW.problem_id FOR KEY SHARE;
    IF first_department IS DISTINCT FROM NEW.department_id AND NOT EXISTS (
        SELECT 1 FROM problems_jointdepartment
         WHERE problem_id = NEW.problem_id AND department_id = NEW.department_id) THEN
        PERFORM portfolio_refuse('project_answers_own_problem',
            'A project answers a problem of the department that runs it. Join the problem first.');
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_answers_own_problem() FROM PUBLIC;
CREATE TRIGGER answers_own_problem_at_start BEFORE INSERT ON portfolio_project
    FOR EACH ROW WHEN (NEW.problem_id IS NOT NULL)
    EXECUTE FUNCTION portfolio_answers_own_problem();
CREATE TRIGGER answers_own_problem BEFORE UPDATE ON portfolio_project
    FOR EACH ROW WHEN (NEW.problem_id IS NOT NULL
        AND (NEW.problem_id, NEW.department_id)
            IS DISTINCT FROM (OLD.problem_id, OLD.department_id))
    EXECUTE FUNCTION portfolio_answers_own_problem();

CREATE FUNCTION portfolio_keeps_answered_problem() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM problems_problem WHERE id = OLD.problem_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM portfolio_project
                WHERE problem_id = OLD.problem_id AND department_id = OLD.department_id) THEN
        PERFORM portfolio_refuse('joint_department_has_projects',
            'A project of this department answers the problem. Let it answer another one first.');
    END IF;
    RETURN OLD;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_keeps_answered_problem() FROM PUBLIC;
CREATE TRIGGER keeps_answered_problem BEFORE DELETE ON problems_jointdepartment
    FOR EACH ROW EXECUTE FUNCTION portfolio_keeps_answered_problem();
"""

REVERSE = """
DROP TRIGGER keeps_answered_problem ON problems_jointdepartment;
DROP FUNCTION portfolio_keeps_answered_problem();
DROP TRIGGER answers_own_problem ON portfolio_project;
DROP TRIGGER answers_own_problem_at_start ON portfolio_project;
DROP FUNCTION portfolio_answers_own_problem();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0009_search_words"),
        ("problems", "0008_joined_merged_and_sent"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
