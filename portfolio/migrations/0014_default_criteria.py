"""The nine criteria a city starts with: weights that add up to 100, six answers each, 0 to 5.

What cities score, and how heavily, follows published rubrics (Minot, Albemarle County, San
Leandro, Steamboat Springs, Salt Lake City, San Diego); the words are our own. A city changes them
by a new version.
"""

from typing import Any

from django.db import migrations

type Anchors = tuple[str, str, str, str, str, str]

CRITERIA: list[tuple[str, str, str, int, Anchors]] = [
    (
        "safety",
        "Life, health and safety",
        "How much harm to people does this problem cause today?",
        25,
        (
            "Nobody is harmed by it.",
            "It is a nuisance. People are bothered, not hurt.",
            "It could hurt people. No injury or illness is on record.",
            "People are lightly hurt or fall ill from it now and then.",
            "Someone is badly hurt or seriously ill from it every few years.",
            "People die or are badly hurt from it every year.",
        ),
    ),
    (
        "mandate",
        "Legal duty",
        "Does a law, a court order or a contract require the city to act?",
        15,
        (
            "Nothing requires it.",
            "Guidance recommends it. No one enforces it.",
            "A law or contract is likely to require it within five years.",
            "A law or contract requires it, and no date is set yet.",
            "A law or contract requires it by a date more than two years away.",
            "A law, permit or court order requires it within two years, or the date has passed.",
        ),
    ),
    (
        "severity_reach",
        "How badly, and how many people",
        "How hard does the problem hit people, and how many of them?",
        15,
        (
            "No residents notice it.",
            "A few people are put out now and then.",
            "One block or one group of users loses time or comfort each week.",
            "A whole neighborhood loses time, money or a service each week.",
            "Several neighborhoods lose a service they need, or pay for it every day.",
            "Most of the city goes without something it needs every day.",
        ),
    ),
    (
        "asset_failure",
        "What fails if nothing is done",
        "What service or asset is lost if the city does nothing, and how soon?",
        10,
        (
            "Nothing fails.",
            "Something wears faster than planned. The service stays the same.",
            "A service gets worse within ten years.",
            "A service stops for hours, or costs much more, within five years.",
            "A service stops for days within two years.",
            "A service that people depend on has already failed, or will within a year.",
        ),
    ),
    (
        "equity",
        "Fair share",
        "Does it help the people and neighborhoods that have been served worst?",
        10,
        (
            "It widens the gap between neighborhoods or groups.",
            "It makes no difference to the gap.",
            "Everyone gains alike, those served worst included.",
            "Those served worst gain somewhat more than others.",
            "Most of the gain goes to those served worst.",
            "It closes a known gap, and those people helped to define the problem.",
        ),
    ),
    (
        "strategic",
        "City plan",
        "Does the city's adopted plan ask for this?",
        10,
        (
            "It runs against the adopted plan.",
            "The plan does not mention it.",
            "It fits the general direction of the plan.",
            "It serves a goal named in the plan.",
            "The plan names this work, without a date.",
            "The plan names this work with a date or a target to reach.",
        ),
    ),
    (
        "outside_money",
        "Outside money and its deadline",
        "Would money from outside the city be lost by waiting?",
        5,
        (
            "There is no outside money for it.",
            "Outside money may come later. No program is known.",
            "A program fits. The city has not applied.",
            "The city has applied. Nothing is awarded yet.",
            "Money is awarded, and its deadline is more than a year away.",
            "Money is awarded, and it is lost unless work starts within a year.",
        ),
    ),
    (
        "operating_cost",
        "Cost of running it",
        "What does it do to the city's yearly operating cost?",
        5,
        (
            "It adds a large yearly cost that no source covers.",
            "It adds a yearly cost. A source covers part of it.",
            "It adds a yearly cost that a source covers in full.",
            "It leaves the yearly cost as it is.",
            "It saves a little money every year.",
            "It saves more every year than it costs to run.",
        ),
    ),
    (
        "readiness",
        "Ready to start",
        "Could the department start well within a year?",
        5,
        (
            "No one is named to lead it.",
            "A lead is named. Staff time is not set aside.",
            "A lead and part of the staff time are set aside.",
            "The team is set. A permit, site or partner is still missing.",
            "The team is set. Only one small step is missing.",
            "Team, permits, site and partners are all in place.",
        ),
    ),
]


def write(apps: Any, schema_editor: Any) -> None:
    """Make version 1 of the criteria."""
    alias = schema_editor.connection.alias
    criterion, version, weight = (
        apps.get_model("portfolio", name).objects.using(alias)
        for name in ("Criterion", "CriteriaVersion", "Weight")
    )
    first = version.create(reason="What a city starts with.")
    for place, (code, name, question, percent, anchors) in enumerate(CRITERIA, start=1):
        asked = criterion.create(code=code, name=name, question=question, anchors=list(anchors))
        weight.create(version=first, criterion=asked, place=place, weight=percent)


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0013_score_and_list_rules")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
