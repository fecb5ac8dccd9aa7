"""What the database itself holds about amendments, ended holds, versions and waivers.

* An appropriation is what its action adopted and its amendments changed; nobody edits it. The
  amount is computed here like every total, so that a cut meets `appropriation_not_overdrawn`.
* A hold ends: its last day is set when it is made, and only an ended hold expires.
* A confirmation freezes a version of the budget. Afterwards the budget stays dedicated as long as
  it costs no more than that version in any fiscal year, spends no less on security and rests on
  the money of that version; anything else takes the confirmation back in the same statement. Cost
  lines are judged once a statement, when it is done: a sheet that is saved by one statement is
  judged as a whole.
* A share of security below the floor counts while a waiver covers it, signed by somebody who did
  not prepare the budget.
"""

from importlib import import_module

from django.db import migrations

LEDGER_RULES: str = import_module("budgets.migrations.0002_ledger_rules").FORWARD

APPROPRIATIONS = """
-- Infinity is a moment to PostgreSQL and to nobody else.
CREATE FUNCTION budgets_insist_on_moments(VARIADIC moments timestamptz[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(moments) AS given WHERE NOT isfinite(given)) THEN
        PERFORM budgets_refuse('moment_is_a_day', 'A signature has a day and a time.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION budgets_keep_appropriation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    totals text[] := ARRAY['amount', 'held', 'committed'];
BEGIN
    PERFORM budgets_insist_on_moments(NEW.action_date, NEW.obligate_by, NEW.report_by);
    IF TG_OP = 'INSERT' THEN
        NEW.adopted_amount := NEW.amount;
    ELSIF NEW.id <> OLD.id THEN
        PERFORM budgets_refuse('appropriation_keeps_its_number',
            'An appropriation keeps its number.');
    ELSIF (NEW.amount, NEW.adopted_amount, NEW.fund_id, NEW.fiscal_year) IS DISTINCT FROM
          (OLD.amount, OLD.adopted_amount, OLD.fund_id, OLD.fiscal_year) THEN
        PERFORM budgets_refuse('appropriation_changes_by_amendment',
            'An appropriation changes by an amendment: raise, cut, transfer or lapse it.');
    ELSIF to_jsonb(NEW) - totals <> to_jsonb(OLD) - totals
          AND (EXISTS (SELECT 1 FROM budgets_allocation WHERE appropriation_id = OLD.id)
               OR EXISTS (SELECT 1 FROM budgets_amendment
                          WHERE OLD.id IN (source_id, target_id))) THEN
        PERFORM budgets_refuse('appropriation_in_use_stays',
            'This appropriation is in use and no longer changes. Enter a new numbered action.');
    END IF;
    SELECT NEW.adopted_amount + coalesce(sum(amount) FILTER (WHERE target_id = NEW.id), 0)
                              - coalesce(sum(amount) FILTER (WHERE source_id = NEW.id), 0)
      INTO NEW.amount
      FROM budgets_amendment WHERE NEW.id IN (source_id, target_id);
    SELECT coalesce(sum(amount) FILTER (WHERE state = 'held'), 0),
           coalesce(sum(amount) FILTER (WHERE state = 'committed'), 0)
      INTO NEW.held, NEW.committed
      FROM budgets_allocation WHERE appropriation_id = NEW.id;
    RETURN NEW;
END $$;

CREATE FUNCTION budgets_number_amendment() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgets_insist_on_moments(NEW.action_date, NEW.signed_at);
    PERFORM pg_advisory_xact_lock(7401);
    NEW.number := 1 + coalesce((SELECT max(number) FROM budgets_amendment), 0);
    RETURN NEW;
END $$;

CREATE TRIGGER number_amendment BEFORE INSERT ON budgets_amendment
    FOR EACH ROW EXECUTE FUNCTION budgets_number_amendment();

CREATE FUNCTION budgets_amend() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM budgets_appropriation
     WHERE id IN (NEW.source_id, NEW.target_id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE budgets_appropriation SET held = held WHERE id IN (NEW.source_id, NEW.target_id);
    RETURN NULL;
END $$;

CREATE TRIGGER amend AFTER INSERT ON budgets_amendment
    FOR EACH ROW EXECUTE FUNCTION budgets_amend();

CREATE FUNCTION budgets_frozen_amendment() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgets_refuse('amendment_never_changes',
        'An amendment never changes. Sign another one that puts it right.');
    RETURN NULL;
END $$;

CREATE TRIGGER frozen_amendment BEFORE UPDATE OR DELETE ON budgets_amendment
    FOR EACH ROW EXECUTE FUNCTION budgets_frozen_amendment();
"""

