"""Single pieces of work among 10,000 projects: a move, a gate, a page."""

from collections.abc import Callable, Iterator
from itertools import cycle
from types import SimpleNamespace

from django.db import connection, transaction
from django.test import Client

from portfolio import ranking
from portfolio.gates import Gate, scoping_gate
from portfolio.models import Project, User, WorkingPosition
from problems import lint
from tests.bench.pages import ask, count, insist, signed_in
from tests.bench.table import Line, in_turn
from tests.problems import labelled

MOST_QUERIES_OF_MOVE, MOST_MS_OF_MOVE = 10, 30
MUST_MOVE = f"one row, at most {MOST_QUERIES_OF_MOVE} queries and {MOST_MS_OF_MOVE} ms"
MOST_QUERIES_OF_GATE = 3
CHARACTERS, MOST_MS_OF_CHECK = 600, 5
MOST_QUERIES_OF_PAGE = 15


def lines(cast: SimpleNamespace, project: Project, *, rounds: int) -> Iterator[Line]:
    """Measure the move, the gate and the project's page."""
    client = signed_in(cast.manager)
    yield _wording(rounds=rounds)
    yield _move_by_function(cast.manager, rounds=rounds)
    yield from _move_by_form(client, rounds=rounds)
    bare_project = Project.objects.exclude(pk=project.pk).earliest("pk")
    for one, name in ((project, "open"), (bare_project, "closed")):
        yield _gate(one, name, rounds=rounds)
    for one, name in ((project, "everything defined"), (bare_project, "nothing defined")):
        page = ask(client, one.get_absolute_url())
        (times,) = in_turn([page], rounds=rounds)
        asked = count(page)
        yield Line(
            f"Project page, {name}",
            f"at most {MOST_QUERIES_OF_PAGE} queries",
            f"{asked} queries, {times}",
            asked <= MOST_QUERIES_OF_PAGE,
        )


def _wording(*, rounds: int) -> Line:
    """The check of a statement as long as one may be, made of labelled ones, each time another."""
    whole = " ".join(row["text"] for row in labelled.rows(labelled.DEVELOPMENT))
    pieces = cycle(whole[start : start + CHARACTERS] for start in range(0, 60_000, CHARACTERS))
    (times,) = in_turn([lambda: lint.check(next(pieces))], rounds=rounds)
    return Line(
        f"Wording check of {CHARACTERS} characters",
        f"at most {MOST_MS_OF_CHECK} ms",
        str(times),
        times.quick <= MOST_MS_OF_CHECK,
    )


def _last() -> WorkingPosition:
    return WorkingPosition.objects.select_related("project").order_by("-key")[0]


def rows_written(work: Callable[[], object]) -> dict[str, int]:
    """Return how many rows of which table `work` writes, as PostgreSQL counts them; undo it."""
    counted = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(counted)
        before = dict(cursor.fetchall())
        work()
        cursor.execute(counted)
        after = dict(cursor.fetchall())
        transaction.set_rollback(True)
    return {table: rows - before[table] for table, rows in after.items() if rows > before[table]}


def _move_by_function(manager: User, *, rounds: int) -> Line:
    def move() -> None:
        last = _last()
        ranking.move(last.project, to=1, seen=last.key, by=manager, reason="Urgent.")

    written = rows_written(move)
    history = written.pop("portfolio_history", 0)
    (times,) = in_turn([move], rounds=rounds)
    # Finding the last one is the bench's own query.
    asked = count(move) - 1
    return Line(
        f"Move last to first of {WorkingPosition.objects.count():,}: ranking.move",
        MUST_MOVE,
        f"{sum(written.values())} row ({', '.join(written)}) and {history} of history; {asked} "
        f"queries; {times}",
        sum(written.values()) == 1
        and asked <= MOST_QUERIES_OF_MOVE
        and times.quick <= MOST_MS_OF_MOVE,
    )


def _move_by_form(client: Client, *, rounds: int) -> Iterator[Line]:
    def post(**headers: str) -> int:
        last = _last()
        moved = {"position": 1, "seen": last.key, "reason": "Urgent."}
        address = f"/list/{last.project_id}/move/"
        return client.post(address, moved, headers=headers).status_code

    def by_form() -> None:
        insist(post() == 302, "The list did not redirect after a move.")

    def by_htmx() -> None:
        insist(post(hx_request="true") == 200, "The list did not answer a move.")

    plain, htmx = in_turn([by_form, by_htmx], rounds=rounds)
    asked = count(by_form) - 1
    yield Line(
        "The same by the page's form, until the redirect",
        MUST_MOVE,
        f"{asked} queries; {plain}",
        asked <= MOST_QUERIES_OF_MOVE and plain.quick <= MOST_MS_OF_MOVE,
    )
    yield Line(
        "The same by htmx, with the page of the list",
        "told only: move and list page in one",
        f"{count(by_htmx) - 1} queries; {htmx}",
    )


def _gate(project: Project, name: str, *, rounds: int) -> Line:
    loaded = Project.objects.for_pages().get(pk=project.pk)

    def gate() -> Gate:
        return scoping_gate(loaded)

    (times,) = in_turn([gate], rounds=rounds)
    asked = count(gate)
    return Line(
        f"Gate of one project, {name}",
        f"at most {MOST_QUERIES_OF_GATE} queries",
        f"{asked} queries, {times}",
        asked <= MOST_QUERIES_OF_GATE,
    )
