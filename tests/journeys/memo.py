"""A one-page memo of a department, as its head types it into the site.

To the City Manager, from Parks: sign-up for summer programs.

Parents who register a child for a summer program wait nine days for an answer, and one in four
gives up before paying. 6,200 households were affected last summer (registration log). They call
the front desk, at lunch and from work, and hear a different answer each time. Places stay empty
while families look elsewhere, and the youngest children stay at home with siblings. We keep three
lists in three offices and compare them by hand on Fridays; we watched it happen. At the front
desk we asked 22 families in May. By next summer a family should know the same day whether their
child has a place, and only one in ten should give up.
"""

from datetime import date, timedelta

TITLE = "Families wait nine days to learn about a summer place"
STATEMENT = (
    "Parents who register a child wait up to nine days for an answer. "
    "One in four gives up before paying."
)
# What the reviewer sends back, and what the head then writes.
TODAY_TOO_SHORT = "Families call several times."
TODAY = (
    "Families call the front desk several times, at lunch and from work. "
    "They hear a different answer each time."
)
TEXTS = {
    "Where it happens": "City-wide",
    "What happens if the city does nothing": "Places stay empty while families look elsewhere.",
    "Why it matters now": "Summer child care lets parents keep their work.",
    "How the people who have the problem were asked": "Interviews at the front desk",
    "How many were asked": "22",
    "When they were asked": "May",
    "What people would notice after 12 months": "Families get an answer the same day.",
}
CHOICES = {
    "How often": "In some seasons",
    "Which critical priority it serves": "Neither, and here is why it matters now",
    "How far the city can change it": "The city can change it alone",
}
SEVERITY = "3: It costs many people time or money, again and again"


def rows(on: date) -> dict[str, dict[str, str]]:
    """Return what is typed into the first row of each part, by the row's legend and the label."""
    measured, target = on - timedelta(days=90), on + timedelta(days=400)
    return {
        "Group 1": {
            "Who they are": "Households",
            "How many": "6,200",
            "Where the number comes from": "Registration log of last summer",
        },
        "Piece of evidence 1": {
            "What it shows": "8,140 registrations, 2,100 given up",
            "Source": "Registration log of last summer",
        },
        "Cause 1": {"Because": "Three lists in three offices are compared by hand"},
        "Measure 1": {
            "What is measured": "Families who start and give up",
            "Unit": "percent",
            "Value today": "26",
            "Measured on": f"{measured:%m/%d/%Y}",
            "Source of the value": "Registration log of last summer",
            "Target": "10",
            "Target date": f"{target:%m/%d/%Y}",
        },
    }


ROW_CHOICES = {
    "Cause 1": {"How we know": "Observed"},
    "Measure 1": {
        "Which way is better": "Lower is better",
        "How good the value is": "Measured",
    },
}
