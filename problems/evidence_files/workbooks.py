"""Spreadsheets in a ZIP container: which kind, whether harmless, and how large when unpacked.

They are kept as they are and opened by colleagues, so nothing may run, and nothing may unpack to
more than a computer holds.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from problems.evidence_files.kinds import ODS, XLSX, Kind, Refused

ZIP_START = b"PK\x03\x04"
ZIP_END = b"PK\x05\x06"
END_LENGTH = 22

MOST_PARTS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
# Ordinary sheets shrink to a tenth, very regular ones to a fiftieth.
MOST_SHRUNK = 120
SMALL_PART = 1024 * 1024
STEP = 64 * 1024

SHEET_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_PARTS = (
    "xl/vbaproject.bin",
    "xl/macrosheets/",
    "xl/dialogsheets/",
    "xl/activex/",
    "basic/",
    "scripts/",
)
UNREADABLE = (BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, RuntimeError)
DAMAGED = "is a damaged or incomplete file. Save it again, then attach that."
TOO_LARGE = (
    "unpacks to far more than it seems. Copy what matters into a new workbook, then attach that."
)
OTHER_DOCUMENT = "is a document that is no spreadsheet. Save it as PDF, then attach that."
ARCHIVE = "is an archive. Attach the files in it one by one."
MACROS = (
    "is a workbook with macros or in binary form. Save it as an ordinary XLSX or ODS file, then "
    "attach that."
)
LOCKED = "is protected by a password. Save it without one, then attach that."


def kind_of(content: bytes) -> Kind:
    """Return whether this is an XLSX or an ODS spreadsheet. Raises Refused for everything else."""
    end = content[-END_LENGTH:]
    if not end.startswith(ZIP_END) or not end.endswith(b"\0\0"):
        # Something stands behind the container, or it ends early.
        raise Refused(DAMAGED)
    try:
        with ZipFile(BytesIO(content)) as container:
            parts = container.infolist()
            _check_directory(parts, len(content))
            for part in parts:
                container.open(part).close()  # Compares the part's own header with the directory.
                _check_part(part, content)
            return _kind(container)
    except UNREADABLE as fault:
        raise Refused(DAMAGED) from fault


def _check_directory(parts: list[ZipInfo], size: int) -> None:
    """Refuse by what the container says of its parts, before any of them is unpacked."""
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(LOCKED)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(TOO_LARGE)
    if min((part.header_offset for part in parts), default=0):
        # Something stands in front of the container: perhaps another one.
        raise Refused(DAMAGED)
    overlaps = sum(part.compress_size for part in parts) > size
    odd = any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts)
    stray = any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names)
    if overlaps or odd or stray or len(set(names)) < len(names):
        raise Refused(DAMAGED)


def _check_part(part: ZipInfo, content: bytes) -> None:
    """Unpack a part to nowhere: its size is what it is, not what the directory says."""
    size = 0
    for piece in _unpacked(part, content):
        if not size and part.filename.lower().endswith((".xml", ".rels")):
            _check_prolog(piece)
        size += len(piece)
        if size > part.file_size:
            raise Refused(TOO_LARGE)
    if size != part.file_size:
        raise Refused(DAMAGED)
    if size > SMALL_PART and size > MOST_SHRUNK * part.compress_size:
        raise Refused(TOO_LARGE)


def _check_prolog(piece: bytes) -> None:
    """Definitions of a document type can name other files, or grow without end when read."""
    plain = piece.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise Refused(DAMAGED)


def _unpacked(part: ZipInfo, content: bytes) -> Iterator[bytes]:
    """Yield a part piece by piece, from where its own header ends."""
    name, extra = struct.unpack_from("<HH", content, part.header_offset + 26)
    begin = part.header_offset + 30 + name + extra
    packed = memoryview(content)[begin : begin + part.compress_size]
    if part.compress_type == ZIP_STORED:
        yield bytes(packed)
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for start in range(0, len(packed), STEP):
        rest: bytes | memoryview = packed[start : start + STEP]
        while rest:
            yield stream.decompress(rest, SMALL_PART)
            rest = stream.unconsumed_tail
    yield stream.flush()
    if not stream.eof or stream.unused_data:
        raise Refused(DAMAGED)


def _kind(container: ZipFile) -> Kind:
    names = {name.lower() for name in container.namelist()}
    if "mimetype" in names:
        kind = _open_document(container)
    elif "[content_types].xml" in names:
        kind = _office_open(container)
    else:
        raise Refused(ARCHIVE)
    if any(name.startswith(MACRO_PARTS) for name in names):
        raise Refused(MACROS)
    return kind


def _open_document(container: ZipFile) -> Kind:
    if _start_of(container, "mimetype").strip() != ODS.media_type.encode():
        raise Refused(OTHER_DOCUMENT)
    if b"encryption-data" in _start_of(container, "META-INF/manifest.xml"):
        raise Refused(LOCKED)
    return ODS


def _office_open(container: ZipFile) -> Kind:
    types = _start_of(container, "[Content_Types].xml").replace(b"\0", b"")
    if b"macroEnabled" in types:
        raise Refused(MACROS)
    if SHEET_TYPE not in types:
        raise Refused(OTHER_DOCUMENT)
    return XLSX


def _start_of(container: ZipFile, name: str) -> bytes:
    """Return the beginning of a part, empty where there is none of exactly that name."""
    try:
        with container.open(name) as part:
            return part.read(SMALL_PART)
    except KeyError:
        return b""