# The day in the city is within a day of the day in UTC; the functions ask by the city's day.
HOLDS = """
CREATE OR REPLACE FUNCTION budgets_guard_allocation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    signatures text[] := ARRAY['state', 'committed_by_id', 'committed_at', 'released_by_id',
                               'released_at', 'has_expired'];
    today date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM budgets_refuse('allocation_is_released',
            'An allocation is never deleted. Release it.');
    END IF;
    PERFORM budgets_insist_on_moments(NEW.held_at, NEW.committed_at, NEW.released_at);
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'held' THEN
            PERFORM budgets_refuse('allocation_starts_held',
                'Money is held before it is committed.');
        ELSIF (SELECT for_budget_id FROM budgets_appropriation
                WHERE id = NEW.appropriation_id FOR NO KEY UPDATE) <> NEW.budget_id THEN
            PERFORM budgets_refuse('allocation_follows_its_action',
                'This action names another project. Use another appropriation.');
        END IF;
        NEW.expires_on := (least(NEW.held_at, now()) AT TIME ZONE 'UTC')::date
            + coalesce((SELECT hold_days FROM budgets_budgetpolicy), 60);
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - signatures <> to_jsonb(OLD) - signatures
        OR (OLD.state, NEW.state) NOT IN (('held', 'held'), ('committed', 'committed'),
            ('released', 'released'), ('held', 'committed'), ('held', 'released'),
            ('committed', 'released')) THEN
        PERFORM budgets_refuse('allocation_moves_forward',
            'Money is held, then committed, then released. Its amount and source do not change: '
            'release it and hold anew.');
    ELSIF (OLD.committed_at IS NOT NULL AND (NEW.committed_by_id, NEW.committed_at)
               IS DISTINCT FROM (OLD.committed_by_id, OLD.committed_at))
          OR (OLD.released_at IS NOT NULL AND (NEW.released_by_id, NEW.released_at)
               IS DISTINCT FROM (OLD.released_by_id, OLD.released_at)) THEN
        PERFORM budgets_refuse('allocation_signature_stays',
            'Who committed or released money, and when, does not change.');
    ELSIF NEW.has_expired <> OLD.has_expired
          AND (OLD.state <> 'held' OR OLD.expires_on > today) THEN
        PERFORM budgets_refuse('allocation_expires_in_time',
            'A hold ends by itself on its last day, not before. Release it.');
    ELSIF OLD.state = 'held' AND NEW.state = 'committed' AND OLD.expires_on < today - 1 THEN
        PERFORM budgets_refuse('allocation_hold_has_ended',
            'This hold has ended. Hold the money anew, then commit it.');
    END IF;
    RETURN NEW;
END $$;
"""

FILL_IN = """
DROP TRIGGER guard_allocation ON budgets_allocation;
DROP TRIGGER keep_appropriation ON budgets_appropriation;
UPDATE budgets_allocation SET expires_on = (greatest(held_at, now()) AT TIME ZONE 'UTC')::date + 60;
UPDATE budgets_appropriation SET adopted_amount = amount;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE TRIGGER guard_allocation BEFORE INSERT OR UPDATE OR DELETE ON budgets_allocation
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_allocation();
CREATE TRIGGER keep_appropriation BEFORE INSERT OR UPDATE ON budgets_appropriation
    FOR EACH ROW EXECUTE FUNCTION budgets_keep_appropriation();
SET CONSTRAINTS ALL DEFERRED;
"""

