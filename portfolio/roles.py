"""Who may do what, as a list that a city official can read and check.

A permission is a short code; a role is a description and the codes it holds. Where a permission
reaches (own departments, every department) is decided by the loaders in `access.py`.
Administrators manage people and policy and hold no power over problems, money or the list.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from django.db import models


class Permission(StrEnum):
    """What somebody may do. The codes are stored nowhere; they name rules in the code."""

    # Problems
    READ_PROBLEMS = "problems.read"
    READ_SUBMITTED_PROBLEMS = "problems.read_submitted"
    WRITE_PROBLEMS = "problems.write"
    REVIEW_PROBLEMS = "problems.review"
    DECLARE_PRIORITIES = "problems.declare_priorities"
    SET_PROBLEM_POLICY = "problems.set_policy"
    # Money
    READ_MONEY = "budgets.read"
    DRAFT_COSTS = "budgets.draft_costs"
    ENTER_MONEY = "budgets.enter_money"
    CONFIRM_MONEY = "budgets.confirm"
    WAIVE_SECURITY = "budgets.waive_security"
    SET_BUDGET_POLICY = "budgets.set_policy"
    # Projects, list and scope
    READ_PROJECTS = "portfolio.read_projects"
    READ_ALL_PROJECTS = "portfolio.read_all_projects"
    START_PROJECTS = "portfolio.start_projects"
    MOVE_STAGES = "portfolio.move_stages"
    WRITE_SCOPES = "portfolio.write_scopes"
    READ_LIST = "portfolio.read_list"
    RANK = "portfolio.rank"
    ADOPT_LIST = "portfolio.adopt_list"
    ANSWER_CRITERIA = "portfolio.answer_criteria"
    CORRECT_ANSWERS = "portfolio.correct_answers"
    WHAT_IF = "portfolio.what_if"
    SET_LIST_POLICY = "portfolio.set_list_policy"
    EXPORT_BRIEFS = "portfolio.export_briefs"
    SEE_OWN_WORK = "portfolio.see_own_work"


class Role(models.TextChoices):
    """The roles of a city. Department head comes from heading a department."""

    DEPARTMENT_HEAD = "department_head", "Department head"
    FINANCE_OFFICER = "finance_officer", "Finance officer"
    CITY_MANAGER = "city_manager", "City manager"
    SECURITY_OFFICER = "security_officer", "Security officer"
    COUNCIL_STAFF = "council_staff", "Council staff"
    ADMINISTRATOR = "administrator", "Administrator"


class Duties(NamedTuple):
    """What a role is for, in a sentence, and what it may do."""

    description: str
    permissions: tuple[Permission, ...]


READ_EVERYTHING = (
    Permission.READ_PROBLEMS,
    Permission.READ_SUBMITTED_PROBLEMS,
    Permission.READ_MONEY,
    Permission.READ_PROJECTS,
    Permission.READ_ALL_PROJECTS,
    Permission.READ_LIST,
    Permission.EXPORT_BRIEFS,
)

# Whoever signs in sees what waits on them, and the help.
FOR_EVERYBODY = frozenset({Permission.SEE_OWN_WORK})

ROLES: dict[Role, Duties] = {
    Role.DEPARTMENT_HEAD: Duties(
        "Describes the problems of the own departments, drafts what projects cost, writes scopes.",
        (
            Permission.READ_PROBLEMS,
            Permission.WRITE_PROBLEMS,
            Permission.READ_PROJECTS,
            Permission.START_PROJECTS,
            Permission.DRAFT_COSTS,
            Permission.WRITE_SCOPES,
            Permission.ANSWER_CRITERIA,
            Permission.READ_MONEY,
            Permission.READ_LIST,
            Permission.EXPORT_BRIEFS,
        ),
    ),
    Role.FINANCE_OFFICER: Duties(
        "Keeps funds and appropriations, allocates money; a second officer confirms.",
        (
            *READ_EVERYTHING,
            Permission.ENTER_MONEY,
            Permission.CONFIRM_MONEY,
            Permission.WHAT_IF,
        ),
    ),
    Role.CITY_MANAGER: Duties(
        "Reviews problems, ranks the one list, adopts it, moves projects between stages.",
        (
            *READ_EVERYTHING,
            Permission.REVIEW_PROBLEMS,
            Permission.DECLARE_PRIORITIES,
            Permission.RANK,
            Permission.ADOPT_LIST,
            Permission.CORRECT_ANSWERS,
            Permission.WHAT_IF,
            Permission.MOVE_STAGES,
        ),
    ),
    Role.SECURITY_OFFICER: Duties(
        "Checks that nobody skimps on security. Signs, with a reason and an end date, where less "
        "is enough.",
        (*READ_EVERYTHING, Permission.WAIVE_SECURITY),
    ),
    Role.COUNCIL_STAFF: Duties("Exports briefs for the council.", READ_EVERYTHING),
    Role.ADMINISTRATOR: Duties(
        "Manages people, departments and policy. Holds no power over problems, money or the list.",
        (
            Permission.SET_PROBLEM_POLICY,
            Permission.SET_BUDGET_POLICY,
            Permission.SET_LIST_POLICY,
        ),
    ),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that holding all of `roles` allows."""
    return frozenset(code for role in roles for code in ROLES[role].permissions)


def roles_with(*permissions: str) -> list[Role]:
    """Return the roles that hold one of `permissions`, in the order of the table."""
    return [role for role, duties in ROLES.items() if {*permissions} & {*duties.permissions}]


def refusal(*permissions: str) -> str:
    """Return the sentence that tells a person who may do what they tried."""
    names = [role.label.lower() for role in roles_with(*permissions)]
    if not names:
        return "Nobody may do this."
    article = "an" if names[0][0] in "aeiou" else "a"
    return f"Only {article} {' or '.join(names)} may do this. Ask one of them, or sign in as one."
