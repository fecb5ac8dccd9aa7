"""The rights of the role that runs the site.

The owner's role holds the tables and migrates; the site's role reads and writes rows. What it may
not write is listed here, so that a person can read it: history is written by the database alone,
adopted lists and reviews are only ever added, and nothing that a council has seen is deleted.
"""

from django.conf import settings
from django.db import connections
from psycopg import sql

WRITTEN_BY_THE_DATABASE = (
    "portfolio_history",
    "portfolio_historylink",
    "portfolio_adoptedentry",
    "portfolio_projectscore",
    "problems_problemwords",
    "budgets_budgetversion",
    "budgets_comparison",
    "budgets_spentyear",
)
ONLY_ADDED = (
    "portfolio_adoptedlist",
    "portfolio_criterion",
    "portfolio_criteriaversion",
    "portfolio_weight",
    "problems_review",
    "problems_reviewreason",
    "problems_submission",
    "budgets_amendment",
    "budgets_spendingfile",
)
NEVER_DELETED = (
    "portfolio_project",
    "portfolio_scope",
    "portfolio_department",
    "portfolio_city",
    "portfolio_answer",
    "problems_problem",
    "problems_problempolicy",
    "problems_criticalpriority",
    "problems_reasonanswer",
    "budgets_fund",
    "budgets_appropriation",
    "budgets_budget",
    "budgets_allocation",
    "budgets_budgetpolicy",
    "budgets_securitywaiver",
    "budgets_spending",
)


def grant_site_rights() -> None:
    """Give the site's role its rights, and take back the ones it must not have.

    Runs after every migration, as the owner; running it again changes nothing.
    """
    site = sql.Identifier(settings.DATABASES["default"]["USER"])
    statements = [
        sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(site),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(site),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(
            site
        ),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(site),
    ]
    for rights, tables in (
        ("INSERT, UPDATE, DELETE", (*WRITTEN_BY_THE_DATABASE, "django_migrations")),
        ("UPDATE, DELETE", ONLY_ADDED),
        ("DELETE", NEVER_DELETED),
    ):
        statements += [
            sql.SQL("REVOKE " + rights + " ON {} FROM {}").format(sql.Identifier(table), site)
            for table in tables
        ]
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
