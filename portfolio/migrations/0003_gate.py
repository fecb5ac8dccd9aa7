"""The gate, in the database.

The three facts stand on the project's own row. They are computed here from the problem, the
budget and the list in force each time the row is written, so that whatever a client writes there
is ignored; the rule is the constraint `project_gate` over them. When a fact changes, its table
makes the project's row compute itself anew in the same transaction, and a project beyond concept
goes on hold.

Why this holds under concurrency: the side that changes a fact writes the project's row *after*
its own change and so waits for whoever is opening the gate on that row, or is waited for. This
needs each statement to see what was committed before it, hence READ COMMITTED and nothing else.
A new link from a project to a problem locks the problem, for there is no row to meet at yet.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION portfolio_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = '23514', CONSTRAINT = rule;
END $$;

-- Today in the city: the gate counts in its days.
CREATE FUNCTION portfolio_today() RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (now() AT TIME ZONE coalesce((SELECT time_zone FROM portfolio_city), 'UTC'))::date
$$;

CREATE FUNCTION portfolio_guard_city() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_timezone_names WHERE name = NEW.time_zone) THEN
        PERFORM portfolio_refuse('city_time_zone', 'Name a time zone such as America/Chicago.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_city BEFORE INSERT OR UPDATE ON portfolio_city
    FOR EACH ROW EXECUTE FUNCTION portfolio_guard_city();

CREATE FUNCTION portfolio_insist_on_read_committed() RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        PERFORM portfolio_refuse('gate_reads_committed',
            'The gate is kept in READ COMMITTED transactions only. Use that isolation level.');
    END IF;
END $$;

CREATE FUNCTION portfolio_problem_is_defined(the_problem bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM problems_problem WHERE id = the_problem AND state = 'defined')
$$;

CREATE FUNCTION portfolio_budget_is_dedicated(the_budget bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM budgets_budget WHERE id = the_budget AND state = 'dedicated'
                   AND portfolio_today() BETWEEN money_from AND money_until)
$$;

CREATE FUNCTION portfolio_project_is_listed(the_project bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM portfolio_adoptedentry entry
        JOIN portfolio_adoptedlist list ON list.id = entry.adopted_list_id
        WHERE entry.project_id = the_project
          AND list.number = (SELECT max(number) FROM portfolio_adoptedlist)
          AND portfolio_today() BETWEEN list.adopted_on AND list.valid_until)
$$;

CREATE FUNCTION portfolio_missing(problem_defined boolean, budget_dedicated boolean, listed boolean)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT concat_ws('; ',
        CASE WHEN NOT problem_defined THEN 'its problem is not defined' END,
        CASE WHEN NOT budget_dedicated THEN 'its budget is not dedicated' END,
        CASE WHEN NOT listed THEN 'it is not on the adopted list in force' END)
$$;

CREATE FUNCTION portfolio_insist_on_scoping_slot(the_project bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    slots int := coalesce((SELECT scoping_slots FROM portfolio_city), 2);
BEGIN
    PERFORM pg_advisory_xact_lock(7402);
    IF (SELECT count(*) FROM portfolio_project
        WHERE stage = 'scoping' AND NOT on_hold AND id <> the_project) >= slots THEN
        PERFORM portfolio_refuse('scoping_slots',
            format('All %s scoping slots are taken. Finish or stop a project in scoping first.',
                   slots));
    END IF;
END $$;

CREATE FUNCTION portfolio_keep_project() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    missing text;
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    IF TG_OP = 'INSERT' THEN
        NEW.scoping_opened := false;
        IF NEW.stage <> 'concept' OR NEW.on_hold THEN
            PERFORM portfolio_refuse('project_starts_as_concept',
                'A project starts as a concept. It is scoped when its gate opens.');
        END IF;
        PERFORM 1 FROM budgets_budget WHERE id = NEW.budget_id FOR SHARE;
    ELSE
        NEW.scoping_opened := OLD.scoping_opened;
        IF NEW.budget_id <> OLD.budget_id OR NEW.id <> OLD.id THEN
            PERFORM portfolio_refuse('project_budget_stays',
                'A project keeps its budget. Change the budget itself.');
        END IF;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.problem_id IS DISTINCT FROM OLD.problem_id THEN
        PERFORM 1 FROM problems_problem WHERE id = NEW.problem_id FOR SHARE;
    END IF;
    NEW.problem_defined := portfolio_problem_is_defined(NEW.problem_id);
    NEW.budget_dedicated := portfolio_budget_is_dedicated(NEW.budget_id);
    NEW.listed := portfolio_project_is_listed(NEW.id);
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;

    missing := portfolio_missing(NEW.problem_defined, NEW.budget_dedicated, NEW.listed);
    IF NEW.stage <> OLD.stage THEN
        NEW.stage_since := now();
        IF (OLD.stage, NEW.stage) NOT IN (('concept', 'scoping'), ('concept', 'stopped'),
            ('scoping', 'stopped'), ('stopped', 'concept')) THEN
            PERFORM portfolio_refuse('project_stages_in_order',
                format('A project does not go from %s to %s.', OLD.stage, NEW.stage));
        END IF;
        IF NEW.stage = 'scoping' THEN
            IF missing <> '' THEN
                PERFORM portfolio_refuse('project_gate', format(
                    'Project P-%s cannot enter scoping: %s.', lpad(NEW.id::text, 3, '0'), missing));
            ELSIF NEW.on_hold THEN
                PERFORM portfolio_refuse('project_gate', format(
                    'Project P-%s cannot enter scoping while it is on hold.',
                    lpad(NEW.id::text, 3, '0')));
            END IF;
            PERFORM portfolio_insist_on_scoping_slot(NEW.id);
            NEW.scoping_opened := true;
        END IF;
    ELSIF NEW.stage IN ('scoping', 'delivery', 'scaling') AND NOT NEW.on_hold THEN
        IF OLD.on_hold AND missing <> '' THEN
            PERFORM portfolio_refuse('project_gate', format(
                'Project P-%s stays on hold: %s.', lpad(NEW.id::text, 3, '0'), missing));
        ELSIF OLD.on_hold AND NEW.stage = 'scoping' THEN
            PERFORM portfolio_insist_on_scoping_slot(NEW.id);
        ELSIF missing <> '' THEN
            NEW.on_hold := true;
            NEW.hold_reason := 'The gate closed: ' || missing || '.';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_project BEFORE INSERT OR UPDATE ON portfolio_project
    FOR EACH ROW EXECUTE FUNCTION portfolio_keep_project();

-- A fact that changes writes the rows that stand on it -------------------------------------------

CREATE FUNCTION portfolio_problem_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    UPDATE portfolio_project SET revision = revision WHERE problem_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER problem_changed AFTER UPDATE ON problems_problem
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION portfolio_problem_changed();

CREATE FUNCTION portfolio_budget_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    UPDATE portfolio_project SET revision = revision WHERE budget_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER budget_changed AFTER UPDATE ON budgets_budget
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION portfolio_budget_changed();

-- Signing a list ----------------------------------------------------------------------------------

CREATE FUNCTION portfolio_number_list() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    PERFORM pg_advisory_xact_lock(7401);
    NEW.number := 1 + coalesce((SELECT max(number) FROM portfolio_adoptedlist), 0);
    NEW.length := (SELECT count(*) FROM portfolio_workingposition);
    NEW.valid_until := NEW.adopted_on - 1 + make_interval(
        months => coalesce((SELECT list_valid_months FROM portfolio_city), 12));
    NEW.signed_at := clock_timestamp();
    IF NEW.length = 0 THEN
        PERFORM portfolio_refuse('adopted_list_is_not_empty',
            'The working order is empty. Put projects on it before you adopt it.');
    ELSIF portfolio_today() NOT BETWEEN NEW.adopted_on AND NEW.valid_until THEN
        PERFORM portfolio_refuse('adopted_list_holds_today',
            'A list is adopted on the day of its action: not in the future, and not so long ago '
            'that it has lapsed.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER number_list BEFORE INSERT ON portfolio_adoptedlist
    FOR EACH ROW EXECUTE FUNCTION portfolio_number_list();

-- The only way into portfolio_adoptedentry: the site's role may not insert there.
CREATE FUNCTION portfolio_copy_working_order() RETURNS trigger
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
REVOKE EXECUTE ON FUNCTION portfolio_copy_working_order() FROM PUBLIC;

CREATE TRIGGER copy_working_order AFTER INSERT ON portfolio_adoptedlist
    FOR EACH ROW EXECUTE FUNCTION portfolio_copy_working_order();

CREATE FUNCTION portfolio_frozen_list() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_refuse('adopted_list_never_changes',
        'An adopted list never changes. Adopt a new one.');
    RETURN NULL;
END $$;

CREATE TRIGGER frozen_list BEFORE UPDATE OR DELETE ON portfolio_adoptedlist
    FOR EACH ROW EXECUTE FUNCTION portfolio_frozen_list();
CREATE TRIGGER frozen_list BEFORE UPDATE OR DELETE ON portfolio_adoptedentry
    FOR EACH ROW EXECUTE FUNCTION portfolio_frozen_list();

-- The scope behind the gate -------------------------------------------------------------------------

ALTER TABLE portfolio_scope ADD CONSTRAINT scope_behind_gate
    FOREIGN KEY (project_id, scoping_opened)
    REFERENCES portfolio_project (id, scoping_opened);

CREATE FUNCTION portfolio_insist_on_open_gate(the_project bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    project portfolio_project;
    missing text;
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    SELECT * INTO project FROM portfolio_project WHERE id = the_project FOR SHARE;
    missing := portfolio_missing(portfolio_problem_is_defined(project.problem_id),
        portfolio_budget_is_dedicated(project.budget_id), portfolio_project_is_listed(project.id));
    IF project.stage NOT IN ('scoping', 'delivery', 'scaling') THEN
        missing := concat_ws('; ', nullif(missing, ''), 'scoping has not been opened');
    ELSIF project.on_hold THEN
        missing := concat_ws('; ', nullif(missing, ''), 'the project is on hold');
    END IF;
    IF missing <> '' THEN
        PERFORM portfolio_refuse('scope_needs_open_gate', format(
            'The scope of project P-%s cannot be written: %s.',
            lpad(the_project::text, 3, '0'), missing));
    END IF;
END $$;

CREATE FUNCTION portfolio_guard_scope() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM portfolio_insist_on_open_gate(OLD.project_id);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM portfolio_insist_on_open_gate(NEW.project_id);
    RETURN NEW;
END $$;

CREATE TRIGGER guard_scope BEFORE INSERT OR UPDATE OR DELETE ON portfolio_scope
    FOR EACH ROW EXECUTE FUNCTION portfolio_guard_scope();

CREATE FUNCTION portfolio_guard_scope_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM portfolio_insist_on_open_gate(
            (SELECT project_id FROM portfolio_scope WHERE id = OLD.scope_id));
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM portfolio_insist_on_open_gate(
        (SELECT project_id FROM portfolio_scope WHERE id = NEW.scope_id));
    RETURN NEW;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER guard_scope_part BEFORE INSERT OR UPDATE OR DELETE ON portfolio_{part}
    FOR EACH ROW EXECUTE FUNCTION portfolio_guard_scope_part();
"""
    for part in ("scopeoption", "deliverable", "milestone", "risk")
)