BUDGETS = """
-- Whether a budget whose numbers changed may stay dedicated: every condition of the constraint
-- budget_dedicated_is_whole holds, and compared with the version that was confirmed last it costs
-- no more in any fiscal year (what recurs: to no fund that pays it), spends no less on security and
-- rests on the same money.
CREATE FUNCTION budgets_stays_dedicated(budget budgets_budget) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT
        budget.one_time_cost > 0
        AND budget.committed >= budget.one_time_cost + budget.contingency
        AND budget.contingency >= budget.contingency_floor
        AND (budget.recurring_cost > 0 OR budget.no_recurring_reason <> '')
        AND budget.years_without_source = 0
        AND budget.security_cost > 0
        AND (budget.security_cost >= budget.security_floor
             OR budget.security_waived_until IS NOT NULL)
        AND budget.unsuitable = 0
        AND budget.phase_start >= budget.money_from AND budget.phase_end <= budget.money_until
        AND (budget.recurring_cost > 0 OR version.recurring_cost = 0)
        AND budget.security_cost >= version.security_cost
        AND budget.first_fiscal_year >= version.first_fiscal_year
        AND NOT EXISTS (
            SELECT 1
            FROM (SELECT fiscal_year, kind = 'recurring' AS recurs,
                         coalesce(CASE WHEN kind = 'recurring' THEN source_id END, 0) AS payer,
                         sum(amount) AS cost
                    FROM budgets_costline WHERE budget_id = budget.id GROUP BY 1, 2, 3) present
            LEFT JOIN (
                SELECT (line->>'fiscal_year')::int AS fiscal_year,
                       line->>'kind' = 'recurring' AS recurs,
                       coalesce(CASE WHEN line->>'kind' = 'recurring'
                                THEN (line->>'source')::bigint END, 0) AS payer,
                       sum((line->>'amount')::numeric) AS cost
                FROM jsonb_array_elements(version.lines) line GROUP BY 1, 2, 3) confirmed
            USING (fiscal_year, recurs, payer)
            WHERE present.cost > coalesce(confirmed.cost, 0))
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(version.money) part
            JOIN budgets_allocation allocation ON allocation.id = (part->>'id')::bigint
            WHERE allocation.state <> 'committed')
        FROM budgets_budgetversion version WHERE version.budget_id = budget.id
        ORDER BY version.number DESC LIMIT 1), false)
$$;

CREATE OR REPLACE FUNCTION budgets_keep_budget() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    policy budgets_budgetpolicy;
    whole_life numeric;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        PERFORM budgets_refuse('budget_keeps_its_number', 'A budget keeps its number.');
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        PERFORM budgets_refuse('budget_starts_undedicated',
            'A budget starts without a confirmation.');
    END IF;
    PERFORM budgets_insist_on_moments(NEW.phase_start, NEW.phase_end, NEW.confirmed_at);
    SELECT * INTO policy FROM budgets_budgetpolicy;
    SELECT coalesce(sum(amount) FILTER (WHERE kind <> 'recurring' AND element <> 'contingency'), 0),
           coalesce(sum(amount) FILTER (WHERE element = 'contingency'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'recurring'), 0),
           coalesce(sum(amount) FILTER (WHERE element = 'security'), 0)
      INTO NEW.one_time_cost, NEW.contingency, NEW.recurring_cost, NEW.security_cost
      FROM budgets_costline WHERE budget_id = NEW.id;
    NEW.contingency_floor := round(NEW.one_time_cost * CASE NEW.estimate
        WHEN 'design' THEN coalesce(policy.contingency_design_percent, 15)
        WHEN 'delivery' THEN coalesce(policy.contingency_delivery_percent, 10)
        ELSE coalesce(policy.contingency_percent, 25) END / 100, 2);
    NEW.years_without_source := budgets_years_without_source(NEW.id, NEW.first_fiscal_year);
    whole_life := NEW.one_time_cost + NEW.contingency + NEW.recurring_cost;
    NEW.security_floor := round(
        whole_life * coalesce(policy.security_floor_percent, 5) / 100, 2);
    NEW.security_waived_until := CASE WHEN NEW.security_cost < NEW.security_floor THEN (
        SELECT max(ends_on) FROM budgets_securitywaiver
        WHERE budget_id = NEW.id AND withdrawn_at IS NULL
          AND signed_by_id IS DISTINCT FROM NEW.prepared_by_id
          AND percent * whole_life <= NEW.security_cost * 100) END;
    SELECT coalesce(sum(a.amount) FILTER (WHERE a.state = 'held'), 0),
           coalesce(sum(a.amount) FILTER (WHERE a.state = 'committed'), 0),
           coalesce(sum(a.amount) FILTER (WHERE a.state = 'committed'
               AND p."constraint" NOT IN ('restricted', 'committed')
               AND p.for_budget_id IS DISTINCT FROM NEW.id
               AND NOT (p."constraint" = 'assigned'
                        AND coalesce(policy.allow_assigned, false))), 0),
           max(p.available_from) FILTER (WHERE a.state = 'committed'),
           min(p.available_until) FILTER (WHERE a.state = 'committed')
      INTO NEW.held, NEW.committed, NEW.unsuitable, NEW.money_from, NEW.money_until
      FROM budgets_allocation a JOIN budgets_appropriation p ON p.id = a.appropriation_id
     WHERE a.budget_id = NEW.id;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'dedicated' AND (OLD.state <> 'dedicated'
        OR (NEW.confirmed_by_id, NEW.confirmed_at)
            IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at))
       AND EXISTS (SELECT 1 FROM budgets_allocation WHERE budget_id = NEW.id
                   AND state <> 'released' AND held_by_id = NEW.confirmed_by_id) THEN
        PERFORM budgets_refuse('budget_confirmer_did_not_allocate',
            'Money is confirmed by a finance officer who did not enter it. Ask a second one.');
    END IF;
    -- Who confirmed and then prepares takes the confirmation back with it.
    IF OLD.state = 'dedicated' AND NEW.state = 'dedicated'
       AND (NOT budgets_stays_dedicated(NEW)
            OR (NEW.prepared_by_id = NEW.confirmed_by_id
                AND NEW.confirmed_by_id = OLD.confirmed_by_id)) THEN
        NEW.state := 'draft';
        NEW.confirmed_by_id := NULL;
        NEW.confirmed_at := NULL;
    END IF;
    RETURN NEW;
END $$;

-- The only way into budgets_budgetversion: the site's role may not write there.
CREATE FUNCTION budgets_freeze_version(budget budgets_budget) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO budgets_budgetversion (budget_id, number, revision, prepared_by_id,
        confirmed_by_id, confirmed_at, estimate, first_fiscal_year, phase_start, phase_end,
        no_recurring_reason, one_time_cost, contingency, recurring_cost, security_cost,
        security_waived_until, committed, money_from, money_until, lines, money)
    SELECT budget.id,
        1 + coalesce((SELECT max(number) FROM budgets_budgetversion
                      WHERE budget_id = budget.id), 0),
        budget.revision, budget.prepared_by_id, budget.confirmed_by_id, budget.confirmed_at,
        budget.estimate, budget.first_fiscal_year, budget.phase_start, budget.phase_end,
        budget.no_recurring_reason, budget.one_time_cost, budget.contingency,
        budget.recurring_cost, budget.security_cost, budget.security_waived_until,
        budget.committed, budget.money_from, budget.money_until,
        (SELECT jsonb_agg(jsonb_build_object('id', line.id, 'fiscal_year', line.fiscal_year,
                'kind', line.kind, 'element', line.element, 'amount', line.amount::text,
                'note', line.note, 'source', line.source_id,
                'source_name', fund.code || ' ' || fund.name)
                ORDER BY line.fiscal_year, line.kind, line.id)
           FROM budgets_costline line LEFT JOIN budgets_fund fund ON fund.id = line.source_id
          WHERE line.budget_id = budget.id),
        (SELECT jsonb_agg(jsonb_build_object('id', taken.id, 'amount', taken.amount::text,
                'appropriation', source.id, 'fund', fund.code || ' ' || fund.name,
                'fiscal_year', source.fiscal_year, 'action_number', source.action_number,
                'constraint', source."constraint", 'available_from', source.available_from,
                'available_until', source.available_until, 'held_by', taken.held_by_id)
                ORDER BY taken.id)
           FROM budgets_allocation taken
           JOIN budgets_appropriation source ON source.id = taken.appropriation_id
           JOIN budgets_fund fund ON fund.id = source.fund_id
          WHERE taken.budget_id = budget.id AND taken.state = 'committed')
$$;
REVOKE EXECUTE ON FUNCTION budgets_freeze_version(budgets_budget) FROM PUBLIC;

-- One statement may write costs and sign at once. Its totals were computed before its lines stood.
CREATE FUNCTION budgets_freeze_confirmed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.one_time_cost + NEW.contingency, NEW.recurring_cost, NEW.security_cost)
       IS DISTINCT FROM (
           SELECT (coalesce(sum(amount) FILTER (WHERE kind <> 'recurring'), 0),
                   coalesce(sum(amount) FILTER (WHERE kind = 'recurring'), 0),
                   coalesce(sum(amount) FILTER (WHERE element = 'security'), 0))
             FROM budgets_costline WHERE budget_id = NEW.id)
       OR NEW.committed <> (SELECT coalesce(sum(amount), 0) FROM budgets_allocation
                             WHERE budget_id = NEW.id AND state = 'committed') THEN
        PERFORM budgets_refuse('budget_version_says_what_was_signed',
            'The budget changed while it was being confirmed. Read it again, then confirm it.');
    END IF;
    PERFORM budgets_freeze_version(NEW);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION budgets_freeze_confirmed() FROM PUBLIC;

SELECT budgets_freeze_version(budget) FROM budgets_budget budget WHERE state = 'dedicated';
UPDATE budgets_budget SET revision = revision;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;

CREATE TRIGGER freeze_confirmed AFTER UPDATE ON budgets_budget
    FOR EACH ROW WHEN (NEW.state = 'dedicated' AND (OLD.state <> 'dedicated'
        OR (NEW.confirmed_by_id, NEW.confirmed_at)
            IS DISTINCT FROM (OLD.confirmed_by_id, OLD.confirmed_at)))
    EXECUTE FUNCTION budgets_freeze_confirmed();

CREATE FUNCTION budgets_frozen_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgets_refuse('budget_version_never_changes',
        'A confirmed version of a budget never changes. Confirm a new one.');
    RETURN NULL;
END $$;

CREATE TRIGGER frozen_version BEFORE UPDATE OR DELETE ON budgets_budgetversion
    FOR EACH ROW EXECUTE FUNCTION budgets_frozen_version();

DROP TRIGGER sum_cost_lines ON budgets_costline;
DROP FUNCTION budgets_sum_cost_lines();

CREATE FUNCTION budgets_sum_cost_lines() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE budgets_budget SET revision = revision
         WHERE id IN (SELECT budget_id FROM lines_after);
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE budgets_budget SET revision = revision
         WHERE id IN (SELECT budget_id FROM lines_before);
    ELSE
        UPDATE budgets_budget SET revision = revision
         WHERE id IN (SELECT budget_id FROM lines_before UNION SELECT budget_id FROM lines_after);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER sum_new_cost_lines AFTER INSERT ON budgets_costline
    REFERENCING NEW TABLE AS lines_after
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_cost_lines();
CREATE TRIGGER sum_changed_cost_lines AFTER UPDATE ON budgets_costline
    REFERENCING OLD TABLE AS lines_before NEW TABLE AS lines_after
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_cost_lines();
CREATE TRIGGER sum_removed_cost_lines AFTER DELETE ON budgets_costline
    REFERENCING OLD TABLE AS lines_before
    FOR EACH STATEMENT EXECUTE FUNCTION budgets_sum_cost_lines();
"""

