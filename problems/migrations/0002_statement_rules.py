"""What the database itself holds about statements, whoever writes: forms, bulk writes or SQL.

* A problem begins as a draft and moves only along draft -> submitted -> defined or returned;
  a defined one is reopened as a draft before a word of it changes.
* A problem is sent only with an affected group that has a number, a complete measure, a source
  behind it and a cause that somebody has seen.
* The parts of a problem that was sent or defined do not change.
"""

from django.db import migrations

PARTS = ("affectedgroup", "measure", "cause", "evidence", "priorattempt")

FORWARD = """
CREATE FUNCTION problems_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = '23514', CONSTRAINT = rule;
END $$;

CREATE FUNCTION problems_missing_part(the_problem bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT concat_ws(', ',
        CASE WHEN NOT EXISTS (SELECT 1 FROM problems_affectedgroup
            WHERE problem_id = the_problem AND number > 0 AND number_source <> '')
            THEN 'an affected group with a number and its source' END,
        CASE WHEN NOT EXISTS (SELECT 1 FROM problems_measure
            WHERE problem_id = the_problem AND unit <> '' AND direction <> ''
              AND baseline_value IS NOT NULL AND baseline_date IS NOT NULL
              AND baseline_source <> '' AND baseline_quality <> ''
              AND target_value IS NOT NULL AND target_date IS NOT NULL
              AND target_value <> baseline_value)
            THEN 'a measure with a baseline and a target' END,
        CASE WHEN NOT EXISTS (SELECT 1 FROM problems_evidence
            WHERE problem_id = the_problem AND (source <> '' OR link <> ''))
            THEN 'a piece of evidence with its source' END,
        CASE WHEN NOT EXISTS (SELECT 1 FROM problems_cause
            WHERE problem_id = the_problem AND basis <> 'assumed')
            THEN 'a cause that was observed or measured' END)
$$;

CREATE FUNCTION problems_guard_statement() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    bookkeeping text[] := ARRAY['state', 'version', 'revision', 'saved_at', 'first_submitted_at',
        'submitted_by_id', 'submitted_at', 'decision', 'decided_by_id', 'decided_at'];
    lacking text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            PERFORM problems_refuse('problem_starts_as_draft', 'A problem starts as a draft.');
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id THEN
        PERFORM problems_refuse('problem_keeps_its_number', 'A problem keeps its number.');
    END IF;
    IF NEW.author_id <> OLD.author_id THEN
        PERFORM problems_refuse('problem_author_stays', 'The author of a problem does not change.');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('returned', 'submitted'), ('submitted', 'draft'),
        ('submitted', 'defined'), ('submitted', 'returned'), ('defined', 'draft'),
        ('draft', 'retired'), ('returned', 'retired'), ('submitted', 'retired'),
        ('defined', 'retired')) THEN
        PERFORM problems_refuse('problem_state_in_order',
            format('A problem does not go from %s to %s. It is defined only by a review.',
                   OLD.state, NEW.state));
    END IF;
    IF OLD.state IN ('submitted', 'defined', 'retired')
       AND to_jsonb(NEW) - bookkeeping <> to_jsonb(OLD) - bookkeeping THEN
        PERFORM problems_refuse('problem_sent_is_frozen',
            'This problem was sent in. Reopen it before you change its words.');
    END IF;
    IF NEW.state IN ('submitted', 'defined') AND NEW.state <> OLD.state THEN
        lacking := problems_missing_part(NEW.id);
        IF lacking <> '' THEN
            PERFORM problems_refuse('problem_sent_has_parts',
                'A problem is sent only when it has ' || lacking || '.');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_statement BEFORE INSERT OR UPDATE ON problems_problem
    FOR EACH ROW EXECUTE FUNCTION problems_guard_statement();

-- Locks the statement first and reads its state after, so that nobody sends it in between.
CREATE FUNCTION problems_guard_part() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    touched bigint;
    its_state text;
BEGIN
    FOREACH touched IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.problem_id]
        WHEN 'DELETE' THEN ARRAY[OLD.problem_id]
        ELSE ARRAY[OLD.problem_id, NEW.problem_id] END
    LOOP
        SELECT state INTO its_state FROM problems_problem WHERE id = touched FOR NO KEY UPDATE;
        IF its_state IN ('submitted', 'defined', 'retired') THEN
            PERFORM problems_refuse('problem_sent_is_frozen',
                'This problem was sent in. Reopen it before you change its parts.');
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION problems_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM problems_refuse('review_is_final', 'A review is never changed or deleted.');
    RETURN NULL;
END $$;

CREATE TRIGGER review_is_final BEFORE UPDATE OR DELETE ON problems_review
    FOR EACH ROW EXECUTE FUNCTION problems_frozen();
CREATE TRIGGER review_is_final BEFORE UPDATE OR DELETE ON problems_reviewreason
    FOR EACH ROW EXECUTE FUNCTION problems_frozen();
""" + "".join(
    f"""
CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE OR DELETE ON problems_{part}
    FOR EACH ROW EXECUTE FUNCTION problems_guard_part();
"""
    for part in PARTS
)

REVERSE = (
    "".join(f"DROP TRIGGER guard_part ON problems_{part};\n" for part in PARTS)
    + """
DROP TRIGGER review_is_final ON problems_reviewreason;
DROP TRIGGER review_is_final ON problems_review;
DROP TRIGGER guard_statement ON problems_problem;
DROP FUNCTION problems_frozen();
DROP FUNCTION problems_guard_part();
DROP FUNCTION problems_guard_statement();
DROP FUNCTION problems_missing_part(bigint);
DROP FUNCTION problems_refuse(text, text);
"""
)


class Migration(migrations.Migration):
    dependencies = [("problems", "0001_statements")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
