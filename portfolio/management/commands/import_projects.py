"""Import New York City's Capital Project Detail Data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from budgets import money
from portfolio.imports.load import Outcome, load
from portfolio.imports.nyc_capital_projects import Payer, UnreadableError, read
from portfolio.models import User
from portfolio.roles import Permission, refusal


class Command(BaseCommand):
    """`manage.py import_projects FILE`: a line for every row not taken, then what was done."""

    help = (
        "Import New York City's Capital Project Detail Data (CSV) as concept projects with the "
        "money they ask for. Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and how to go about it."""
        parser.add_argument("file", help="the CSV file")
        parser.add_argument(
            "--dry-run", action="store_true", help="write nothing, say what would be"
        )
        parser.add_argument(
            "--rank",
            action="store_true",
            help="also put the projects at the end of the working order; needs --by",
        )
        parser.add_argument("--by", metavar="EMAIL", help="the person whom the history names")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what was done."""
        by = _person(options["by"], ranks=options["rank"])
        try:
            outcome = load(
                read(Path(options["file"])),
                by=by,
                rank=options["rank"],
                dry_run=options["dry_run"],
            )
        except UnreadableError as refused:
            raise CommandError(f"{options['file']}: {refused} Nothing was imported.") from None
        except ValidationError as refused:
            raise CommandError(f"{' '.join(refused.messages)} Nothing was imported.") from None
        except IntegrityError:
            raise CommandError(
                "Somebody entered one of these departments, funds or projects at the same time. "
                "Nothing was imported. Run the import again."
            ) from None
        for line in report(outcome, is_dry_run=options["dry_run"]):
            self.stdout.write(line)


def _person(email: str | None, *, ranks: bool) -> User | None:
    """Return who imports. Raises CommandError where nobody signs in so, or may not rank."""
    if email is None:
        if ranks:
            raise CommandError(
                "Somebody ranks the projects: name a city manager with --by EMAIL, or leave out "
                "--rank."
            )
        return None
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody signs in with {email}. Check the address.")
    if ranks and not person.has_perm(Permission.RANK):
        raise CommandError(f"{person} cannot rank projects. {refusal(Permission.RANK)}")
    return person


def report(outcome: Outcome, *, is_dry_run: bool) -> Iterator[str]:
    """Say line by line what was not taken or changed, then what was done in all."""
    plan = outcome.plan
    lines = [(fault.number, f"not taken: {fault.reason}.") for fault in outcome.faults]
    lines += [
        (row.number, f"taken without a part: {remark}.")
        for row in plan.taken
        for remark in row.remarks
    ]
    would = "would be " if is_dry_run else ""
    lines += [
        (
            change.row.number,
            f"project P-{change.project:03d} {would}changed: {', '.join(change.what)}.",
        )
        for change in plan.changes
    ]
    for number, sentence in sorted(lines):
        yield f"Row {number}: {sentence}"
    yield from _summary(outcome, would)


def _summary(outcome: Outcome, would: str) -> Iterator[str]:
    plan = outcome.plan
    if would:
        yield "Dry run: nothing was written."
    yield (
        f"{_count(outcome.rows, 'row')} read: {_count(len(plan.new), 'project')} {would}made, "
        f"{len(plan.changes):,} {would}changed, {len(plan.unchanged):,} as before; "
        f"{_count(len(outcome.faults), 'row')} not taken."
    )
    yield (
        f"{_count(len(plan.new_departments), 'department')} and "
        f"{_count(len(plan.new_funds), 'fund')} {would}made."
    )
    yield (
        f"The rows taken ask for {money.show(outcome.asked(Payer.CITY))} of the city's own money "
        f"and {money.show(outcome.asked(Payer.OTHERS))} of others'. None of it is dedicated."
    )
    if outcome.ranked:
        yield f"{_count(outcome.ranked, 'project')} {would}put at the end of the working order."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
