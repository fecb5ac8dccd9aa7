"""Whoever makes a change, as far as this app needs to know: the site's user."""

from contextlib import AbstractContextManager
from typing import Any, Protocol


class Actor(Protocol):
    """A person, seen through what a change of money needs of one."""

    @property
    def pk(self) -> Any:
        """The person's key."""

    def changing(self) -> AbstractContextManager[None]:
        """Open a transaction whose history names this person."""
