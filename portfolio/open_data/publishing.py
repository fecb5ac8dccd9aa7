"""What is public, under which license, and by which names."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from portfolio.models import Project

# Prefixes are given out by the standard's help desk (OC4IDS, "Project identifiers"); this one says
# that the city has not asked for its own yet.
NO_PREFIX = "oc4ids-000000"


class License(NamedTuple):
    """A license, named as in the Open Definition's list."""

    name: str
    title: str
    path: str


# Open licenses that fit data of a public body. Both standards advise a dedication to the public
# domain; a city that wants to be named takes the last.
LICENSES = {
    row.name: row
    for row in (
        License(
            "CC0-1.0",
            "Creative Commons Zero 1.0",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        License(
            "PDDL-1.0",
            "Open Data Commons Public Domain Dedication and License 1.0",
            "https://opendatacommons.org/licenses/pddl/1-0/",
        ),
        License(
            "CC-BY-4.0",
            "Creative Commons Attribution 4.0",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
    )
}


def license_of_data() -> License:
    """Return the license that the city publishes under."""
    return LICENSES[settings.OPEN_DATA_LICENSE]


def public_projects() -> QuerySet[Project]:
    """Return the projects that the council has put on its list, or that have been scoped."""
    return Project.objects.filter(Q(listed=True) | Q(scoping_opened=True)).order_by("pk")


def identifier(project: Project) -> str:
    """Return the name of a project that is unique among all cities: oc4ids-000000-P-017."""
    return f"{settings.OC4IDS_PREFIX}-{project.reference}"
