"""A JSON Schema of OC4IDS 0.9, written for these tests from the standard's published documentation.

No package ships the standard's own schema: libcoveoc4ids, its review tool, fetches it. From the
documentation ("Project-level schema", "Project packages", "Codelists", "Project identifiers") come
the names of the fields, their types, which are required, and the closed lists of codes. It is
stricter than the standard in two ways: it refuses a field that the documentation does not name, and
one with nothing in it. The review tool reports both.
"""

from typing import Any

TEXT = {"type": "string", "pattern": r"\S"}
# The formats `date-time` and `uri`, written out: the library checks them only with more libraries.
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
ADDRESS = {"type": "string", "pattern": r"^https?://\S+$"}


def thing(required: str = "", **fields: Any) -> dict[str, Any]:
    """An object with these fields and no other."""
    schema = {
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {**schema, "required": required.split()} if required else schema


def several(item: Any) -> dict[str, Any]:
    """An array with at least one item, none of them twice."""
    return {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}


PERIOD = thing(
    startDate=MOMENT, endDate=MOMENT, maxExtentDate=MOMENT, durationInDays={"type": "integer"}
)
# The documentation asks for a currency with each amount; the codes are those of ISO 4217.
VALUE = thing(
    "amount currency",
    amount={"type": "number"},
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
)
PARTY = thing("id name", id=TEXT, name=TEXT)
OBSERVATION = thing(
    "id",
    id=TEXT,
    period=PERIOD,
    value=VALUE,
    measure={"type": ["string", "number"]},
    unit=thing(name=TEXT, scheme=TEXT, id=TEXT, uri=ADDRESS),
    dimensions={"type": "object"},
    relatedImplementationMilestone={"type": "object"},
    notes=TEXT,
)
METRIC = thing(
    "id observations", id=TEXT, title=TEXT, description=TEXT, observations=several(OBSERVATION)
)
DOCUMENT = thing(
    "id",
    id=TEXT,
    documentType={
        # The codes that a ledger has; the list is open.
        "enum": ["budgetApproval", "budgetAmendmentApproval", "needsAssessment", "projectScope"]
    },
    title=TEXT,
    description=TEXT,
    url=ADDRESS,
    datePublished=MOMENT,
    dateModified=MOMENT,
    format=TEXT,
    language=TEXT,
    pageStart=TEXT,
    pageEnd=TEXT,
    accessDetails=TEXT,
    author=TEXT,
)
BREAKDOWN = thing(
    "id",
    id=TEXT,
    description=TEXT,
    amount=VALUE,
    uri=ADDRESS,
    period=PERIOD,
    sourceParty=PARTY,
    approvalDate=MOMENT,
)
ORGANIZATION = thing(
    "id name",
    id=TEXT,
    name=TEXT,
    identifier={"type": "object"},
    additionalIdentifiers={"type": "array"},
    address={"type": "object"},
    contactPoint={"type": "object"},
    roles=several(
        {
            "enum": [
                *("buyer", "procuringEntity", "supplier", "tenderer", "funder", "enquirer"),
                *("payer", "payee", "reviewBody", "publicAuthority", "administrativeEntity"),
            ]
        }
    ),
    people={"type": "array"},
)
PROJECT = thing(
    "id",
    # "Project identifier prefixes": oc4ids-, six signs, then the city's own identifier.
    id={"type": "string", "pattern": "^oc4ids-[a-z0-9]{6}-.+"},
    identifiers=several(thing("id", id=TEXT, scheme=TEXT)),
    updated=MOMENT,
    title=TEXT,
    description=TEXT,
    status={
        "enum": [
            *("identification", "preparation", "implementation", "completion"),
            *("maintenance", "decommissioning", "completed", "decommissioned", "cancelled"),
        ]
    },
    period=PERIOD,
    sector=several(TEXT),
    purpose=TEXT,
    additionalClassifications={"type": "array"},
    type={
        "enum": [
            *("construction", "maintenance", "rehabilitation", "replacement", "expansion"),
            "decommissioning",
        ]
    },
    relatedProjects={"type": "array"},
    assetLifetime=PERIOD,
    locations=several(
        thing(
            "id",
            id=TEXT,
            description=TEXT,
            geometry={"type": "object"},
            gazetteer={"type": "object"},
            uri=ADDRESS,
            address={"type": "object"},
        )
    ),
    budget=thing(
        description=TEXT,
        amount=VALUE,
        requestDate=MOMENT,
        approvalDate=MOMENT,
        budgetBreakdown=several(BREAKDOWN),
    ),
    forecasts=several(METRIC),
    parties=several(ORGANIZATION),
    publicAuthority=PARTY,
    documents=several(DOCUMENT),
    contractingProcesses={"type": "array"},
    metrics=several(METRIC),
    transactions={"type": "array"},
    milestones={"type": "array"},
    completion=thing(
        endDate=MOMENT,
        endDateDetails=TEXT,
        finalValue=VALUE,
        finalValueDetails=TEXT,
        finalScope=TEXT,
        finalScopeDetails=TEXT,
    ),
    lobbyingMeetings={"type": "array"},
    social={"type": "object"},
    environment={"type": "object"},
)
PACKAGE = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    **thing(
        "uri publisher publishedDate projects version",
        uri=ADDRESS,
        publishedDate=MOMENT,
        version={"type": "string", "pattern": r"^(\d+\.)(\d+)$"},
        projects=several(PROJECT),
        publisher=thing("name", name=TEXT, scheme=TEXT, uid=TEXT, uri=ADDRESS),
        license=ADDRESS,
        publicationPolicy=ADDRESS,
    ),
}
