from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """The site, and what joins the need and the money: people, projects, list, gates, scope."""

    name = "portfolio"
    verbose_name = "Portfolio"
