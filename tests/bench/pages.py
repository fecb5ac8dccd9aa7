"""List pages of 50 rows of 10,000, beside the bare page."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio import adopting, scenarios
from portfolio.models import Project, User, WorkingPosition
from tests.bench import bare, city
from tests.bench.table import Line, Times, in_turn

MOST_TIMES_BARE, MOST_QUERIES = 4, 12
MUST = f"at most {MOST_TIMES_BARE} times bare; at most {MOST_QUERIES} queries, as many at 3 rows"
LISTS = {
    "/list/?below=shown": "Priority list",
    "/list/?below=shown&critical=yes": "Priority list, filtered",
    "/list/scores/": "Scores beside the ranks",
    "/list/adopted/": "Adopted lists",
    "/projects/": "Projects",
    "/problems/": "Problems",
    # Every ninth has it: more than a thousand are ranked.
    "/problems/?q=school": "Problems by a word",
    "/funds/": "Funds",
    "/briefs/": "Council briefs",
    "/list/adopted/1/": "Adopted list",
}
TO_RANK = {"/list/add/": "Projects to put on the list"}


def signed_in(user: User) -> Client:
    """Return a client that goes through the whole site as `user`."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    return client


def insist(holds: bool, sentence: str) -> None:
    """Stop the bench where the work it times was not done."""
    if not holds:
        raise RuntimeError(sentence)


def ask(client: Client, address: str) -> Callable[[], bytes]:
    """Return the work of fetching one page."""

    def fetch() -> bytes:
        answer = client.get(address)
        insist(answer.status_code == 200, f"{address} answered {answer.status_code}.")
        return answer.content

    return fetch


def count(work: Callable[[], object]) -> int:
    """Return how many queries `work` asks once everything is warm; BEGIN and COMMIT are none."""
    work()
    with CaptureQueriesContext(connection) as asked:
        work()
    return len([one for one in asked if one["sql"] not in {"BEGIN", "COMMIT"}])


def queries_at_3_rows(cast: SimpleNamespace) -> dict[str, int]:
    """Return the queries of each page in a city of three, which then stands on the list."""
    city.build(cast, 0, 3)
    client = signed_in(cast.manager)
    counted = {address: count(ask(client, address)) for address in TO_RANK}
    city.rank_all(cast.manager)
    city.score_first(cast.manager, 3)
    adopting.adopt(action_number="Res. 1", adopted_on=cast.city.today(), by=cast.manager)
    return counted | {address: count(ask(client, address)) for address in LISTS}


def lines_before_ranking(
    cast: SimpleNamespace, at_3: dict[str, int], *, rounds: int
) -> Iterator[Line]:
    """Measure the page that shows what is not on the list while nothing is on it."""
    yield from _lines(cast, TO_RANK, at_3, rounds=rounds)


def lines(cast: SimpleNamespace, at_3: dict[str, int], *, rounds: int) -> Iterator[Line]:
    """Measure every other list page, and the last page of the list."""
    latest = _latest_list(cast)
    tried = scenarios.copy(name="Ten percent less", by=cast.manager)
    lists = {address.replace("/1/", f"/{latest}/"): name for address, name in LISTS.items()}
    at_3 |= {f"/list/adopted/{latest}/": at_3["/list/adopted/1/"]}
    lists |= {f"/list/scenarios/{tried.pk}/": "A scenario", "/list/moves/": "A year of moves"}
    yield from _lines(cast, lists, at_3, rounds=rounds)
    last = (WorkingPosition.objects.count() - 1) // 50 + 1
    deep = {f"/list/?page={last}": f"Priority list, page {last}"}
    yield from _lines(cast, deep, {}, rounds=rounds, page=last)


def _latest_list(cast: SimpleNamespace) -> int:
    return adopting.adopt(
        action_number="Res. all", adopted_on=cast.city.today(), by=cast.manager
    ).number


def _lines(
    cast: SimpleNamespace,
    lists: dict[str, str],
    at_3: dict[str, int],
    *,
    rounds: int,
    page: int = 1,
) -> Iterator[Line]:
    client = signed_in(cast.manager)
    fetch_bare = ask(bare.client(), f"/bare/?page={page}")
    fetches = [ask(client, address) for address in lists]
    bare_times, *times = in_turn([fetch_bare, *fetches], rounds=rounds)
    yield Line(
        f"Bare page {page}, 50 of {Project.objects.count():,} projects",
        "the measure of the pages below",
        f"{bare_times}; {count(fetch_bare)} queries",
    )
    for (address, name), fetch, measured in zip(lists.items(), fetches, times, strict=True):
        yield _line(f"{name} {address}", measured, bare_times, count(fetch), at_3.get(address))


def _line(work: str, times: Times, bare_times: Times, at_50: int, at_3: int | None) -> Line:
    ratio = times.quick / bare_times.quick
    return Line(
        work,
        MUST,
        f"{ratio:.1f} times bare: {times}; "
        f"{at_50} queries" + (f", {at_3} at 3 rows" if at_3 is not None else ""),
        ratio <= MOST_TIMES_BARE and at_50 <= MOST_QUERIES and at_3 in {None, at_50},
    )
