"""What the database holds of scores, what-ifs and adopted lists.

A score is the weighted sum of the answers under the newest criteria, kept on one row a project.
Criteria, versions and weights never change. An adopted list keeps the reasons, scores and lines
that it showed: the order, scores and reasons are copied from their tables; on which side of the
lines a project stands is told by the site in the setting `groundwork.outcomes` of its
transaction, a JSON object by project.
"""

from django.db import migrations

RECORDED = (
    "portfolio_criterion",
    "portfolio_criteriaversion",
    "portfolio_weight",
    "portfolio_answer",
    "portfolio_scenario",
)
FROZEN = ("portfolio_criterion", "portfolio_criteriaversion", "portfolio_weight")

FORWARD = (
    """
-- Scores --------------------------------------------------------------------------------------------

CREATE FUNCTION portfolio_number_criteria() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7401);
    NEW.number := 1 + coalesce((SELECT max(number) FROM portfolio_criteriaversion), 0);
    NEW.signed_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER number_criteria BEFORE INSERT ON portfolio_criteriaversion
    FOR EACH ROW EXECUTE FUNCTION portfolio_number_criteria();

CREATE FUNCTION portfolio_frozen_criteria() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_refuse('criteria_never_change',
        'Criteria and weights never change. Make a new version of them.');
    RETURN NULL;
END $$;

-- The row is locked first and the answers are read after, so that no answer is missed.
CREATE FUNCTION portfolio_score_projects(projects bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    newest bigint := (SELECT id FROM portfolio_criteriaversion ORDER BY number DESC LIMIT 1);
BEGIN
    INSERT INTO portfolio_projectscore AS kept (project_id, score, answered, asked)
    SELECT id, 0, 0, 0 FROM unnest(projects) AS id ORDER BY id
    ON CONFLICT (project_id) DO UPDATE SET answered = kept.answered;
    UPDATE portfolio_projectscore kept
    SET score = found.score, answered = found.answered, asked = found.asked,
        safety = found.safety, mandate = found.mandate, outside_money = found.outside_money
    FROM (
        SELECT project.id,
            coalesce(sum(weight.weight * answer.counted), 0) / 5.0 AS score,
            count(answer.counted) AS answered,
            count(weight.id) AS asked,
            max(answer.counted) FILTER (WHERE criterion.code = 'safety') AS safety,
            max(answer.counted) FILTER (WHERE criterion.code = 'mandate') AS mandate,
            max(answer.counted) FILTER (WHERE criterion.code = 'outside_money') AS outside_money
        FROM unnest(projects) AS project (id)
        LEFT JOIN portfolio_weight weight ON weight.version_id = newest
        LEFT JOIN portfolio_criterion criterion ON criterion.id = weight.criterion_id
        LEFT JOIN LATERAL (
            SELECT coalesce(corrected_value, value) AS counted FROM portfolio_answer
            WHERE project_id = project.id AND criterion_id = weight.criterion_id
        ) answer ON true
        GROUP BY project.id
    ) found
    WHERE kept.project_id = found.id;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_score_projects(bigint[]) FROM PUBLIC;

CREATE FUNCTION portfolio_answer_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_read_committed();
    IF TG_OP <> 'INSERT' THEN
        PERFORM portfolio_score_projects(ARRAY[OLD.project_id]);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.project_id <> OLD.project_id) THEN
        PERFORM portfolio_score_projects(ARRAY[NEW.project_id]);
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_answer_changed() FROM PUBLIC;

-- Before any row: an answer and a new version wait for each other, so that no score is left behind.
CREATE FUNCTION portfolio_answers_take_turns() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7401);
    RETURN NULL;
END $$;

CREATE TRIGGER answers_take_turns BEFORE INSERT OR UPDATE OR DELETE ON portfolio_answer
    FOR EACH STATEMENT EXECUTE FUNCTION portfolio_answers_take_turns();

CREATE TRIGGER answer_changed AFTER INSERT OR UPDATE OR DELETE ON portfolio_answer
    FOR EACH ROW EXECUTE FUNCTION portfolio_answer_changed();

CREATE FUNCTION portfolio_insist_on_whole_criteria(the_version bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    total int := (SELECT coalesce(sum(weight), 0) FROM portfolio_weight
                  WHERE version_id = the_version);
BEGIN
    IF total <> 100 THEN
        PERFORM portfolio_refuse('weights_add_up',
            format('The weights add up to %s. They must add up to 100.', total));
    ELSIF EXISTS (
        SELECT 1 FROM portfolio_weight weight
        JOIN portfolio_criterion criterion ON criterion.id = weight.criterion_id
        WHERE weight.version_id = the_version GROUP BY criterion.code HAVING count(*) > 1) THEN
        PERFORM portfolio_refuse('criterion_once_per_version',
            'A criterion stands in a version once. Take the second one out.');
    END IF;
END $$;

-- At the end of the transaction, when all weights of the version are there.
CREATE FUNCTION portfolio_criteria_are_whole() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_whole_criteria(NEW.id);
    PERFORM portfolio_score_projects(
        (SELECT coalesce(array_agg(project_id), '{}') FROM portfolio_projectscore));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_criteria_are_whole() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER criteria_are_whole AFTER INSERT ON portfolio_criteriaversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portfolio_criteria_are_whole();

CREATE FUNCTION portfolio_weights_are_whole() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_insist_on_whole_criteria(NEW.version_id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER weights_are_whole AFTER INSERT ON portfolio_weight
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portfolio_weights_are_whole();

-- What-ifs ------------------------------------------------------------------------------------------

CREATE FUNCTION portfolio_guard_scenario() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.used_at IS NOT NULL THEN
        PERFORM portfolio_refuse('scenario_used_stays',
            'A scenario that became the working order stays as it was used. Copy the order anew.');
    ELSIF cardinality(NEW."order") <> (SELECT count(DISTINCT id) FROM unnest(NEW."order") AS id) THEN
        PERFORM portfolio_refuse('scenario_ranks_once',
            'A project stands in a scenario once. Reload the page.');
    ELSIF jsonb_typeof(NEW.fund_changes) <> 'object' OR EXISTS (
        SELECT 1 FROM jsonb_each(NEW.fund_changes) AS change (fund, percent)
        WHERE jsonb_typeof(percent) <> 'number' OR NOT fund ~ '^[0-9]+$'
           OR percent::text::numeric NOT BETWEEN -100 AND 100
           OR percent::text::numeric <> trunc(percent::text::numeric)) THEN
        PERFORM portfolio_refuse('scenario_changes_make_sense',
            'A change of a fund is a whole number from −100 to 100 percent.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_scenario BEFORE INSERT OR UPDATE ON portfolio_scenario
    FOR EACH ROW EXECUTE FUNCTION portfolio_guard_scenario();

-- Signing a list ------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION portfolio_copy_working_order() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    outcomes jsonb := coalesce(nullif(current_setting('groundwork.outcomes', true), ''), '{}');
    before portfolio_adoptedlist;
BEGIN
    SELECT * INTO before FROM portfolio_adoptedlist WHERE number = NEW.number - 1;
    INSERT INTO portfolio_adoptedentry (adopted_list_id, rank, project_id, title, department,
        stage, on_hold, problem_defined, budget_dedicated, one_time_cost, committed,
        critical_priority, previous_rank, reason, score, score_rank, has_people, has_money,
        line_sentence)
    SELECT NEW.id, row_number() OVER (ORDER BY place.key), project.id, project.title,
        department.name, project.stage, project.on_hold, project.problem_defined,
        project.budget_dedicated, budget.one_time_cost + budget.contingency, budget.committed,
        coalesce(critical.name, ''), earlier.rank,
        CASE WHEN before.id IS NULL OR place.moved_at > before.signed_at
             THEN place.reason ELSE '' END,
        CASE WHEN score.answered = score.asked AND score.asked > 0 THEN score.score END,
        (outcome.told->>'score_rank')::int, (outcome.told->>'people')::boolean,
        (outcome.told->>'money')::boolean, left(coalesce(outcome.told->>'sentence', ''), 300)
    FROM portfolio_workingposition place
    JOIN portfolio_project project ON project.id = place.project_id
    JOIN portfolio_department department ON department.id = project.department_id
    JOIN budgets_budget budget ON budget.id = project.budget_id
    LEFT JOIN problems_problem problem ON problem.id = project.problem_id
        AND problem.first_submitted_at IS NOT NULL
    LEFT JOIN problems_criticalpriority critical ON critical.id = problem.critical_priority_id
        AND NEW.adopted_on BETWEEN critical.starts_on AND coalesce(critical.ends_on, 'infinity')
    LEFT JOIN portfolio_adoptedentry earlier
        ON earlier.adopted_list_id = before.id AND earlier.project_id = project.id
    LEFT JOIN portfolio_projectscore score ON score.project_id = project.id
    LEFT JOIN LATERAL (SELECT outcomes->project.id::text AS told) outcome ON true;
    -- Also those that leave the list although their stored fact is behind the calendar: somebody
    -- may be opening one of them right now, with the fact computed anew.
    UPDATE portfolio_project SET revision = revision
    WHERE listed <> (id IN (SELECT project_id FROM portfolio_adoptedentry
                            WHERE adopted_list_id = NEW.id))
       OR id IN (SELECT entry.project_id FROM portfolio_adoptedentry entry
                 WHERE entry.adopted_list_id = before.id
                 EXCEPT SELECT project_id FROM portfolio_adoptedentry
                 WHERE adopted_list_id = NEW.id);
    RETURN NULL;
END $$;
"""
    + "".join(
        f"""
CREATE TRIGGER frozen_criteria BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION portfolio_frozen_criteria();
"""
        for table in FROZEN
    )
    + "".join(
        f"""
CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION portfolio_record_history();
"""
        for table in RECORDED
    )
)

REVERSE = (
    "".join(f"DROP TRIGGER record_history ON {table};\n" for table in RECORDED)
    + "".join(f"DROP TRIGGER frozen_criteria ON {table};\n" for table in FROZEN)
    + """
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
DROP TRIGGER guard_scenario ON portfolio_scenario;
DROP FUNCTION portfolio_guard_scenario();
DROP TRIGGER weights_are_whole ON portfolio_weight;
DROP FUNCTION portfolio_weights_are_whole();
DROP TRIGGER criteria_are_whole ON portfolio_criteriaversion;
DROP FUNCTION portfolio_criteria_are_whole();
DROP FUNCTION portfolio_insist_on_whole_criteria(bigint);
DROP TRIGGER answers_take_turns ON portfolio_answer;
DROP FUNCTION portfolio_answers_take_turns();
DROP TRIGGER answer_changed ON portfolio_answer;
DROP FUNCTION portfolio_answer_changed();
DROP FUNCTION portfolio_score_projects(bigint[]);
DROP FUNCTION portfolio_frozen_criteria();
DROP TRIGGER number_criteria ON portfolio_criteriaversion;
DROP FUNCTION portfolio_number_criteria();
"""
)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0012_scores_scenarios_and_reasons")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