REVERSE = """
DROP TRIGGER guard_scope_part ON portfolio_risk;
DROP TRIGGER guard_scope_part ON portfolio_milestone;
DROP TRIGGER guard_scope_part ON portfolio_deliverable;
DROP TRIGGER guard_scope_part ON portfolio_scopeoption;
DROP FUNCTION portfolio_guard_scope_part();
DROP TRIGGER guard_scope ON portfolio_scope;
DROP FUNCTION portfolio_guard_scope();
DROP FUNCTION portfolio_insist_on_open_gate(bigint);
ALTER TABLE portfolio_scope DROP CONSTRAINT scope_behind_gate;
DROP TRIGGER frozen_list ON portfolio_adoptedentry;
DROP TRIGGER frozen_list ON portfolio_adoptedlist;
DROP FUNCTION portfolio_frozen_list();
DROP TRIGGER copy_working_order ON portfolio_adoptedlist;
DROP FUNCTION portfolio_copy_working_order();
DROP TRIGGER number_list ON portfolio_adoptedlist;
DROP FUNCTION portfolio_number_list();
DROP TRIGGER budget_changed ON budgets_budget;
DROP FUNCTION portfolio_budget_changed();
DROP TRIGGER problem_changed ON problems_problem;
DROP FUNCTION portfolio_problem_changed();
DROP TRIGGER keep_project ON portfolio_project;
DROP FUNCTION portfolio_keep_project();
DROP FUNCTION portfolio_insist_on_scoping_slot(bigint);
DROP FUNCTION portfolio_missing(boolean, boolean, boolean);
DROP FUNCTION portfolio_project_is_listed(bigint);
DROP FUNCTION portfolio_budget_is_dedicated(bigint);
DROP FUNCTION portfolio_problem_is_defined(bigint);
DROP FUNCTION portfolio_insist_on_read_committed();
DROP TRIGGER guard_city ON portfolio_city;
DROP FUNCTION portfolio_guard_city();
DROP FUNCTION portfolio_today();
DROP FUNCTION portfolio_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0002_projects_list_scope_history"),
        ("problems", "0002_statement_rules"),
        ("budgets", "0002_ledger_rules"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
