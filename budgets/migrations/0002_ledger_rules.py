"""What the database itself holds about money, whoever writes: forms, bulk writes or SQL.

Every total is computed here, from the rows it sums, each time its own row is written, after that
row is locked. A client's value is ignored, so a stale page or a hostile statement cannot set one.

* An appropriation's `held` and `committed` are the sums of its allocations; the constraint
  `appropriation_not_overdrawn` compares them with its amount. Two officers who take the last
  dollars at once meet at the appropriation's row: the second one sees the first one's allocation.
* A budget's totals are sums of its cost lines and allocations. A change of one of them withdraws
  the confirmation of a dedicated budget.
* An allocation is held, then committed, then released; its amount never changes.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION budgets_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = '23514', CONSTRAINT = rule;
END $$;

-- Appropriations -----------------------------------------------------------------------------

CREATE FUNCTION budgets_keep_appropriation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    totals text[] := ARRAY['held', 'committed'];
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        PERFORM budgets_refuse('appropriation_keeps_its_number',
            'An appropriation keeps its number.');
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - totals <> to_jsonb(OLD) - totals
       AND EXISTS (SELECT 1 FROM budgets_allocation WHERE appropriation_id = OLD.id) THEN
        PERFORM budgets_refuse('appropriation_in_use_stays',
            'This appropriation is in use and no longer changes. Enter a new numbered action.');
    END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE state = 'held'), 0),
           coalesce(sum(amount) FILTER (WHERE state = 'committed'), 0)
      INTO NEW.held, NEW.committed
      FROM budgets_allocation WHERE appropriation_id = NEW.id;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_appropriation BEFORE INSERT OR UPDATE ON budgets_appropriation
    FOR EACH ROW EXECUTE FUNCTION budgets_keep_appropriation();

-- Budgets --------------------------------------------------------------------------------------

-- Years between the first recurring cost and the end of the horizon in which a recurring cost is
-- missing or has no fund that pays it.
CREATE FUNCTION budgets_years_without_source(the_budget bigint, first_year int) RETURNS int
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH recurring AS (
        SELECT fiscal_year, bool_and(source_id IS NOT NULL) AS sourced
        FROM budgets_costline WHERE budget_id = the_budget AND kind = 'recurring'
        GROUP BY fiscal_year),
    horizon AS (
        SELECT generate_series((SELECT min(fiscal_year) FROM recurring)::int,
            greatest(first_year - 1 + coalesce((SELECT horizon_years FROM budgets_budgetpolicy), 5),
                     (SELECT max(fiscal_year) FROM recurring)::int)) AS fiscal_year)
    SELECT count(*)::int FROM horizon LEFT JOIN recurring USING (fiscal_year)
    WHERE recurring.sourced IS NOT TRUE
$$;

CREATE FUNCTION budgets_keep_budget() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    behind text[] := ARRAY['one_time_cost', 'contingency', 'contingency_floor', 'recurring_cost',
        'security_cost', 'held', 'committed', 'unsuitable', 'years_without_source', 'money_from',
        'money_until', 'first_fiscal_year', 'phase_start', 'phase_end', 'no_recurring_reason'];
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        PERFORM budgets_refuse('budget_keeps_its_number', 'A budget keeps its number.');
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
        PERFORM budgets_refuse('budget_starts_undedicated',
            'A budget starts without a confirmation.');
    END IF;
    SELECT coalesce(sum(amount) FILTER (WHERE kind <> 'recurring' AND element <> 'contingency'), 0),
           coalesce(sum(amount) FILTER (WHERE element = 'contingency'), 0),
           coalesce(sum(amount) FILTER (WHERE kind = 'recurring'), 0),
           coalesce(sum(amount) FILTER (WHERE element = 'security'), 0)
      INTO NEW.one_time_cost, NEW.contingency, NEW.recurring_cost, NEW.security_cost
      FROM budgets_costline WHERE budget_id = NEW.id;
    NEW.contingency_floor := round(NEW.one_time_cost
        * coalesce((SELECT contingency_percent FROM budgets_budgetpolicy), 25) / 100, 2);
    NEW.years_without_source := budgets_years_without_source(NEW.id, NEW.first_fiscal_year);
    SELECT coalesce(sum(a.amount) FILTER (WHERE a.state = 'held'), 0),
           coalesce(sum(a.amount) FILTER (WHERE a.state = 'committed'), 0),
           coalesce(sum(a.amount) FILTER (WHERE a.state = 'committed'
               AND p."constraint" NOT IN ('restricted', 'committed')
               AND p.for_budget_id IS DISTINCT FROM NEW.id
               AND NOT (p."constraint" = 'assigned' AND coalesce(
                   (SELECT allow_assigned FROM budgets_budgetpolicy), false))), 0),
           max(p.available_from) FILTER (WHERE a.state = 'committed'),
           min(p.available_until) FILTER (WHERE a.state = 'committed')
      INTO NEW.held, NEW.committed, NEW.unsuitable, NEW.money_from, NEW.money_until
      FROM budgets_allocation a JOIN budgets_appropriation p ON p.id = a.appropriation_id
     WHERE a.budget_id = NEW.id;
    IF TG_OP = 'UPDATE' AND OLD.state = 'dedicated' AND NEW.state = 'dedicated' THEN
        SELECT jsonb_object_agg(key, value) INTO before
          FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (behind);
        SELECT jsonb_object_agg(key, value) INTO after
          FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (behind);
        IF before <> after THEN
            NEW.state := 'draft';
            NEW.confirmed_by_id := NULL;
            NEW.confirmed_at := NULL;
        END IF;
    END IF;
    IF NEW.state = 'dedicated' AND EXISTS (SELECT 1 FROM budgets_allocation
        WHERE budget_id = NEW.id AND state <> 'released' AND held_by_id = NEW.confirmed_by_id) THEN
        PERFORM budgets_refuse('budget_confirmer_did_not_allocate',
            'Money is confirmed by a finance officer who did not enter it. Ask a second one.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER keep_budget BEFORE INSERT OR UPDATE ON budgets_budget
    FOR EACH ROW EXECUTE FUNCTION budgets_keep_budget();

-- Allocations and cost lines make the rows they are summed on compute themselves anew. ----------

CREATE FUNCTION budgets_sum_cost_lines() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    remark text[] := ARRAY['note'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - remark = to_jsonb(OLD) - remark THEN
        RETURN NULL;
    END IF;
    UPDATE budgets_budget SET state = 'draft', confirmed_by_id = NULL, confirmed_at = NULL
     WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.budget_id END,
                  CASE WHEN TG_OP <> 'DELETE' THEN NEW.budget_id END);
    RETURN NULL;
END $$;

CREATE TRIGGER sum_cost_lines AFTER INSERT OR UPDATE OR DELETE ON budgets_costline
    FOR EACH ROW EXECUTE FUNCTION budgets_sum_cost_lines();

CREATE FUNCTION budgets_guard_allocation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    signatures text[] := ARRAY['state', 'committed_by_id', 'committed_at', 'released_by_id',
                               'released_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM budgets_refuse('allocation_is_released',
            'An allocation is never deleted. Release it.');
    ELSIF TG_OP = 'INSERT' AND NEW.state <> 'held' THEN
        PERFORM budgets_refuse('allocation_starts_held', 'Money is held before it is committed.');
    ELSIF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - signatures <> to_jsonb(OLD) - signatures
        OR (OLD.state, NEW.state) NOT IN (('held', 'held'), ('committed', 'committed'),
            ('released', 'released'), ('held', 'committed'), ('held', 'released'),
            ('committed', 'released'))) THEN
        PERFORM budgets_refuse('allocation_moves_forward',
            'Money is held, then committed, then released. Its amount and source do not change: '
            'release it and hold anew.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER guard_allocation BEFORE INSERT OR UPDATE OR DELETE ON budgets_allocation
    FOR EACH ROW EXECUTE FUNCTION budgets_guard_allocation();

CREATE FUNCTION budgets_sum_allocations() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE budgets_appropriation SET amount = amount WHERE id = NEW.appropriation_id;
    UPDATE budgets_budget SET revision = revision WHERE id = NEW.budget_id;
    RETURN NULL;
END $$;

CREATE TRIGGER sum_allocations AFTER INSERT OR UPDATE ON budgets_allocation
    FOR EACH ROW EXECUTE FUNCTION budgets_sum_allocations();
"""

REVERSE = """
DROP TRIGGER sum_allocations ON budgets_allocation;
DROP TRIGGER guard_allocation ON budgets_allocation;
DROP TRIGGER sum_cost_lines ON budgets_costline;
DROP TRIGGER keep_budget ON budgets_budget;
DROP TRIGGER keep_appropriation ON budgets_appropriation;
DROP FUNCTION budgets_sum_allocations();
DROP FUNCTION budgets_guard_allocation();
DROP FUNCTION budgets_sum_cost_lines();
DROP FUNCTION budgets_keep_budget();
DROP FUNCTION budgets_years_without_source(bigint, int);
DROP FUNCTION budgets_keep_appropriation();
DROP FUNCTION budgets_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_ledger")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
