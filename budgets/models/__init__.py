"""Funds, appropriations and budgets.

A dollar is dedicated once: allocations take from an appropriation, and the totals that prove it
(`amount`, `held`, `committed` on the appropriation; cost and cover on the budget) are computed by
the database in the migrations `0002_ledger_rules` and `0004_amended_frozen_and_waived`. Whatever a
client writes into those columns is ignored.
"""

from budgets.models.allocation import Allocation, AllocationQuerySet
from budgets.models.amendment import Amendment
from budgets.models.budget import Budget
from budgets.models.comparison import Comparison, SpentYear
from budgets.models.cost import Cost, CostLine, CostOption, OptionLine
from budgets.models.fund import Appropriation, AppropriationQuerySet, Fund
from budgets.models.policy import BudgetPolicy
from budgets.models.request import FundingRequest
from budgets.models.spending import Spending, SpendingFile
from budgets.models.version import BudgetVersion
from budgets.models.waiver import SecurityWaiver

__all__ = [
    "Allocation",
    "AllocationQuerySet",
    "Amendment",
    "Appropriation",
    "AppropriationQuerySet",
    "Budget",
    "BudgetPolicy",
    "BudgetVersion",
    "Comparison",
    "Cost",
    "CostLine",
    "CostOption",
    "Fund",
    "FundingRequest",
    "OptionLine",
    "SecurityWaiver",
    "Spending",
    "SpendingFile",
    "SpentYear",
]
