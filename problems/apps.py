from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    """The need, before any solution. Knows nothing of budgets or projects."""

    name = "problems"
    verbose_name = "Problems"
