"""The bump chart: lanes, lines without gaps, marks, and what it says in words."""

from itertools import combinations

from portfolio import list_chart
from portfolio.list_chart import Column, Trace

TWO = (Column("List 1", "Mar 3"), Column("Now", ""))
THREE = (Column("List 1", "Mar 3"), Column("List 2", "Jun 9"), Column("Now", ""))


def traces(*ranks: tuple[int | None, ...]) -> list[Trace]:
    return [Trace(n, f"Project {n}", each) for n, each in enumerate(ranks, start=1)]


def test_a_rank_of_the_first_ten_has_its_lane_in_every_column() -> None:
    drawn = list_chart.chart(TWO, traces((2, 1), (1, 2)))
    first, second = drawn.lines
    assert first.marks[0].y == second.marks[1].y
    assert first.marks[1].y == second.marks[0].y
    assert drawn.below is None
    assert first.parts == (" ".join(f"{mark.x},{mark.y}" for mark in first.marks),)


def test_deeper_ranks_stand_below_in_their_order_and_say_their_rank() -> None:
    drawn = list_chart.chart(TWO, traces((8000, 1), (11, 2), (3, 3)))
    deepest, deep, high = (line.marks[0] for line in drawn.lines)
    assert drawn.below
    assert float(high.y) < float(drawn.below.y) < float(deep.y) < float(deepest.y)
    assert deepest.rank == "8,000"
    assert float(deepest.y) < float(drawn.height)


def test_nothing_is_drawn_where_a_project_was_not_on_the_list() -> None:
    columns = (*THREE[:2], Column("List 3", "Sep 1"), Column("List 4", "Oct 1"), THREE[2])
    gap, new = list_chart.chart(columns, traces((1, 2, None, 1, 1), (None,) * 4 + (2,))).lines
    assert [len(part.split()) for part in gap.parts] == [2, 2]
    assert len(gap.marks) == 4
    assert new.parts == ()
    assert len(new.marks) == 1


def test_ten_lines_differ_without_color() -> None:
    drawn = list_chart.chart(TWO, traces(*((n, n) for n in range(1, 11))))
    looks = {(line.dash, line.is_square) for line in drawn.lines}
    assert len(looks) == 10
    ends = [float(line.name_y) for line in drawn.lines]
    assert all(abs(one - other) >= 20 for one, other in combinations(ends, 2))


def test_names_that_have_no_room_are_cut() -> None:
    title = "Replace the water main below " * 4
    [line] = list_chart.chart(TWO, [Trace(1, title, (1, 1))]).lines
    assert line.name.endswith("…")
    assert len(line.name) <= list_chart.NAME_ROOM / list_chart.LETTER


def test_many_columns_make_it_wide_and_stay_inside() -> None:
    columns = [Column(f"List {n}", "Mar 3") for n in range(1, 12)] + [Column("Now", "")]
    drawn = list_chart.chart(columns, traces(tuple(range(1, 13))[::-1]))
    assert drawn.is_wide
    assert float(drawn.heads[-1].x) + list_chart.NAME_ROOM <= float(drawn.width)
    assert not list_chart.chart(TWO, traces((1, 1))).is_wide


def test_the_finding_names_who_rose_and_who_fell_most() -> None:
    said = list_chart.finding(THREE, traces((5, 2, 1), (None, 12, 2), (1, 1, 3), (None, None, 4)))
    assert "Ranks of the first 4 of the working order on 2 adopted lists and now." in said
    assert "Project 2 rose most, from 12 on list 2 to 2." in said
    assert "Project 3 fell most, from 1 on list 1 to 3." in said
    assert "1 was on none of these lists." in said


def test_the_finding_says_where_nothing_moved() -> None:
    said = list_chart.finding(TWO, traces((1, 1), (2, 2)))
    assert "on 1 adopted list and now" in said
    assert "Whoever was on a list stands where it stood first." in said
    assert "rose" not in said
