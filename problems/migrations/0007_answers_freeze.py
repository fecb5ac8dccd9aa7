"""An answer to a reviewer changes until the statement is sent again, then never.

It is given only to a reason of the last review, while the words of the statement can be changed.
"""

from django.db import migrations

FORWARD = """
-- Locks the statement first and reads the rest after, so that nobody sends it in between.
CREATE FUNCTION problems_guard_reason_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    its_review bigint;
    its_problem bigint;
    its_state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM problems_refuse('reason_answer_stays', 'An answer to a reviewer is never deleted.');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.reason_id <> OLD.reason_id THEN
        PERFORM problems_refuse('reason_answer_keeps_its_reason',
            'An answer stays with the reason that it answers.');
    END IF;
    SELECT review.id, review.problem_id INTO its_review, its_problem
      FROM problems_reviewreason reason JOIN problems_review review ON review.id = reason.review_id
     WHERE reason.id = NEW.reason_id;
    SELECT state INTO its_state FROM problems_problem WHERE id = its_problem FOR NO KEY UPDATE;
    IF its_state IN ('submitted', 'defined', 'retired') THEN
        PERFORM problems_refuse('reason_answer_is_frozen',
            'This problem was sent in. Its answers stay as they are.');
    END IF;
    IF EXISTS (SELECT 1 FROM problems_review WHERE problem_id = its_problem AND id > its_review) THEN
        PERFORM problems_refuse('reason_answer_is_to_the_last_review',
            'A reviewer decided again since. Answer what was asked last.');
    END IF;
    IF TG_OP = 'UPDATE' AND EXISTS (
        SELECT 1 FROM problems_submission WHERE problem_id = its_problem AND at > OLD.at) THEN
        PERFORM problems_refuse('reason_answer_was_sent',
            'This answer was sent to the reviewer. It stays as it is.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_reason_answer BEFORE INSERT OR UPDATE OR DELETE ON problems_reasonanswer
    FOR EACH ROW EXECUTE FUNCTION problems_guard_reason_answer();
"""

REVERSE = """
DROP TRIGGER guard_reason_answer ON problems_reasonanswer;
DROP FUNCTION problems_guard_reason_answer();
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0006_words_and_answers")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
