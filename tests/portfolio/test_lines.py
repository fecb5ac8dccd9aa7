"""The walk down the list: each of its rules in an example."""

from collections.abc import Sequence
from typing import Any

from portfolio.lines import Limits, Need, Side, Walk, Why, walk

STREETS, WATER, GRANT = 225, 400, 777
PLENTY = 10**9


def need(project: int, cost: int = 100, *names: int, **more: Any) -> Need:
    """A concept that wants a slot and names a fund, apart from what is given."""
    given = {
        "promised": (),
        "own": 0,
        "names": names or (STREETS,),
        "keeps_slot": False,
        "wants_slot": True,
        "is_critical": False,
        "is_ready": False,
        **more,
    }
    return Need(project=project, cost=cost, **given)


def walked(*needs: Need, slots: int = 99, off_list: Sequence[Need] = (), **money: int) -> Walk:
    """Walk down `needs` in the order given. Funds are Streets, but for money by name."""
    funds = {"streets": STREETS, "water": WATER, "grant": GRANT}
    limits = Limits(slots, {funds[name]: cents for name, cents in money.items()})
    known = {one.project: one for one in (*needs, *off_list)}
    return walk([one.project for one in needs], known, limits)


def with_money(found: Walk) -> list[int]:
    return [project for project, outcome in found.outcomes.items() if outcome.has_money]


def with_people(found: Walk) -> list[int]:
    return [project for project, outcome in found.outcomes.items() if outcome.has_people]


class TestMoney:
    def test_goes_down_the_list_until_it_ends(self) -> None:
        found = walked(need(1), need(2), need(3), streets=200)
        assert with_money(found) == [1, 2]
        assert found.money_line == 2
        assert found.outcomes[3][1:] == (False, 100, STREETS, Why.SHORT, 200)

    def test_what_does_not_fit_is_skipped_and_the_walk_goes_on(self) -> None:
        found = walked(need(1, 150), need(2, 120), need(3, 40), streets=200)
        assert with_money(found) == [1, 3]
        assert found.outcomes[2].missing == 70
        assert found.outcomes[2].fund == STREETS
        assert found.money_line == 3

    def test_is_taken_whole_or_not_at_all(self) -> None:
        found = walked(need(1, 101), streets=100)
        assert found.outcomes[1].missing == 1
        assert found.money_used == 0

    def test_to_the_last_cent_fits(self) -> None:
        assert with_money(walked(need(1, 100), streets=100)) == [1]

    def test_comes_from_the_funds_in_the_order_they_are_named(self) -> None:
        found = walked(
            need(1, 100, WATER, STREETS), need(2, 60), need(3, 60, WATER), water=70, streets=90
        )
        # The first takes 70 of Water, then 30 of Streets: 60 of Streets are left, none of Water.
        assert with_money(found) == [1, 2]
        assert found.outcomes[3].missing == 60

    def test_is_short_in_the_last_fund_that_is_asked(self) -> None:
        found = walked(need(1, 100, WATER, STREETS), water=30, streets=50)
        assert (found.outcomes[1].missing, found.outcomes[1].fund) == (20, STREETS)

    def test_a_fund_without_money_is_as_good_as_none(self) -> None:
        assert walked(need(1, 100, WATER), streets=500).outcomes[1].missing == 100

    def test_who_names_no_fund_has_none(self) -> None:
        lone = need(1)._replace(names=())
        outcome = walked(lone, streets=PLENTY).outcomes[1]
        assert (outcome.has_money, outcome.why, outcome.missing) == (False, Why.NO_FUND, 100)

    def test_what_is_not_estimated_has_none_and_takes_none(self) -> None:
        found = walked(need(1, 0), need(2), streets=100)
        outcome = found.outcomes[1]
        assert (outcome.has_money, outcome.why, outcome.missing) == (False, Why.NOT_ESTIMATED, 0)
        assert with_money(found) == [2]

    def test_running_totals_count_who_has_money(self) -> None:
        found = walked(need(1, 50), need(2, 500), need(3, 30), streets=100)
        assert [outcome.so_far for outcome in found.outcomes.values()] == [50, 50, 80]


class TestPromises:
    def test_stay_where_they_are_whatever_the_rank(self) -> None:
        found = walked(need(1), need(2, promised=((STREETS, 100),)), streets=150)
        assert found.outcomes[2].why is Why.PROMISED
        assert found.outcomes[1].missing == 50
        assert found.money_line == 2

    def test_count_toward_the_cost(self) -> None:
        found = walked(need(1, 100, promised=((STREETS, 60),)), streets=100)
        assert found.outcomes[1].why is Why.FITS
        assert found.money_used == 100

    def test_of_a_project_off_the_list_are_not_free(self) -> None:
        kept = need(9, 80, promised=((STREETS, 80),))
        found = walked(need(1), off_list=[kept], streets=150)
        assert found.outcomes[1].missing == 30
        assert (found.money_used, found.money_elsewhere) == (80, 80)

    def test_above_the_cost_stay_too(self) -> None:
        found = walked(need(1, 50, promised=((STREETS, 120),)), need(2, 50), streets=150)
        assert with_money(found) == [1]
        assert found.money_used == 120

    def test_fall_away_from_the_bottom_where_the_fund_has_less(self) -> None:
        promised = ((STREETS, 100),)
        found = walked(*(need(n, promised=promised) for n in (1, 2, 3)), streets=270)
        assert with_money(found) == [1, 2]
        assert found.outcomes[3].missing == 30
        assert found.money_used == 200

    def test_fall_away_off_the_list_first(self) -> None:
        promised = ((STREETS, 100),)
        found = walked(
            need(1, promised=promised), off_list=[need(2, promised=promised)], streets=150
        )
        assert with_money(found) == [1]
        assert found.money_elsewhere == 0

    def test_that_fell_away_are_asked_for_again(self) -> None:
        big, small = need(1, 100, promised=((STREETS, 100),)), need(2, 90)
        found = walked(small, big._replace(cost=80), streets=95)
        # Of the fund 95 are left where 100 were promised: the promise falls, the walk begins anew.
        assert with_money(found) == [2]
        assert found.outcomes[1].missing == 75

    def test_in_other_funds_stay(self) -> None:
        both = need(1, 100, STREETS, WATER, promised=((STREETS, 60), (WATER, 40)))
        found = walked(both, streets=50, water=40)
        assert found.outcomes[1].missing == 10
        assert found.money_used == 40


