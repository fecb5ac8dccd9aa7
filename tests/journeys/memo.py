"""A one-page memo of a department, as its head types it into the site.

To the City Manager, from Parks: sign-up for summer programs.

Parents who register a child for a summer program wait nine days for an answer, and one in four
gives up before paying. 6,200 households were affected last summer (registration log). They call
the front desk, at lunch and from work, and hear a different answer each time. Places stay empty
while families look elsewhere, and the youngest children stay at home with siblings. We keep three
lists in three offices and compare them by hand on Fridays; we watched it happen. At the front
desk we asked 22 families in May. By next summer a family should know the same day whether their
child has a place, and only one in ten should give up. The state wants sign-up for child care to be
online by then. The registration log is attached.
"""

from datetime import date, timedelta

from playwright.sync_api import FilePayload

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
# What names a solution, and why the head keeps it.
DO_NOTHING = "Places stay empty while families look elsewhere. Families need a sign-up portal."
SOLUTION = "a sign-up portal"
KEPT_BECAUSE = "State law asks for sign-up online by next summer. The city cannot choose otherwise."
PRIORITY = "Child care in summer"
# What is typed and chosen in each step, by the labels of the page.
TEXTS = {
    "Who is affected": {"Where it happens": "City-wide", "Since when": "March 2019"},
    "What happens today": {
        "What happens to people today": TODAY_TOO_SHORT,
        "What happens if the city does nothing": DO_NOTHING,
        "Why it matters now": "Summer child care lets parents keep their work.",
    },
    "How we know": {
        "How the people who have the problem were asked": "Interviews at the front desk",
        "How many were asked": "22",
        "When they were asked": "May",
    },
    "What success looks like": {
        "What people would notice after 12 months": "Families get an answer the same day.",
    },
}
CHOICES = {
    "What happens today": {"How often": "In some seasons"},
    "What success looks like": {
        "How far the city can change it": "The city can change it alone",
    },
}
RADIOS = {
    "What happens today": (
        "3: It costs many people time or money, again and again",
        PRIORITY,
    ),
}

GROUP = {
    "Who they are": "Households",
    "How many": "about 6,200",
    "Where the number comes from": "Registration log of last summer",
}
EVIDENCE = {
    "What it shows": "8,140 registrations, 2,100 given up",
    "Source": "Registration log of last summer",
}
# The file beside the memo.
LOG_NAME = "registration log.csv"
LOG = b"Week,Registered,Given up\n23,1210,310\n24,1385,362\n"
LOG_FILE: FilePayload = {"name": LOG_NAME, "mimeType": "text/csv", "buffer": LOG}
CAUSE = {"Because": "Three lists in three offices are compared by hand"}
# Its name, its unit and which way is better come from the catalogue.
CATALOGUE_MEASURE = "People who start an application and give up"
MEASURE = {
    "Value today": "26%",
    "Source of the value": "Registration log of last summer",
    "Target": "10",
}


def rows(on: date) -> dict[str, dict[str, dict[str, str]]]:
    """Return what is typed into the first rows, by step, legend of the row, and label."""
    measured, target = on - timedelta(days=90), on + timedelta(days=400)
    return {
        "Who is affected": {"Group 1": GROUP},
        "How we know": {"Piece of evidence 1": EVIDENCE, "Cause 1": CAUSE},
        "What success looks like": {
            "Measure 1": MEASURE
            | {"Measured on": f"{measured:%m/%d/%Y}", "Target date": f"{target:%m/%d/%Y}"},
        },
    }


ROW_CHOICES = {
    "Cause 1": {"How we know": "Observed"},
    "Measure 1": {
        "Pick a measure that cities use": CATALOGUE_MEASURE,
        "How good the value is": "Measured",
    },
}
