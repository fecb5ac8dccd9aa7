from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """The money: funds, appropriations, ledger. Knows nothing of problems or projects."""

    name = "budgets"
    verbose_name = "Budgets"
