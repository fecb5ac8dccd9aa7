"""The models of the site, one file a subject."""

from portfolio.models.city import City
from portfolio.models.history import History, HistoryLink
from portfolio.models.notice import Notice
from portfolio.models.people import Department, Membership, RoleGrant, User
from portfolio.models.priority import AdoptedEntry, AdoptedList, WorkingPosition
from portfolio.models.project import Project
from portfolio.models.scenario import Scenario
from portfolio.models.scope import Deliverable, Milestone, Risk, Scope, ScopeOption
from portfolio.models.scoring import Answer, CriteriaVersion, Criterion, ProjectScore, Weight

__all__ = [
    "AdoptedEntry",
    "AdoptedList",
    "Answer",
    "City",
    "CriteriaVersion",
    "Criterion",
    "Deliverable",
    "Department",
    "History",
    "HistoryLink",
    "Membership",
    "Milestone",
    "Notice",
    "Project",
    "ProjectScore",
    "Risk",
    "RoleGrant",
    "Scenario",
    "Scope",
    "ScopeOption",
    "User",
    "Weight",
    "WorkingPosition",
]
