"""The tables of money that can be taken along, as a card of a page."""

from typing import Any

from django import template

from portfolio.money_files.registry import of_place
from portfolio.money_files.subject import Place

register = template.Library()


@register.inclusion_tag("components/money_files.html")
def money_files(place: str, key: int | None = None) -> dict[str, Any]:
    """Show every table of a place: "city", "fund" with its key, or "budget" with its project's."""
    return {"tables": of_place(Place(place)), "route": f"{place}_export", "key": key}
