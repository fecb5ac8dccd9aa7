"""Who signs in to the demonstration: one person for each role, and a head of a second department.

The password is no secret: it is shown on the sign-in page of the demonstration, and there only.
"""

from typing import NamedTuple

from portfolio.demo.data import read
from portfolio.roles import Role


class Account(NamedTuple):
    """A person of the demonstration, with what is needed to sign in as them."""

    name: str
    role: str
    department: str
    email: str
    password: str


def email_of(name: str) -> str:
    """Return the address of a person of the demonstration; `.example` reaches nobody."""
    return f"{name.lower().replace(' ', '.')}@riverbend.example"


def _accounts() -> list[Account]:
    people = read("people")
    shown = [person for person in people["person"] if person.get("shown")]
    order = list(Role)
    return [
        Account(
            name=person["name"],
            role=str(Role(person["role"]).label),
            department=people["departments"][person["department"]]["name"],
            email=email_of(person["name"]),
            password=people["password"],
        )
        for person in sorted(shown, key=lambda person: order.index(Role(person["role"])))
    ]


DEMO_ACCOUNTS: list[Account] = _accounts()
