"""The map of the product, grouped by path."""

from django.contrib import admin
from django.urls import include, path

from portfolio.views import (
    exports,
    funds,
    home,
    lists,
    notices,
    projects,
    scope,
    search,
    wording,
)
from portfolio.views.budgets import costs, money, page, signing

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
    path("projects/<int:pk>/scope/", scope.scope, name="scope"),
    path("projects/<int:pk>/scope/open/", scope.open_scoping, name="scope_open"),
    # /projects/…/budget/
    path("projects/<int:pk>/budget/", page.budget, name="project_budget"),
    path("projects/<int:pk>/budget/costs/", costs.costs, name="project_costs"),
    path("projects/<int:pk>/budget/hold/", money.hold, name="allocation_hold"),
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
    # /funds/
    path("funds/", include("budgets.urls")),
    path("funds/<int:pk>/", funds.fund, name="fund"),
    # /list/
    path("list/", lists.priority_list, name="priority_list"),
    path("list/add/", lists.add, name="list_add"),
    path("list/<int:pk>/move/", lists.move, name="list_move"),
    path("list/<int:pk>/remove/", lists.remove, name="list_remove"),
    path("list/adopt/", lists.adopt, name="list_adopt"),
    path("list/adopted/<int:number>/", lists.adopted, name="adopted_list"),
    # The wording check under a field
    path("wording/", wording.wording, name="wording"),
    # Briefs
    path("", include("portfolio.briefs.urls")),
    # /admin/
    path("admin/", admin.site.urls),
]