class TestOwnMoney:
    def test_comes_first(self) -> None:
        found = walked(need(1, 100, own=70), need(2, 70), streets=100)
        assert with_money(found) == [1, 2]
        assert found.money_used == 170

    def test_is_nobody_elses(self) -> None:
        found = walked(need(1, 10, own=500), need(2, 100), streets=50)
        assert found.outcomes[2].missing == 50
        assert (found.money, found.money_used) == (550, 10)

    def test_alone_is_enough(self) -> None:
        assert walked(need(1, 100, own=100)._replace(names=())).outcomes[1].why is Why.FITS


class TestPeople:
    def test_slots_go_down_the_list(self) -> None:
        found = walked(need(1), need(2), need(3), slots=2)
        assert with_people(found) == [1, 2]
        assert (found.people_line, found.slots_used) == (2, 2)

    def test_who_is_under_way_keeps_the_slot_wherever_ranked(self) -> None:
        under_way = need(3, keeps_slot=True, wants_slot=False)
        found = walked(need(1), need(2), under_way, slots=2)
        assert with_people(found) == [1, 3]
        assert found.people_line == 3

    def test_who_is_under_way_off_the_list_keeps_it_too(self) -> None:
        under_way = need(9, keeps_slot=True, wants_slot=False)
        assert with_people(walked(need(1), need(2), off_list=[under_way], slots=2)) == [1]

    def test_nobody_is_thrown_out_where_there_are_too_many(self) -> None:
        under_way = [need(n, keeps_slot=True, wants_slot=False) for n in (1, 2, 3)]
        found = walked(need(4), *under_way, slots=2)
        assert with_people(found) == [1, 2, 3]
        assert (found.slots_used, found.slots) == (3, 2)

    def test_who_wants_none_is_passed_over(self) -> None:
        on_hold = need(1, wants_slot=False)
        assert with_people(walked(on_hold, need(2), slots=1)) == [2]


class TestShares:
    def test_critical_of_the_top_ten(self) -> None:
        needs = [need(n, is_critical=n in {1, 10, 11}) for n in range(1, 13)]
        assert walked(*needs).critical_of_top_ten == (2, 10)
        assert walked(*needs[:3]).critical_of_top_ten == (1, 3)

    def test_critical_dollars_of_those_that_have_money(self) -> None:
        found = walked(
            need(1, 30, is_critical=True),
            need(2, 50),
            need(3, 500, is_critical=True),
            streets=100,
        )
        assert found.critical_money == (30, 80)

    def test_ready_above_both_lines(self) -> None:
        needs = [need(n, is_ready=n != 2) for n in range(1, 5)]
        assert walked(*needs, slots=3, streets=10**4).ready_above == (2, 3)


class TestBands:
    def told(self, found: Walk) -> list[tuple[str, int, int]]:
        return [(band.title, band.first, band.last) for band in found.bands()]

    def test_people_end_first(self) -> None:
        found = walked(*(need(n) for n in range(1, 6)), slots=2, streets=400)
        assert self.told(found) == [
            ("People and money", 1, 2),
            ("Team capacity ends here", 3, 4),
            ("Dedicated money ends here", 5, 5),
        ]
        assert [found.side(rank) for rank in (2, 3, 5)] == [Side.BOTH, Side.FUNDED, Side.NEITHER]
        assert found.fold == 4

    def test_money_ends_first(self) -> None:
        found = walked(*(need(n) for n in range(1, 6)), slots=4, streets=200)
        assert self.told(found) == [
            ("People and money", 1, 2),
            ("Dedicated money ends here", 3, 4),
            ("Team capacity ends here", 5, 5),
        ]
        assert found.side(3) is Side.STAFFED

    def test_both_end_together(self) -> None:
        found = walked(*(need(n) for n in range(1, 4)), slots=2, streets=200)
        assert self.told(found) == [
            ("People and money", 1, 2),
            ("Team capacity and dedicated money end here", 3, 3),
        ]

    def test_neither_begins(self) -> None:
        found = walked(need(1), slots=0)
        assert self.told(found) == [("Team capacity and dedicated money end here", 1, 1)]

    def test_everything_fits(self) -> None:
        found = walked(need(1), need(2), streets=200)
        assert self.told(found) == [("People and money", 1, 2)]
        assert found.bands()[0].note == "Both reach the end of the list."

    def test_only_one_line_is_drawn_where_the_other_reaches_the_end(self) -> None:
        assert self.told(walked(need(1), need(2), slots=1, streets=200)) == [
            ("People and money", 1, 1),
            ("Team capacity ends here", 2, 2),
        ]

    def test_an_empty_list_has_none(self) -> None:
        found = walked(slots=3, streets=5)
        assert (found.bands(), found.fold, found.length) == ((), 0, 0)

    def test_a_skipped_project_above_both_lines_is_told(self) -> None:
        found = walked(need(1), need(2, 900), need(3), need(4, 900), streets=200)
        assert found.bands()[0].note == "2 of these 3 have both. The others say what they lack."
