"""What must always be true of the ledger, worked out anew from its rows.

The policy's numbers are its defaults: no test that asks this changes them.
"""

# Dollars are what the first action gave and the amendments changed, and are taken once.
OVERDRAWN = """
    SELECT source.id, source.amount, source.held, source.committed, taken.held, taken.committed
    FROM budgets_appropriation source
    CROSS JOIN LATERAL (SELECT
        coalesce(sum(amount) FILTER (WHERE state = 'held'), 0) AS held,
        coalesce(sum(amount) FILTER (WHERE state = 'committed'), 0) AS committed
        FROM budgets_allocation WHERE appropriation_id = source.id) taken
    CROSS JOIN LATERAL (SELECT
        source.adopted_amount + coalesce(sum(CASE source.id WHEN target_id THEN amount
                                             ELSE -amount END), 0) AS amount
        FROM budgets_amendment WHERE source.id IN (source_id, target_id)) acted
    WHERE (source.amount, source.held, source.committed)
            IS DISTINCT FROM (acted.amount, taken.held, taken.committed)
       OR taken.held + taken.committed > acted.amount
       OR taken.held < 0 OR taken.committed < 0
"""

AMENDED_OUT_OF_ORDER = """
    SELECT count(*) FROM budgets_amendment
    HAVING count(*) <> coalesce(max(number), 0) OR count(DISTINCT number) <> count(*)
    UNION ALL
    SELECT id FROM budgets_amendment
    WHERE (kind, source_id IS NULL, target_id IS NULL) NOT IN (('raise', true, false),
        ('cut', false, true), ('lapse', false, true), ('transfer', false, false))
       OR source_id = target_id OR NOT amount > 0
"""

ENDED_BEFORE_ITS_DAY = """
    SELECT id FROM budgets_allocation
    WHERE (has_expired AND (state <> 'released' OR committed_at IS NOT NULL
                            OR released_by_id IS NOT NULL OR released_at::date < expires_on - 1))
       OR (committed_at IS NOT NULL AND committed_at::date > expires_on + 2)
"""

# Every number behind a confirmation, worked out from the lines and the money. A project that was
# stopped is asked for more contingency again when it becomes a concept again.
DEDICATED_WITHOUT_COVER = """
    SELECT budget.id FROM budgets_budget budget
    LEFT JOIN portfolio_project project ON project.budget_id = budget.id
    JOIN LATERAL (SELECT
        coalesce(sum(amount) FILTER (WHERE kind <> 'recurring'), 0) AS once,
        coalesce(sum(amount) FILTER (WHERE kind <> 'recurring' AND element <> 'contingency'), 0)
            AS planned,
        coalesce(sum(amount) FILTER (WHERE element = 'contingency'), 0) AS contingency,
        coalesce(sum(amount) FILTER (WHERE element = 'security'), 0) AS security,
        coalesce(sum(amount), 0) AS whole_life,
        min(fiscal_year) FILTER (WHERE kind = 'recurring') AS first_run,
        greatest(max(fiscal_year) FILTER (WHERE kind = 'recurring'), budget.first_fiscal_year + 4)
            AS last_run,
        count(DISTINCT fiscal_year) FILTER (WHERE kind = 'recurring') AS years_run,
        count(*) FILTER (WHERE kind = 'recurring' AND source_id IS NULL) AS unpaid
        FROM budgets_costline WHERE budget_id = budget.id) cost ON true
    JOIN LATERAL (SELECT
        coalesce(sum(taken.amount), 0) AS committed, max(source.available_from) AS begins,
        min(source.available_until) AS ends,
        bool_and(source."constraint" IN ('restricted', 'committed')
                 OR source.for_budget_id = budget.id) AS is_bound
        FROM budgets_allocation taken
        JOIN budgets_appropriation source ON source.id = taken.appropriation_id
        WHERE taken.budget_id = budget.id AND taken.state = 'committed') money ON true
    WHERE budget.state = 'dedicated'
      AND (cost.planned > 0 AND cost.security > 0 AND money.committed >= cost.once
           AND money.is_bound AND budget.phase_start >= money.begins
           AND budget.phase_end <= money.ends AND cost.unpaid = 0
           AND cost.contingency >= round(cost.planned * CASE project.stage
               WHEN 'scoping' THEN 15 WHEN 'delivery' THEN 10 WHEN 'scaling' THEN 10
               WHEN 'closed' THEN 10 WHEN 'stopped' THEN 10 ELSE 25 END / 100, 2)
           AND CASE WHEN cost.first_run IS NULL THEN budget.no_recurring_reason <> ''
               ELSE cost.years_run = cost.last_run - cost.first_run + 1 END
           AND (cost.security >= round(cost.whole_life * 5 / 100, 2)
                OR EXISTS (SELECT FROM budgets_securitywaiver waiver
                           WHERE waiver.budget_id = budget.id AND waiver.withdrawn_at IS NULL
                             AND waiver.signed_by_id IS DISTINCT FROM budget.prepared_by_id
                             AND waiver.percent * cost.whole_life <= cost.security * 100))
           AND budget.confirmed_by_id IS NOT NULL
           AND budget.confirmed_by_id IS DISTINCT FROM budget.prepared_by_id) IS NOT TRUE
"""

