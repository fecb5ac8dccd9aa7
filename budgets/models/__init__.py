"""Funds, appropriations and budgets.

A dollar is dedicated once: allocations take from an appropriation, and the totals that prove it
(`held`, `committed` on the appropriation; cost and cover on the budget) are computed by the
database in migration `0002_ledger_rules`. Whatever a client writes into those columns is ignored.
"""

from budgets.models.budget import Allocation, Budget, CostLine, FundingRequest
from budgets.models.fund import Appropriation, AppropriationQuerySet, Fund
from budgets.models.policy import BudgetPolicy

__all__ = [
    "Allocation",
    "Appropriation",
    "AppropriationQuerySet",
    "Budget",
    "BudgetPolicy",
    "CostLine",
    "Fund",
    "FundingRequest",
]
