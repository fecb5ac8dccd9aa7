"""Where the money meets the projects: the estimate, the waiver's date, who signs, the history.

A budget's estimate is as far as its project: a concept needs more contingency than what is being
delivered. A dedicated budget counts for the gate only while the waiver it rests on has not ended.
"""

from django.db import migrations

RECORDED = (
    "budgets_amendment",
    "budgets_budgetversion",
    "budgets_costoption",
    "budgets_optionline",
    "budgets_securitywaiver",
    "budgets_spending",
    "budgets_spendingfile",
)

FORWARD = """
CREATE OR REPLACE FUNCTION portfolio_budget_is_dedicated(the_budget bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM budgets_budget WHERE id = the_budget AND state = 'dedicated'
                   AND portfolio_today() BETWEEN money_from AND money_until
                   AND (security_waived_until IS NULL
                        OR portfolio_today() <= security_waived_until))
$$;

-- Its name lets it run before keep_budget, which counts with the estimate.
CREATE FUNCTION portfolio_fit_estimate() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    NEW.estimate := CASE (SELECT stage FROM portfolio_project WHERE budget_id = NEW.id)
        WHEN 'scoping' THEN 'design'
        WHEN 'delivery' THEN 'delivery' WHEN 'scaling' THEN 'delivery' WHEN 'closed' THEN 'delivery'
        ELSE 'concept' END;
    RETURN NEW;
END $$;

CREATE TRIGGER fit_estimate BEFORE INSERT OR UPDATE ON budgets_budget
    FOR EACH ROW EXECUTE FUNCTION portfolio_fit_estimate();

-- Back to a concept, more contingency is needed. Forward less is: the functions write the budget
-- then, for a trigger would lock project and budget in the other order than a withdrawal does.
CREATE FUNCTION portfolio_stage_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE budgets_budget SET revision = revision WHERE id = NEW.budget_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stage_changed AFTER UPDATE ON portfolio_project
    FOR EACH ROW WHEN (OLD.stage <> NEW.stage AND NEW.stage = 'concept')
    EXECUTE FUNCTION portfolio_stage_changed();

-- A waiver that begins or ends to count changes the fact without changing the state.
DROP TRIGGER budget_changed ON budgets_budget;
CREATE TRIGGER budget_changed AFTER UPDATE ON budgets_budget
    FOR EACH ROW WHEN ((OLD.state, OLD.money_from, OLD.money_until, OLD.security_waived_until)
        IS DISTINCT FROM (NEW.state, NEW.money_from, NEW.money_until, NEW.security_waived_until))
    EXECUTE FUNCTION portfolio_budget_changed();

CREATE FUNCTION portfolio_waiver_by_another() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM portfolio_project
               WHERE budget_id = NEW.budget_id AND sponsor_id = NEW.signed_by_id) THEN
        PERFORM portfolio_refuse('security_waiver_signer_does_not_own',
            'Who sponsors the project does not sign its waiver. Ask another security officer.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER waiver_by_another BEFORE INSERT ON budgets_securitywaiver
    FOR EACH ROW EXECUTE FUNCTION portfolio_waiver_by_another();

CREATE FUNCTION portfolio_sponsor_did_not_waive() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM budgets_securitywaiver WHERE budget_id = NEW.budget_id
               AND signed_by_id = NEW.sponsor_id AND withdrawn_at IS NULL) THEN
        PERFORM portfolio_refuse('security_waiver_signer_does_not_own',
            'Who signed the security waiver does not sponsor the project. Choose another person.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sponsor_did_not_waive BEFORE UPDATE ON portfolio_project
    FOR EACH ROW WHEN (NEW.sponsor_id IS DISTINCT FROM OLD.sponsor_id)
    EXECUTE FUNCTION portfolio_sponsor_did_not_waive();
"""

REVERSE = """
DROP TRIGGER sponsor_did_not_waive ON portfolio_project;
DROP FUNCTION portfolio_sponsor_did_not_waive();
DROP TRIGGER waiver_by_another ON budgets_securitywaiver;
DROP FUNCTION portfolio_waiver_by_another();
DROP TRIGGER budget_changed ON budgets_budget;
CREATE TRIGGER budget_changed AFTER UPDATE ON budgets_budget
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION portfolio_budget_changed();
DROP TRIGGER stage_changed ON portfolio_project;
DROP FUNCTION portfolio_stage_changed();
DROP TRIGGER fit_estimate ON budgets_budget;
DROP FUNCTION portfolio_fit_estimate();
CREATE OR REPLACE FUNCTION portfolio_budget_is_dedicated(the_budget bigint) RETURNS boolean
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM budgets_budget WHERE id = the_budget AND state = 'dedicated'
                   AND portfolio_today() BETWEEN money_from AND money_until)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0010_projects_answer_own_problems"),
        ("budgets", "0005_new_rules_hold"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, REVERSE),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION portfolio_record_history();",
                f"DROP TRIGGER record_history ON {table};",
            )
            for table in RECORDED
        ),
    ]
