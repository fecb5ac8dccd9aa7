"""Files as people and attackers send them, made here: none lies in the repository."""

import zipfile
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from problems.evidence_files.reading import EvidenceFile, read

SHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TYPES = b'<Types><Override PartName="/xl/workbook.xml" ContentType="%s"/></Types>'
PDF = b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(form: str, *, size: tuple[int, int] = (40, 30), mode: str = "RGB", **how: Any) -> bytes:
    """An image of one color."""
    out = BytesIO()
    Image.new(mode, size, color=1).save(out, form, **how)
    return out.getvalue()


def photo(*, orientation: int = 1) -> bytes:
    """A picture with everything a camera and an editor write beside it."""
    exif = Image.Exif()
    exif[Base.Make] = "Secret Camera"
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (41.0, 52.0, 55.0)
    return picture(
        "JPEG",
        exif=exif,
        comment=b"Secret comment",
        xmp=b"<x:xmpmeta>Secret note</x:xmpmeta>",
        icc_profile=b"Secret profile",
    )


def container(parts: dict[str, bytes], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(parts: dict[str, bytes] | None = None, *, types: bytes = TYPES % SHEET) -> bytes:
    """The least that makes an XLSX file, and further `parts`."""
    return container(
        {"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>"} | (parts or {})
    )


def open_document(media_type: bytes, manifest: bytes = b"<manifest/>", **parts: bytes) -> bytes:
    """The least that makes an OpenDocument file."""
    return container(
        {"mimetype": media_type, "META-INF/manifest.xml": manifest, "content.xml": b"<c/>"} | parts
    )


def kept(content: bytes, name: str = "file") -> EvidenceFile:
    """Read a file that comes in under a limit of 10 MB."""
    return read(SimpleUploadedFile(name, content), most_megabytes=10)


def refusal(content: bytes, name: str = "file") -> str:
    """The sentence by which a file is refused; empty when it is kept."""
    try:
        kept(content, name)
    except ValidationError as refused:
        return str(refused.messages[0])
    return ""
