"""What anybody with the site's password might type at the database's prompt, by subject."""

STAGES = (
    "UPDATE portfolio_project SET stage = 'scoping' WHERE id = {project}",
    "UPDATE portfolio_project SET stage = 'scoping', on_hold = false, hold_reason = '' "
    "WHERE id = {project}",
    "UPDATE portfolio_project SET stage = 'delivery' WHERE id = {project}",
    "UPDATE portfolio_project SET stage = 'concept' WHERE id = {project}",
    "UPDATE portfolio_project SET stage = 'stopped', stopped_reason = 'So.' WHERE id = {project}",
    "UPDATE portfolio_project SET stage = 'scoping'",
    "UPDATE portfolio_project SET stage = 'scoping' WHERE stage = 'concept' "
    "AND problem_defined AND budget_dedicated AND listed",
    "UPDATE portfolio_project SET on_hold = false, hold_reason = '' WHERE id = {project}",
    "UPDATE portfolio_project SET on_hold = false, hold_reason = ''",
    "UPDATE portfolio_project SET on_hold = true, hold_reason = 'Later.' WHERE id = {project}",
    "UPDATE portfolio_project SET problem_defined = NOT problem_defined, budget_dedicated = true, "
    "listed = true, scoping_opened = true",
    "UPDATE portfolio_project SET problem_id = {other} WHERE id = {project}",
    "UPDATE portfolio_project SET problem_id = NULL WHERE id = {project}",
)

PROBLEMS = (
    "UPDATE problems_problem SET state = 'defined' WHERE id = {problem}",
    "UPDATE problems_problem SET state = 'defined', decision = 'accepted', decided_at = now(), "
    "decided_by_id = {manager} WHERE id = {problem}",
    "UPDATE problems_problem SET state = 'submitted', submitted_at = now(), "
    "submitted_by_id = {head} WHERE id = {problem}",
    "UPDATE problems_problem SET state = 'draft', decision = '', decided_by_id = NULL, "
    "decided_at = NULL WHERE id = {problem}",
    "UPDATE problems_problem SET state = 'retired' WHERE id = {problem}",
    "UPDATE problems_problem SET severity = NULL WHERE id = {problem}",
    "DELETE FROM problems_measure WHERE problem_id = {problem}",
    "UPDATE problems_measure SET problem_id = {problem}",
    "UPDATE problems_cause SET basis = 'assumed' WHERE problem_id = {problem}",
)

MONEY = (
    "UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = {manager}, "
    "confirmed_at = now() WHERE id = {budget}",
    "UPDATE budgets_budget SET confirmed_by_id = prepared_by_id WHERE id = {budget}",
    "UPDATE budgets_budget SET prepared_by_id = confirmed_by_id WHERE id = {budget}",
    "UPDATE budgets_budget SET state = 'dedicated', confirmed_by_id = {finance}, "
    "confirmed_at = now() WHERE id = {budget}",
    "UPDATE budgets_budget SET one_time_cost = 1, committed = 99999999 WHERE id = {budget}",
    "UPDATE budgets_budget SET phase_end = phase_end + 1000 WHERE id = {budget}",
    "UPDATE budgets_allocation SET state = 'released', released_by_id = {finance}, "
    "released_at = now() WHERE budget_id = {budget}",
    "UPDATE budgets_allocation SET amount = amount * 2",
    "INSERT INTO budgets_allocation (budget_id, appropriation_id, amount, state, held_by_id, "
    "held_at) SELECT {budget}, id, amount + 0.01, 'held', {finance}, now() "
    "FROM budgets_appropriation ORDER BY id DESC LIMIT 1",
    "UPDATE budgets_appropriation SET held = 0, committed = 0",
    "UPDATE budgets_appropriation SET amount = amount * 2",
    "INSERT INTO budgets_amendment (kind, amount, source_id, action_type, action_number, "
    "action_date, reason, signed_by_id, signed_at) SELECT 'cut', amount / 2, id, 'ordinance', "
    "'Ord. Half', portfolio_today(), '', {finance}, now() FROM budgets_appropriation",
    "INSERT INTO budgets_amendment (kind, amount, target_id, action_type, action_number, "
    "action_date, reason, signed_by_id, signed_at) SELECT 'raise', 0.01, max(id), 'ordinance', "
    "'Ord. Cent', portfolio_today(), '', {finance}, now() FROM budgets_appropriation",
    "UPDATE budgets_amendment SET amount = 1",
    "UPDATE budgets_allocation SET has_expired = true, state = 'released', released_at = now()",
    "UPDATE budgets_costline SET amount = amount - 1 WHERE budget_id = {budget} "
    "AND element = 'services'",
    "UPDATE budgets_costline SET amount = 500 WHERE budget_id = {budget} AND element = 'security'",
    "INSERT INTO budgets_securitywaiver (budget_id, percent, reason, ends_on, signed_by_id, "
    "signed_at) VALUES ({budget}, 0, 'So.', portfolio_today() + 30, {manager}, now())",
    "UPDATE budgets_securitywaiver SET withdrawn_by_id = {manager}, withdrawn_at = now() "
    "WHERE withdrawn_at IS NULL",
    "WITH raised AS (UPDATE budgets_costline SET amount = amount + 1 "
    "WHERE budget_id = {budget} AND element = 'services') UPDATE budgets_budget "
    "SET confirmed_by_id = {manager}, confirmed_at = now() WHERE id = {budget}",
    "UPDATE budgets_costline SET amount = amount + 1 WHERE budget_id = {budget}",
    "UPDATE budgets_costline SET budget_id = {budget}",
    "DELETE FROM budgets_costline WHERE budget_id = {budget} AND element = 'security'",
)

LIST_AND_SCOPE = (
    "DELETE FROM portfolio_workingposition WHERE project_id = {project}",
    "UPDATE portfolio_workingposition SET key = 'a0V' WHERE project_id = {project}",
    "INSERT INTO portfolio_adoptedlist (action_number, adopted_on, signed_by_id, signed_at) "
    "SELECT 'Res. ' || count(*), portfolio_today(), {manager}, now() FROM portfolio_adoptedlist",
    "INSERT INTO portfolio_scope (project_id, approach, written_by_id, saved_at, revision) "
    "VALUES ({project}, 'Sensors.', {head}, now(), 0)",
    "UPDATE portfolio_scope SET project_id = {project}",
    "UPDATE portfolio_scope SET approach = approach || '.' WHERE project_id = {project}",
    "DELETE FROM portfolio_risk",
)
