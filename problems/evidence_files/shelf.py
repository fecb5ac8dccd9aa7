"""Where evidence files lie: stored with their row or not at all, cleared out when given up."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import file_digest

from django.core.files.storage import Storage
from django.db.models import Model, TextField
from django.db.models.functions import Cast

from problems.models import Evidence, Problem, Submission

# A file that no row names may be one whose row is being saved at this moment, or one that somebody
# took out by mistake and whom a colleague asks about after a weekend.
KEPT_FOR = timedelta(days=7)


@contextmanager
def stored(problem: Problem, *, written: Sequence[Model], removed: Sequence[int]) -> Iterator[None]:
    """Store the new files of evidence that is `written`, for the change that is made inside.

    Those that end up in no row, because the change failed or was made before, are removed again.
    Files that the change gives up stay for KEPT_FOR.
    """
    if not written and not removed:
        yield
        return
    before = _names_of(problem)
    fresh: set[str] = set()
    try:
        for row in written:
            if isinstance(row, Evidence) and _is_new(row):
                row.file.save(row.file_name, row.file.file, save=False)
                fresh.add(str(row.file.name))
        yield
    except BaseException:
        _remove(fresh)
        raise
    after = _names_of(problem)
    _remove(fresh - after)
    _give_up(before - after)


def _storage() -> Storage:
    return Evidence.file.field.storage


def _is_new(row: Evidence) -> bool:
    """Return whether the row was given a file that is not stored yet."""
    return bool(row.file) and not row.file._committed  # type: ignore[attr-defined] # noqa: SLF001


def _names_of(problem: Problem) -> set[str]:
    rows = Evidence.objects.filter(problem=problem).exclude(file="")
    return set(rows.values_list("file", flat=True))


def _remove(names: Iterable[str]) -> None:
    for name in names:
        _storage().delete(name)


def _give_up(names: Iterable[str]) -> None:
    """Let KEPT_FOR begin. Storage without folders has no such clock: there it began long ago."""
    for name in names:
        with suppress(NotImplementedError, FileNotFoundError):
            os.utime(_storage().path(name))


def clear_out(*, now: datetime) -> int:
    """Remove the files that nothing names and that were given up long ago; return how many."""
    storage = _storage()
    named = set(Evidence.objects.exclude(file="").values_list("file", flat=True))
    removed = 0
    for name in _stored_names():
        if name in named or now - storage.get_modified_time(name) < KEPT_FOR:
            continue
        if not _was_sent(name):
            storage.delete(name)
            removed += 1
    return removed


def _stored_names() -> Iterator[str]:
    """Yield the name of every stored file: folders of one level (`random_name`)."""
    storage = _storage()
    with suppress(FileNotFoundError):
        for folder in storage.listdir("")[0]:
            for name in storage.listdir(folder)[1]:
                yield f"{folder}/{name}"


def _was_sent(name: str) -> bool:
    """Return whether a statement that was sent to review names the checksum of the file."""
    with _storage().open(name) as file:
        checksum = file_digest(file, "sha256").hexdigest()
    sent = Submission.objects.annotate(words=Cast("content", TextField()))
    return sent.filter(words__contains=checksum).exists()
