"""What a file is, told by its content. Its name and what the browser says of it prove nothing."""

from hashlib import sha256
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from problems.evidence_files import documents, pictures, texts, workbooks
from problems.evidence_files.kinds import PDF, Kind, Refused, download_name, plain_name
from problems.models import Evidence

MEGABYTE = 1024 * 1024


class EvidenceFile(ContentFile[bytes]):
    """A file that may be kept, as it is kept: its bytes, its download name, what it is."""

    def __init__(self, content: bytes, *, name: str, kind: Kind) -> None:
        super().__init__(content, name=name)
        self.file_name = name
        self.media_type = kind.media_type
        self.sha256 = sha256(content).hexdigest()

    def put_on(self, row: Evidence) -> None:
        """Describe this file on the row that is to have it."""
        row.file = self
        row.file_name, row.file_type = self.file_name, self.media_type
        row.file_size, row.file_sha256 = self.size, self.sha256


def read(upload: UploadedFile[Any], *, most_megabytes: int) -> EvidenceFile:
    """Return the file in `upload` as it can be kept.

    Images come back encoded anew, without what the camera wrote beside the picture; other files
    stay byte for byte. Raises ValidationError with a sentence that says what to do.
    """
    given = upload.name or ""
    try:
        _check_size(upload.size or 0, most_megabytes)
        upload.seek(0)
        kind, content = _kind_and_content(upload.read(), given)
        _check_size(len(content), most_megabytes)
    except Refused as reason:
        name = plain_name(given)
        shown = name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"
        raise ValidationError(f"“{shown}” {reason}") from reason
    return EvidenceFile(content, name=download_name(given, kind), kind=kind)


def _check_size(size: int, most_megabytes: int) -> None:
    if not size:
        raise Refused("is empty. Choose another file.")
    if size > most_megabytes * MEGABYTE:
        has = ceil(size * 10 / MEGABYTE) / 10
        raise Refused(
            f"is too large: it has {has:g} MB, and at most {most_megabytes} MB fit. "
            "Attach the part that matters, or give a link."
        )


def _kind_and_content(content: bytes, name: str) -> tuple[Kind, bytes]:
    """Return what `content` is, and the bytes to keep. Raises Refused."""
    if content.startswith(documents.PDF_START):
        documents.check_pdf(content)
        return PDF, content
    if form := pictures.format_of(content):
        return pictures.encoded_anew(content, form)
    if content.startswith(workbooks.ZIP_START):
        return workbooks.kind_of(content), content
    documents.refuse_known(content)
    return texts.kind_of(content, name), content
