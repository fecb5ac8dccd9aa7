"""The problem statement and its parts, as rows and columns.

A statement may be saved with anything missing; what must be there before it is sent lives in
`problems/completeness.py` and, for the database's own ring, in the constraints here and in
migration `0002_statement_rules`.
"""

from problems.models.critical import CriticalPriority
from problems.models.joint import JointDepartment
from problems.models.parts import AffectedGroup, Cause, Evidence, Measure, PriorAttempt
from problems.models.policy import ProblemPolicy
from problems.models.problem import Problem
from problems.models.review import ReasonAnswer, Review, ReviewReason, Submission
from problems.models.search import ProblemWords
from problems.models.wording import CityWord, FindingAnswer

__all__ = [
    "AffectedGroup",
    "Cause",
    "CityWord",
    "CriticalPriority",
    "Evidence",
    "FindingAnswer",
    "JointDepartment",
    "Measure",
    "PriorAttempt",
    "Problem",
    "ProblemPolicy",
    "ProblemWords",
    "ReasonAnswer",
    "Review",
    "ReviewReason",
    "Submission",
]
