"""Write the city's open data into a folder, for a web server or a portal to publish."""

from collections.abc import Callable
from functools import partial
from hashlib import file_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from portfolio.briefs.freeze import one_moment
from portfolio.models import City
from portfolio.open_data import data_package, oc4ids
from portfolio.open_data.publishing import public_projects


class Command(BaseCommand):
    """`manage.py export_open_data FOLDER`: ledger.zip and projects-oc4ids.json of one moment."""

    help = (
        "Write the ledger as a Fiscal Data Package and the public projects as an OC4IDS package "
        "into a folder."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", help="the folder; files of an earlier export are replaced")

    def handle(self, *args: Any, folder: str, **options: Any) -> None:
        """Write both files, and print each with its size and SHA-256."""
        city, at = City.current(), timezone.now()
        write_ledger = partial(data_package.write, city=city, at=at)
        address = settings.SITE_URL + reverse("projects_oc4ids")
        write_projects = partial(
            oc4ids.write, projects=public_projects(), city=city, at=at, address=address
        )
        with one_moment():
            self._replace(Path(folder, "ledger.zip"), write_ledger)
            self._replace(Path(folder, "projects-oc4ids.json"), write_projects)

    def _replace(self, path: Path, write: Callable[[IO[bytes]], Any]) -> None:
        """Write a file beside `path` and put it there when it is whole."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete_on_close=False) as file:
                write(file)
                size = file.tell()
                file.seek(0)
                digest = file_digest(file, "sha256").hexdigest()
                file.close()
                if size:
                    Path(file.name).chmod(0o644)
                    Path(file.name).replace(path)
        except OSError as refused:
            raise CommandError(f"{path} cannot be written: {refused.strerror}.") from None
        if size:
            self.stdout.write(f"{path}\t{size}\t{digest}")
        else:
            self.stdout.write(f"{path} was not written: no project is public yet.")
