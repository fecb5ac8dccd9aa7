"""Geometry of the chart of an adopted list."""

from decimal import Decimal
from itertools import pairwise

import pytest

from portfolio.briefs import charts


def test_an_empty_list_draws_nothing() -> None:
    assert charts.running_total([]) is None
    assert charts.running_total([(Decimal(0), Decimal(0))]) is None


def test_running_totals_rise_and_end_at_their_labels() -> None:
    steps = [
        (Decimal(100), Decimal(100)),
        (Decimal(300), Decimal(100)),
        (Decimal(400), Decimal(250)),
    ]
    chart = charts.running_total(steps)
    assert chart
    assert [tick.label for tick in chart.amounts] == ["$0", "$100", "$200", "$300", "$400"]
    heights = [float(part.split("H")[0]) for part in chart.cost.split("V")[1:]]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == float(chart.amounts[-1].at), "the last step is at the top mark"
    assert chart.finding.startswith("The 3 projects cost $400 once, with contingency. $250 was")
    assert [tick.label for tick in chart.ranks] == ["1", "2", "3"]


@pytest.mark.parametrize("length", [1, 2, 9, 10, 11, 199, 2008, 10_000])
def test_a_list_of_any_length_gets_a_handful_of_marks(length: int) -> None:
    steps = [(Decimal(place), Decimal(place)) for place in range(1, length + 1)]
    chart = charts.running_total(steps)
    assert chart
    assert chart.cost.count("H") <= charts.MOST_STEPS
    labels = [int(tick.label.replace(",", "")) for tick in chart.ranks]
    assert labels[0] == 1
    assert labels[-1] == length
    assert len(labels) <= 12
    assert all(one < other for one, other in pairwise(labels))


def test_labels_of_close_totals_do_not_touch() -> None:
    chart = charts.running_total([(Decimal(1000), Decimal(999))])
    assert chart
    gap = float(chart.committed_label.label_at) - float(chart.cost_label.label_at)
    assert gap >= float(charts.LABEL_GAP) - 0.1


@pytest.mark.parametrize("most", ["0.01", "1", "3", "999", "1000", "1001", "9999999999999.99"])
def test_the_axis_has_few_round_steps_and_holds_everything(most: str) -> None:
    chart = charts.running_total([(Decimal(most), Decimal(0))])
    assert chart
    assert 2 <= len(chart.amounts) <= 6
    assert float(chart.cost_label.label_at) >= float(charts.LINES_TOP)
