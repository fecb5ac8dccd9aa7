"""The kinds of file that evidence may be, and the name under which a file is handed out."""

import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

LONGEST_STEM = 150
ACCEPTED = (
    "a PDF, an image (PNG, JPEG, WebP, GIF or TIFF), a spreadsheet (XLSX, ODS or CSV) or plain text"
)


class Refused(ValueError):
    """A file that is not kept. Its text goes on where the name of the file ends."""


class Kind(NamedTuple):
    """A media type, and the endings a name of that kind may have, the usual one first."""

    media_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"))
WEBP = Kind("image/webp", (".webp",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
ODS = Kind("application/vnd.oasis.opendocument.spreadsheet", (".ods",))
CSV = Kind("text/csv", (".csv",))
TSV = Kind("text/tab-separated-values", (".tsv",))
TEXT = Kind("text/plain", (".txt",))
KINDS = (PDF, PNG, JPEG, WEBP, XLSX, ODS, CSV, TSV, TEXT)

# What a wrong ending may be taken for; any other is part of the name.
ENDINGS = {ending for kind in KINDS for ending in kind.endings} | {".gif", ".tif", ".tiff"}


def plain_name(given: str) -> str:
    """Return the name of a file without folders, and without characters that cannot be seen.

    Those include the ones that turn the direction of writing, which can hide an ending.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", last)
        if sign.isspace() or not unicodedata.category(sign).startswith("C")
    )
    return " ".join(seen.split()).strip(". ")


def download_name(given: str, kind: Kind) -> str:
    """Return the name under which a file of `kind` is handed out: its ending says what it is."""
    name = plain_name(given)
    path = PurePosixPath(name)
    ending = path.suffix.lower()
    stem = path.stem if ending in ENDINGS else name
    fitting = ending if ending in kind.endings else kind.endings[0]
    return (stem[:LONGEST_STEM].strip(". ") or "evidence") + fitting
