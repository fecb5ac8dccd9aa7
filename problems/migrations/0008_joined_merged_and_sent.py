"""What the database holds about who wrote, who joined, what was merged and what was sent.

* Whoever wrote on a statement, for whichever of its departments, does not decide on it.
* A department joins a problem that somebody still works on, and is not rewritten into another.
* A problem points to the one that took it in from the moment it is retired, and for good.
* Two critical priorities never share a name, however it is spelled in capitals.
* What was sent is kept once, at the moment of sending; a review is one of a problem in review.
"""

import django.contrib.postgres.fields
import django.db.models.functions.text
from django.db import migrations, models

FORWARD = """
-- Named so that it fires before the others: they read what it keeps.
CREATE FUNCTION problems_keep_writers() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    writer bigint := nullif(current_setting('groundwork.user_id', true), '')::bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.writer_ids := '{}';
        RETURN NEW;
    END IF;
    NEW.writer_ids := OLD.writer_ids;
    IF OLD.state IN ('draft', 'returned') AND NEW.state = OLD.state
       AND NEW.revision <> OLD.revision AND NOT (writer = ANY(OLD.writer_ids)) THEN
        NEW.writer_ids := OLD.writer_ids || writer;
    END IF;
    IF NEW.state IN ('defined', 'returned') AND NEW.state <> OLD.state
       AND NEW.decided_by_id = ANY(NEW.writer_ids) THEN
        PERFORM problems_refuse('problem_reviewer_did_not_write',
            'A problem is reviewed by someone who did not write it. Ask another reviewer.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_keep_writers BEFORE INSERT OR UPDATE ON problems_problem
    FOR EACH ROW EXECUTE FUNCTION problems_keep_writers();

-- Each locks the statement first and reads the rest after, so that nobody moves it in between.
CREATE FUNCTION problems_guard_merging() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    its_state text;
BEGIN
    IF OLD.state = 'retired' THEN
        PERFORM problems_refuse('problem_same_as_stays',
            'A retired problem keeps pointing to the one that took it in.');
    END IF;
    SELECT state INTO its_state FROM problems_problem WHERE id = NEW.same_as_id FOR SHARE;
    IF its_state = 'retired' THEN
        PERFORM problems_refuse('problem_same_as_is_open',
            'A retired problem takes no other in. Choose one that is written or defined.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_merging BEFORE UPDATE ON problems_problem FOR EACH ROW
    WHEN (NEW.same_as_id IS DISTINCT FROM OLD.same_as_id)
    EXECUTE FUNCTION problems_guard_merging();

CREATE FUNCTION problems_guard_joining() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    joined problems_problem;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM problems_refuse('joint_department_stays',
            'A department joins a problem or leaves it. Who joined what is not rewritten.');
    END IF;
    SELECT * INTO joined FROM problems_problem WHERE id = NEW.problem_id FOR NO KEY UPDATE;
    IF joined.state = 'retired' THEN
        PERFORM problems_refuse('joint_problem_is_open',
            'This problem is retired. Nobody joins it any more.');
    ELSIF joined.department_id = NEW.department_id THEN
        PERFORM problems_refuse('joint_department_is_another',
            'This department has the problem already.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_joining BEFORE INSERT OR UPDATE ON problems_jointdepartment
    FOR EACH ROW EXECUTE FUNCTION problems_guard_joining();

CREATE FUNCTION problems_guard_submission() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    sent problems_problem;
    latest problems_submission;
BEGIN
    SELECT * INTO sent FROM problems_problem WHERE id = NEW.problem_id FOR NO KEY UPDATE;
    SELECT * INTO latest FROM problems_submission WHERE problem_id = NEW.problem_id
     ORDER BY number DESC LIMIT 1;
    IF sent.state <> 'submitted' OR NEW.at <> sent.submitted_at OR NEW.by_id <> sent.submitted_by_id
       OR NEW.version <> sent.version OR NEW.number <> coalesce(latest.number, 0) + 1
       OR latest.at >= NEW.at THEN
        PERFORM problems_refuse('submission_is_of_its_sending',
            'What was sent is kept once, at the moment when it is sent.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_submission BEFORE INSERT ON problems_submission
    FOR EACH ROW EXECUTE FUNCTION problems_guard_submission();

CREATE FUNCTION problems_guard_review() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    sent problems_problem;
BEGIN
    SELECT * INTO sent FROM problems_problem WHERE id = NEW.problem_id FOR NO KEY UPDATE;
    IF sent.state <> 'submitted' OR NEW.version <> sent.version
       OR NEW.author_id <> sent.author_id THEN
        PERFORM problems_refuse('review_is_of_a_sent_problem',
            'This problem does not wait for a review.');
    ELSIF NEW.by_id = sent.submitted_by_id OR NEW.by_id = ANY(sent.writer_ids) THEN
        PERFORM problems_refuse('review_not_by_author',
            'A problem is reviewed by someone who did not write it.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_review BEFORE INSERT ON problems_review
    FOR EACH ROW EXECUTE FUNCTION problems_guard_review();

-- An answer of tomorrow would count as unsent when it is sent today.
CREATE FUNCTION problems_date_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.at := least(NEW.at, clock_timestamp());
    RETURN NEW;
END $$;
CREATE TRIGGER date_answer BEFORE INSERT OR UPDATE ON problems_reasonanswer
    FOR EACH ROW EXECUTE FUNCTION problems_date_answer();
"""

REVERSE = """
DROP TRIGGER date_answer ON problems_reasonanswer;
DROP FUNCTION problems_date_answer();
DROP TRIGGER guard_review ON problems_review;
DROP FUNCTION problems_guard_review();
DROP TRIGGER guard_submission ON problems_submission;
DROP FUNCTION problems_guard_submission();
DROP TRIGGER guard_joining ON problems_jointdepartment;
DROP FUNCTION problems_guard_joining();
DROP TRIGGER guard_merging ON problems_problem;
DROP FUNCTION problems_guard_merging();
DROP TRIGGER a_keep_writers ON problems_problem;
DROP FUNCTION problems_keep_writers();
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0007_answers_freeze")]

    operations = [
        migrations.AddField(
            model_name="problem",
            name="writer_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                editable=False,
                help_text="Who saved its words so far; the database adds them.",
            ),
        ),
        migrations.AlterField(
            model_name="criticalpriority",
            name="name",
            field=models.CharField(max_length=80),
        ),
        migrations.AddConstraint(
            model_name="criticalpriority",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                name="critical_priority_once",
                violation_error_message="The city has a critical priority of this name. Change "
                "that one instead.",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
