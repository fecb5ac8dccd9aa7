"""The problem statement and its parts, as rows and columns.

A statement may be saved with anything missing; what must be there before it is sent lives in
`problems/completeness.py` and, for the database's own ring, in the constraints here and in
migration `0002_statement_rules`.
"""

from problems.models.parts import AffectedGroup, Cause, Evidence, Measure, PriorAttempt
from problems.models.policy import ProblemPolicy
from problems.models.problem import Problem
from problems.models.review import Review, ReviewReason

__all__ = [
    "AffectedGroup",
    "Cause",
    "Evidence",
    "Measure",
    "PriorAttempt",
    "Problem",
    "ProblemPolicy",
    "Review",
    "ReviewReason",
]
