"""The demonstration's city, departments, and people."""

from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from portfolio.demo.accounts import email_of
from portfolio.demo.data import read
from portfolio.models import City, Department, Membership, RoleGrant, User
from portfolio.roles import Role


class People(NamedTuple):
    """Everybody and every department, by the keys of the data files."""

    persons: dict[str, User]
    departments: dict[str, Department]

    def holding(self, role: Role) -> list[User]:
        """Return those who hold a city-wide role, in the order of the file."""
        keys = [person["key"] for person in read("people")["person"] if person["role"] == role]
        return [self.persons[key] for key in keys]


def build() -> People:
    """Make the city with its people. The administrator makes the others."""
    data = read("people")
    # One hash for all: the password is public, and making fourteen takes seconds.
    password = make_password(data["password"])
    rows = {
        person["key"]: User(name=person["name"], email=email_of(person["name"]), password=password)
        for person in data["person"]
    }
    (administrator,) = (
        rows[person["key"]] for person in data["person"] if person["role"] == Role.ADMINISTRATOR
    )
    administrator.save()
    with administrator.changing():
        City.objects.create(is_demonstration=True, **data["city"])
        User.objects.bulk_create(row for row in rows.values() if row is not administrator)
        departments = {key: Department(**values) for key, values in data["departments"].items()}
        Department.objects.bulk_create(departments.values())
        heads = {
            person["key"] for person in data["person"] if person["role"] == Role.DEPARTMENT_HEAD
        }
        Membership.objects.bulk_create(
            Membership(
                user=rows[person["key"]],
                department=departments[person["department"]],
                is_head=person["key"] in heads,
            )
            for person in data["person"]
        )
        RoleGrant.objects.bulk_create(
            RoleGrant(user=rows[person["key"]], role=person["role"])
            for person in data["person"]
            if person["key"] not in heads
        )
    return People(rows, departments)
