import pytest

from portfolio.imports.capitals import sentence
from portfolio.imports.nyc_capital_projects import agency_name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ADAMS STREET LIBRARY FIT OUT", "Adams Street Library Fit out"),
        ("BETSY HEAD PLAYGROUND RECONSTRUCTION", "Betsy Head Playground reconstruction"),
        ("FIRE ALARM UPGRADE", "Fire alarm upgrade"),
        ("NYPD - 13TH PRECINCT HVAC", "NYPD - 13th Precinct HVAC"),
        ("RECONSTRUCTION OF PECK SLIP - FRONT ST", "Reconstruction of Peck Slip - Front St"),
        ("PLAZA PHASE II M005-117M", "Plaza phase II M005-117M"),
        ("MCCARREN PARK", "McCarren Park"),
        ("O'BRIEN'S HALL", "O'Brien's Hall"),
        ("CHILDREN'S ROOM", "Children's room"),
        ("DA'S OFFICE", "Da's office"),
        ("CONSTRUCTION OF A NEW ROOF", "Construction of a new roof"),
        ("ROOF OF BUILDING A", "Roof of Building A"),
        ("(2 FLOORS)", "(2 floors)"),
        ("DHS - ROSE McCARTHY FAMILY RESIDENCE", "DHS - Rose McCARTHY Family Residence"),
    ],
)
def test_capitals_are_read_as_people_type(written: str, read: str) -> None:
    assert sentence(written) == read


@pytest.mark.parametrize(
    "typed",
    ["", "—", "123", "Carl Schurz Playground Reconstruction", "WOODHAVEN - Renovation", "道路"],
)
def test_what_somebody_typed_word_by_word_stays(typed: str) -> None:
    assert sentence(typed) == typed


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("DEPT OF DESIGN & CONSTRUCTION", "Department of Design and Construction"),
        ("DEPT ENVIRONMENTAL PROTECTION", "Department of Environmental Protection"),
        ("DEPARTMENT FOR THE AGING", "Department for the Aging"),
        ("ADMIN FOR CHILDREN'S SERVICES", "Administration for Children's Services"),
        ("DEPT OF CITYWIDE ADMIN SERVS", "Department of Citywide Administrative Services"),
        ("HOUSING PRESERVATION AND DEVEL", "Housing Preservation and Development"),
        ("HEALTH AND HOSPITALS CORP", "Health and Hospitals Corporation"),
        (
            "DEPT OF INFO TECH & TELECOMM",
            "Department of Information Technology and Telecommunications",
        ),
        ("Parks and Recreation", "Parks and Recreation"),
    ],
)
def test_agencies_have_names_in_words(written: str, name: str) -> None:
    assert agency_name(written) == name
