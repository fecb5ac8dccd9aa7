"""What waits on a person: one list for every role, oldest first over all kinds.

Each module knows one subject. Nothing here is stored: a task is computed from the records
themselves, so it is there as long as it waits and gone when it is done, whoever did it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from portfolio.models import City, User
from portfolio.roles import Role
from portfolio.waiting import money, order, people, projects, statements
from portfolio.waiting.task import Asked, Rest, Task

__all__ = ["MOST", "Rest", "Task", "Waiting", "waiting_for", "what_comes"]

# Of a kind; the rest is one line with their number.
MOST = 8

SUBJECTS = (statements, projects, money, order, people)

WHAT_COMES = {
    Role.DEPARTMENT_HEAD: "Statements that come back from review, costs to complete, money that "
    "finance declined, projects to score and scopes to write appear here.",
    Role.FINANCE_OFFICER: "Money that departments ask for, and money to allocate, to commit or to "
    "confirm appears here.",
    Role.CITY_MANAGER: "Statements to review, projects ready to scope and the order to adopt "
    "appear here.",
    Role.SECURITY_OFFICER: "Budgets that plan too little for security, and waivers that end soon, "
    "appear here.",
    Role.COUNCIL_STAFF: "A newly adopted list appears here for 30 days, to export its brief.",
    Role.ADMINISTRATOR: "People who have no role yet appear here.",
}


class Waiting(NamedTuple):
    """What waits: the oldest tasks of each kind, and how many more there are of some."""

    tasks: list[Task]
    rest: list[Rest]


def waiting_for(user: User, *, city: City, most: int | None = MOST) -> Waiting:
    """Return what waits on `user`, oldest first; at most `most` of a kind, None for all.

    A role costs one query to three (a city manager five), however many things wait.
    """
    asked = Asked(user, city, most)
    tasks = [task for subject in SUBJECTS for task in subject.tasks(asked)]
    tasks.sort(key=lambda task: (task.since, task.key))
    return Waiting(tasks, list(_rest(tasks)))


def _rest(tasks: list[Task]) -> Iterator[Rest]:
    """Yield what is not among `tasks`, kind by kind."""
    shown: dict[str, list[Task]] = {}
    for task in tasks:
        shown.setdefault(task.kind.code, []).append(task)
    for same in shown.values():
        if same[0].of_kind > len(same):
            yield Rest(same[0].kind, same[0].of_kind - len(same))


def what_comes(user: User) -> list[str]:
    """Return a sentence for each role of `user` that says what would wait here."""
    return [WHAT_COMES[role] for role in Role if role in user.roles]