WAIVERS = """
CREATE FUNCTION budgets_guard_waiver() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    signed_on date := (least(NEW.signed_at, now()) AT TIME ZONE 'UTC')::date;
    months int := coalesce((SELECT waiver_months FROM budgets_budgetpolicy), 12);
BEGIN
    PERFORM budgets_insist_on_moments(NEW.signed_at, NEW.withdrawn_at);
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL OR
        to_jsonb(NEW) - ARRAY['withdrawn_by_id', 'withdrawn_at']
        <> to_jsonb(OLD) - ARRAY['withdrawn_by_id', 'withdrawn_at']) THEN
        PERFORM budgets_refuse('security_waiver_stays',
            'A signed waiver does not change. Withdraw it and sign another one.');
    ELSIF TG_OP = 'INSERT' AND NEW.ends_on NOT BETWEEN signed_on - 1
          AND signed_on + make_interval(months => months) THEN
        PERFORM budgets_refuse('security_waiver_ends_in_time', format(
            'A waiver ends at most %s months after it is signed.', months));
    ELSIF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM budgets_budget
          WHERE id = NEW.budget_id AND prepared_by_id = NEW.signed_by_id) THEN
        PERFORM budgets_refuse('security_waiver_signer_did_not_prepare',
            'Who prepared the budget does not sign its waiver. Ask another security officer.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_waiver BEFORE INSERT OR UPDATE ON budgets_securitywaiver
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_waiver();

CREATE FUNCTION budgets_waive() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE budgets_budget SET revision = revision WHERE id = NEW.budget_id;
    RETURN NULL;
END $$;

CREATE TRIGGER waive AFTER INSERT OR UPDATE ON budgets_securitywaiver
    FOR EACH ROW EXECUTE FUNCTION budgets_waive();
"""


