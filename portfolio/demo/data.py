"""The data files of the demonstration, and the days they count from."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def read(name: str) -> dict[str, Any]:
    """Return the data file `name`, such as "people"; nobody may change what comes back."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def statements() -> list[dict[str, Any]]:
    """Return every problem statement, from all files of the folder `problems`."""
    names = sorted(path.stem for path in (FOLDER / "problems").glob("*.toml"))
    return [item for name in names for item in read(f"problems/{name}")["problem"]]


def months_from(day: date, months: int) -> date:
    """Return the day that lies `months` after `day`, or before it where negative.

    From the 29th on it is the 28th, which every month has: the demonstration loads on any day.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))
