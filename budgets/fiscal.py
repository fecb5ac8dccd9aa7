"""Fiscal years: named by the calendar year in which they end.

With July as its first month, fiscal year 2027 runs from July 1, 2026 to June 30, 2027. With
January it is the calendar year. The first month is a number of the city's policy, 1 to 12.
"""

from datetime import date, timedelta


def _check(first_month: int) -> None:
    if first_month not in range(1, 13):
        raise ValueError(f"The first month of a fiscal year is 1 to 12, not {first_month}.")


def fiscal_year_of(day: date, first_month: int) -> int:
    """Return the fiscal year that `day` falls in; ValueError when `first_month` is no month."""
    _check(first_month)
    return day.year + (1 < first_month <= day.month)


def bounds(year: int, first_month: int) -> tuple[date, date]:
    """Return the first and the last day of a fiscal year, both inside it.

    ValueError when `first_month` is no month or the year has no such days (1 to 9999).
    """
    _check(first_month)
    if first_month == 1:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year - 1, first_month, 1), date(year, first_month, 1) - timedelta(days=1)


def label(year: int) -> str:
    """Return the name of a fiscal year for people: ``FY 2027``."""
    return f"FY {year}"
