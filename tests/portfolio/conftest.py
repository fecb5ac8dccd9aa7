"""Time that goes by, and a city in which everybody was told of everything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from portfolio import notices


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Let time go by: what is done from then on is done then."""
    real = timezone.now

    def go(by: timedelta) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: real() + by)
        return real() + by

    return go


@pytest.fixture
def quiet(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, told of everything that waits already."""
    notices.record()
    return cast