# The version in force is the one that the budget's signature stands under; it still holds.
DEDICATED_WITHOUT_VERSION = """
    SELECT budget.id FROM budgets_budget budget
    LEFT JOIN budgets_budgetversion version ON version.budget_id = budget.id
        AND version.number = (SELECT max(number) FROM budgets_budgetversion
                              WHERE budget_id = budget.id)
    WHERE budget.state = 'dedicated'
      AND ((version.confirmed_by_id, version.confirmed_at)
              IS DISTINCT FROM (budget.confirmed_by_id, budget.confirmed_at)
           OR EXISTS (SELECT FROM jsonb_array_elements(version.money) part
                      LEFT JOIN budgets_allocation taken ON taken.id = (part->>'id')::bigint
                      WHERE taken.state IS DISTINCT FROM 'committed'
                         OR taken.held_by_id = budget.confirmed_by_id
                         OR taken.amount <> (part->>'amount')::numeric)
           OR EXISTS (
               SELECT FROM (
                   SELECT fiscal_year, kind = 'recurring' AS recurs, amount AS more
                   FROM budgets_costline WHERE budget_id = budget.id
                   UNION ALL
                   SELECT (line->>'fiscal_year')::int, line->>'kind' = 'recurring',
                          -(line->>'amount')::numeric
                   FROM jsonb_array_elements(version.lines) line) change
               GROUP BY fiscal_year, recurs HAVING sum(more) > 0))
"""

VERSIONS_THAT_LIE = """
    SELECT version.id FROM budgets_budgetversion version
    CROSS JOIN LATERAL (SELECT
        coalesce(sum((line->>'amount')::numeric) FILTER (WHERE line->>'kind' <> 'recurring'), 0)
            AS once,
        coalesce(sum((line->>'amount')::numeric) FILTER (WHERE line->>'kind' = 'recurring'), 0)
            AS recurring,
        coalesce(sum((line->>'amount')::numeric) FILTER (WHERE line->>'element' = 'security'), 0)
            AS security
        FROM jsonb_array_elements(version.lines) line) cost
    WHERE (version.one_time_cost + version.contingency, version.recurring_cost,
           version.security_cost) IS DISTINCT FROM (cost.once, cost.recurring, cost.security)
       OR version.committed <> (SELECT sum((part->>'amount')::numeric)
                                FROM jsonb_array_elements(version.money) part)
       OR version.committed < cost.once
       OR version.number <> (SELECT count(*) FROM budgets_budgetversion earlier
                             WHERE earlier.budget_id = version.budget_id
                               AND earlier.number <= version.number)
"""

WAIVED_BY_ONES_OWN = """
    SELECT waiver.id FROM budgets_securitywaiver waiver
    JOIN budgets_budget budget ON budget.id = waiver.budget_id
    WHERE budget.state = 'dedicated' AND budget.security_cost < budget.security_floor
      AND (budget.security_waived_until IS NULL OR budget.security_cost = 0)
       OR waiver.ends_on > (waiver.signed_at + interval '12 months' + interval '1 day')::date
"""

NEVER_OF_MONEY = {
    "an appropriation that is overdrawn, or says something else than its allocations": OVERDRAWN,
    "an amendment without its number, or whose ends do not fit": AMENDED_OUT_OF_ORDER,
    "a hold that ended before its day, or was committed after it": ENDED_BEFORE_ITS_DAY,
    "a dedicated budget without cover": DEDICATED_WITHOUT_COVER,
    "a dedicated budget that is not what was confirmed": DEDICATED_WITHOUT_VERSION,
    "a frozen version that is not the sum of its lines": VERSIONS_THAT_LIE,
    "a waiver without end, or where there is none": WAIVED_BY_ONES_OWN,
}
