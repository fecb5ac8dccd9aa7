"""The history: one function writes every change of every domain row; each change is chained.

Append-only: the site's role has no right to write here, the functions run with their owner's.
Nobody else may attach them to a table of their own (EXECUTE is revoked), so nobody forges history.
The chain is written when a transaction commits, in the order of commits, so that waiting for it
cannot deadlock with row locks.
"""

from django.db import migrations

RECORDED = (
    "portfolio_city",
    "portfolio_department",
    "portfolio_user",
    "portfolio_membership",
    "portfolio_rolegrant",
    "portfolio_project",
    "portfolio_workingposition",
    "portfolio_adoptedlist",
    "portfolio_scope",
    "portfolio_scopeoption",
    "portfolio_deliverable",
    "portfolio_milestone",
    "portfolio_risk",
    "problems_problempolicy",
    "problems_problem",
    "problems_affectedgroup",
    "problems_measure",
    "problems_cause",
    "problems_evidence",
    "problems_priorattempt",
    "problems_review",
    "problems_reviewreason",
    "budgets_budgetpolicy",
    "budgets_fund",
    "budgets_appropriation",
    "budgets_budget",
    "budgets_costline",
    "budgets_allocation",
    "budgets_fundingrequest",
)

FORWARD = """
-- The zone is pinned: a row's times read the same, whoever wrote it from wherever.
CREATE FUNCTION portfolio_record_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    private text[] := ARRAY['password', 'last_login'];
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - private END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - private END;
BEGIN
    IF before IS NOT DISTINCT FROM after THEN
        RETURN NULL;
    END IF;
    INSERT INTO portfolio_history (at, table_name, row_id, action, user_id, database_role,
                                   before, after)
    VALUES (clock_timestamp(), TG_TABLE_NAME,
            coalesce(after->>'id', before->>'id', after->>'project_id', before->>'project_id'),
            TG_OP, nullif(current_setting('groundwork.user_id', true), '')::bigint,
            session_user, before, after);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_record_history() FROM PUBLIC;

CREATE FUNCTION portfolio_history_hash(previous bytea, change portfolio_history) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT sha256(previous || convert_to(jsonb_build_array(change.id,
        extract(epoch FROM change.at), change.table_name, change.row_id, change.action,
        change.user_id, change.database_role, change.before, change.after)::text, 'UTF8'))
$$;

CREATE FUNCTION portfolio_link_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    previous bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(7403);
    SELECT hash INTO previous FROM portfolio_historylink ORDER BY id DESC LIMIT 1;
    previous := coalesce(previous, decode(repeat('00', 32), 'hex'));
    INSERT INTO portfolio_historylink (history_id, previous, hash)
    VALUES (NEW.id, previous, portfolio_history_hash(previous, NEW));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION portfolio_link_history() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER link_history AFTER INSERT ON portfolio_history
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portfolio_link_history();

CREATE FUNCTION portfolio_frozen_history() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM portfolio_refuse('history_never_changes', 'History is never changed or deleted.');
    RETURN NULL;
END $$;

CREATE TRIGGER frozen_history BEFORE UPDATE OR DELETE ON portfolio_history
    FOR EACH ROW EXECUTE FUNCTION portfolio_frozen_history();
CREATE TRIGGER frozen_history BEFORE UPDATE OR DELETE ON portfolio_historylink
    FOR EACH ROW EXECUTE FUNCTION portfolio_frozen_history();

-- Every fault of the chain: the change it is at, and what is wrong.
CREATE FUNCTION portfolio_verify_history() RETURNS TABLE (history_id bigint, fault text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT change.id, 'was changed after it was written'
      FROM portfolio_historylink link JOIN portfolio_history change ON change.id = link.history_id
     WHERE link.hash <> portfolio_history_hash(link.previous, change)
    UNION ALL
    SELECT chain.history_id, 'does not follow the change before it'
      FROM (SELECT link.history_id, previous, lag(hash) OVER (ORDER BY id) AS hash_before
              FROM portfolio_historylink link) chain
     WHERE chain.previous <> coalesce(chain.hash_before, decode(repeat('00', 32), 'hex'))
    UNION ALL
    SELECT change.id, 'was added past the chain'
      FROM portfolio_history change LEFT JOIN portfolio_historylink link
        ON link.history_id = change.id WHERE link.id IS NULL
    UNION ALL
    SELECT link.history_id, 'was removed'
      FROM portfolio_historylink link LEFT JOIN portfolio_history change
        ON change.id = link.history_id WHERE change.id IS NULL
    ORDER BY 1
$$;
""" + "".join(
    f"""
CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION portfolio_record_history();
"""
    for table in RECORDED
)

REVERSE = (
    "".join(f"DROP TRIGGER record_history ON {table};\n" for table in RECORDED)
    + """
DROP FUNCTION portfolio_verify_history();
DROP TRIGGER frozen_history ON portfolio_historylink;
DROP TRIGGER frozen_history ON portfolio_history;
DROP FUNCTION portfolio_frozen_history();
DROP TRIGGER link_history ON portfolio_history;
DROP FUNCTION portfolio_link_history();
DROP FUNCTION portfolio_history_hash(bytea, portfolio_history);
DROP FUNCTION portfolio_record_history();
"""
)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0003_gate")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