def before(function: str) -> str:
    """Return the SQL that puts `function` back as `0002_ledger_rules` made it."""
    start = LEDGER_RULES.index(f"CREATE FUNCTION {function}(")
    end = LEDGER_RULES.index("END $$;", start)
    return LEDGER_RULES[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1) + (
        "END $$;"
    )


NOT_AMENDED = f"""
DROP TRIGGER frozen_amendment ON budgets_amendment;
DROP TRIGGER amend ON budgets_amendment;
DROP TRIGGER number_amendment ON budgets_amendment;
{before("budgets_keep_appropriation")}
DROP FUNCTION budgets_frozen_amendment();
DROP FUNCTION budgets_amend();
DROP FUNCTION budgets_number_amendment();
DROP FUNCTION budgets_insist_on_moments(VARIADIC timestamptz[]);
"""

NOT_FROZEN = f"""
DROP TRIGGER sum_new_cost_lines ON budgets_costline;
DROP TRIGGER sum_changed_cost_lines ON budgets_costline;
DROP TRIGGER sum_removed_cost_lines ON budgets_costline;
{before("budgets_sum_cost_lines")}
CREATE TRIGGER sum_cost_lines AFTER INSERT OR UPDATE OR DELETE ON budgets_costline
    FOR EACH ROW EXECUTE FUNCTION budgets_sum_cost_lines();
DROP TRIGGER frozen_version ON budgets_budgetversion;
DROP FUNCTION budgets_frozen_version();
DROP TRIGGER freeze_confirmed ON budgets_budget;
DROP FUNCTION budgets_freeze_confirmed();
DROP FUNCTION budgets_freeze_version(budgets_budget);
{before("budgets_keep_budget")}
DROP FUNCTION budgets_stays_dedicated(budgets_budget);
"""

NOT_WAIVED = """
DROP TRIGGER waive ON budgets_securitywaiver;
DROP FUNCTION budgets_waive();
DROP TRIGGER guard_waiver ON budgets_securitywaiver;
DROP FUNCTION budgets_guard_waiver();
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0003_amendments_versions_waivers_spending")]

    operations = [
        migrations.RunSQL(APPROPRIATIONS, NOT_AMENDED),
        migrations.RunSQL(HOLDS, before("budgets_guard_allocation")),
        migrations.RunSQL(FILL_IN, migrations.RunSQL.noop),
        migrations.RunSQL(BUDGETS, NOT_FROZEN),
        migrations.RunSQL(WAIVERS, NOT_WAIVED),
    ]
