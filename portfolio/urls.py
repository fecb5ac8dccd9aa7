"""The map of the product, grouped by path."""

from django.contrib import admin
from django.urls import include, path

from portfolio.views import (
    amending,
    exports,
    funds,
    home,
    notices,
    projects,
    scope,
    search,
    spending,
    wording,
)
from portfolio.views.budgets import (
    asking,
    costs,
    holding,
    money,
    options,
    page,
    requests,
    signing,
    versions,
    waiving,
)
from portfolio.views.lists import (
    adopted,
    adopting,
    answers,
    comparing,
    criteria,
    moving,
    order,
    scenario_uses,
    scenarios,
    scores,
    year,
)

handler400 = "portfolio.views.refused.unreadable"

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.help_page, name="help"),
    # /accounts/
    path("accounts/login/", home.sign_in, name="account_login"),
    path("accounts/notices/", notices.choice, name="notices"),
    path("accounts/", include("portfolio.account_urls")),
    path("search/", search.search, name="search"),
    # /problems/
    path("problems/export.<str:file_format>", exports.problems, name="problems_export"),
    path("problems/", include("problems.urls")),
    # /projects/
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.new, name="project_new"),
    path("projects/<int:pk>/", projects.detail, name="project"),
    path("projects/<int:pk>/description/", projects.describe, name="project_describe"),
    path("projects/<int:pk>/problem/", projects.problem, name="project_problem"),
    path("projects/<int:pk>/hold/", projects.hold, name="project_hold"),
    path("projects/<int:pk>/resume/", projects.resume, name="project_resume"),
    path("projects/<int:pk>/stop/", projects.stop, name="project_stop"),
    path("projects/<int:pk>/history/", projects.history, name="project_history"),
    path("projects/<int:pk>/score/", answers.answers, name="project_score"),
    path("projects/<int:pk>/score/<int:criterion>/", answers.correct, name="answer_correct"),
    path("projects/<int:pk>/scope/", scope.scope, name="scope"),
    path("projects/<int:pk>/scope/open/", scope.open_scoping, name="scope_open"),
    # /projects/…/budget/
    path("projects/<int:pk>/budget/", page.budget, name="project_budget"),
    path("projects/<int:pk>/budget/costs/", costs.costs, name="project_costs"),
    path("projects/<int:pk>/budget/hold/", holding.hold, name="allocation_hold"),
    path(
        "projects/<int:pk>/budget/allocations/<int:allocation>/commit/",
        money.commit,
        name="allocation_commit",
    ),
    path(
        "projects/<int:pk>/budget/allocations/<int:allocation>/release/",
        money.release,
        name="allocation_release",
    ),
    path("projects/<int:pk>/budget/confirm/", signing.confirm, name="budget_confirm"),
    path("projects/<int:pk>/budget/withdraw/", signing.withdraw, name="budget_withdraw"),
    path("projects/<int:pk>/budget/versions/", versions.index, name="budget_versions"),
    path(
        "projects/<int:pk>/budget/versions/<int:number>/", versions.version, name="budget_version"
    ),
    path("projects/<int:pk>/budget/waiver/", waiving.waiver, name="security_waiver"),
    path(
        "projects/<int:pk>/budget/waiver/<int:waiver>/withdraw/",
        waiving.withdraw,
        name="security_waiver_withdraw",
    ),
    path("projects/<int:pk>/budget/ask/", asking.ask, name="finance_ask"),
    path("projects/<int:pk>/budget/requests/", requests.requests, name="funding_requests"),
    path("projects/<int:pk>/budget/requests/new/", requests.new, name="funding_request_new"),
    path(
        "projects/<int:pk>/budget/requests/<int:funding_request>/",
        requests.change,
        name="funding_request",
    ),
    path(
        "projects/<int:pk>/budget/requests/<int:funding_request>/remove/",
        requests.remove,
        name="funding_request_remove",
    ),
    path(
        "projects/<int:pk>/budget/requests/<int:funding_request>/decline/",
        asking.decline,
        name="funding_request_decline",
    ),
    path("projects/<int:pk>/budget/options/", options.compared, name="budget_options"),
    path("projects/<int:pk>/budget/options/<int:place>/", options.option, name="budget_option"),
    path(
        "projects/<int:pk>/budget/options/<int:place>/use/", options.use, name="budget_option_use"
    ),
    path(
        "projects/<int:pk>/budget/options/<int:place>/remove/",
        options.remove,
        name="budget_option_remove",
    ),
    path("projects/<int:pk>/budget/spending/", spending.project_spending, name="project_spending"),
    # /funds/
    path("funds/spending/", spending.spending, name="spending"),
    path("funds/spending/import/", spending.spending_import, name="spending_import"),
    path("funds/spending/files/", spending.spending_files, name="spending_files"),
    path("funds/<int:pk>/spending/", spending.fund_spending, name="fund_spending"),
    path("funds/", include("budgets.urls")),
    path("funds/<int:pk>/", funds.fund, name="fund"),
    path("funds/appropriations/<int:pk>/", funds.appropriation, name="appropriation"),
    path("funds/appropriations/<int:pk>/amend/<str:kind>/", amending.amend, name="amend"),
    # /list/
    path("list/", order.priority_list, name="priority_list"),
    path("list/add/", order.add, name="list_add"),
    path("list/<int:pk>/move/", moving.move, name="list_move"),
    path("list/undo/", moving.undo, name="list_undo"),
    path("list/<int:pk>/remove/", order.remove, name="list_remove"),
    path("list/adopt/", adopting.adopt, name="list_adopt"),
    path("list/moves/", year.moves, name="list_moves"),
    path("list/adopted/", adopted.index, name="adopted_lists"),
    path("list/adopted/compare/", comparing.compared, name="adopted_compare"),
    path("list/adopted/<int:number>/", adopted.adopted, name="adopted_list"),
    path("list/scores/", scores.scores, name="scores"),
    path("list/criteria/", criteria.in_force, name="criteria"),
    path("list/criteria/new/", criteria.new, name="criteria_new"),
    path("list/criteria/<int:number>/", criteria.version, name="criteria_version"),
    path("list/scenarios/", scenarios.index, name="scenarios"),
    path("list/scenarios/new/", scenarios.new, name="scenario_new"),
    path("list/scenarios/compare/", scenario_uses.compared, name="scenarios_compare"),
    path("list/scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path("list/scenarios/<int:pk>/move/<int:project>/", scenarios.move, name="scenario_move"),
    path("list/scenarios/<int:pk>/change/", scenarios.change, name="scenario_change"),
    path("list/scenarios/<int:pk>/new-projects/", scenarios.put_new, name="scenario_put_new"),
    path("list/scenarios/<int:pk>/use/", scenario_uses.use, name="scenario_use"),
    path("list/scenarios/<int:pk>/discard/", scenarios.discard, name="scenario_discard"),
    # The wording check under a field
    path("wording/", wording.wording, name="wording"),
    # Briefs
    path("", include("portfolio.briefs.urls")),
    # Tables of money as files; open data
    path("", include("portfolio.money_files.urls")),
    path("", include("portfolio.open_data.urls")),
    # /admin/
    path("admin/", admin.site.urls),
]
