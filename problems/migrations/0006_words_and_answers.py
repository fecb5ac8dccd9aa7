"""What the database holds about answers, submissions, joint problems and search words.

* A submission is never changed; answers to findings belong to the words and freeze with them.
* A retired problem may name the joint problem that took it in.
* The search words of a problem follow its text, whoever writes it.
"""

from django.db import migrations

STATEMENT_RULES = """
CREATE OR REPLACE FUNCTION problems_guard_statement() RETURNS trigger
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
"""

JOINT_STATEMENT_RULES = STATEMENT_RULES.replace("'decided_at'];", "'decided_at', 'same_as_id'];")

FORWARD = """
CREATE TRIGGER guard_part BEFORE INSERT OR UPDATE OR DELETE ON problems_findinganswer
    FOR EACH ROW EXECUTE FUNCTION problems_guard_part();

CREATE FUNCTION problems_submission_frozen() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM problems_refuse('submission_is_final', 'What was sent is never changed or deleted.');
    RETURN NULL;
END $$;
CREATE TRIGGER submission_is_final BEFORE UPDATE OR DELETE ON problems_submission
    FOR EACH ROW EXECUTE FUNCTION problems_submission_frozen();

-- English and Spanish at once: a city writes in both, and a stem too many does no harm.
CREATE FUNCTION problems_lexemes(words text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT setweight(to_tsvector('english', words) || to_tsvector('spanish', words), weight)
$$;

-- A page of hostile text makes more lexemes than a tsvector holds (1 MB): the beginning will do.
CREATE FUNCTION problems_index_words(the_problem bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO problems_problemwords (problem_id, vector)
    SELECT problem.id,
           problems_lexemes(problem.title, 'A')
        || problems_lexemes(left(problem.statement || ' ' || problem.place, 20000), 'B')
        || problems_lexemes(left(concat_ws(' ', problem.impact_now, problem.do_nothing,
               (SELECT string_agg(who, ' ') FROM problems_affectedgroup
                 WHERE problem_id = problem.id),
               (SELECT string_agg(cause, ' ') FROM problems_cause
                 WHERE problem_id = problem.id)), 20000), 'C')
      FROM problems_problem problem WHERE problem.id = the_problem
    ON CONFLICT (problem_id) DO UPDATE SET vector = excluded.vector
$$;
REVOKE EXECUTE ON FUNCTION problems_index_words(bigint) FROM PUBLIC;

CREATE FUNCTION problems_follow_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM problems_index_words(NEW.id);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION problems_follow_words() FROM PUBLIC;
CREATE FUNCTION problems_follow_part_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM problems_index_words(CASE WHEN TG_OP = 'DELETE' THEN OLD.problem_id
                                      ELSE NEW.problem_id END);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION problems_follow_part_words() FROM PUBLIC;

CREATE TRIGGER follow_words AFTER INSERT OR UPDATE OF title, statement, place, impact_now,
    do_nothing ON problems_problem FOR EACH ROW EXECUTE FUNCTION problems_follow_words();
CREATE TRIGGER follow_words AFTER INSERT OR UPDATE OR DELETE ON problems_affectedgroup
    FOR EACH ROW EXECUTE FUNCTION problems_follow_part_words();
CREATE TRIGGER follow_words AFTER INSERT OR UPDATE OR DELETE ON problems_cause
    FOR EACH ROW EXECUTE FUNCTION problems_follow_part_words();

SELECT problems_index_words(id) FROM problems_problem;
"""

REVERSE = """
DROP TRIGGER follow_words ON problems_cause;
DROP TRIGGER follow_words ON problems_affectedgroup;
DROP TRIGGER follow_words ON problems_problem;
DROP FUNCTION problems_follow_part_words();
DROP FUNCTION problems_follow_words();
DROP FUNCTION problems_index_words(bigint);
DROP FUNCTION problems_lexemes(text, "char");
DROP TRIGGER submission_is_final ON problems_submission;
DROP FUNCTION problems_submission_frozen();
DROP TRIGGER guard_part ON problems_findinganswer;
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0005_critical_reason")]

    operations = [
        migrations.RunSQL(JOINT_STATEMENT_RULES, STATEMENT_RULES),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
