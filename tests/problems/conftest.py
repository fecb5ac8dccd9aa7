"""Statements in the states that author and reviewer meet them in.

At the end of a test run: how well the wording check does on labelled statements.
"""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from problems.models import Problem
from problems.review import decisions
from tests.factories import draft_problem
from tests.problems import labelled


@pytest.fixture
def sent(cast: SimpleNamespace) -> Problem:
    """A problem that the head of Parks sent to review."""
    return decisions.submit(draft_problem(cast), by=cast.head, on=timezone.localdate())


@pytest.fixture
def returned(cast: SimpleNamespace, sent: Problem) -> Problem:
    """It came back with two reasons: one about the whole, one about the place."""
    reasons = [("", "Nearly there."), ("place", "Which streets?")]
    decisions.send_back(sent, reasons=reasons, by=cast.manager)
    sent.refresh_from_db()
    return sent


@pytest.fixture
def tech_first(cast: SimpleNamespace) -> Problem:
    """A complete draft but for words that put a technology where the need belongs."""
    return draft_problem(cast, statement="Parents wait nine days for an answer. We need an app.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print precision, recall and wrong alarms, where the tests of the check were run."""
    ran = {
        Path(report.nodeid.partition("::")[0]).name
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    }
    if "test_lint_agreement.py" in ran:
        terminalreporter.section("wording check")
        for file in (labelled.DEVELOPMENT, labelled.HELD_BACK):
            for line in labelled.report(file):
                terminalreporter.write_line(line)
