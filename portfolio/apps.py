from django.apps import AppConfig
from django.db.models import fields


class PortfolioConfig(AppConfig):
    """The site, and what joins the need and the money: people, projects, list, gates, scope."""

    name = "portfolio"
    verbose_name = "Portfolio"

    def ready(self) -> None:
        """Word the empty choice of every select that Django makes as ours do."""
        fields.BLANK_CHOICE_LABEL = "Choose one"
