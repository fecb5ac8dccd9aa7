"""PDF files, and kinds that people try in good faith and that have a better form."""

import re

from problems.evidence_files.kinds import Refused

PDF_START = b"%PDF-"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The last words of a PDF; nothing may be hidden behind them.
PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")
ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
WEB_PAGE = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg)\b", re.IGNORECASE)
# How far into a file a reader may look for what it is (the HTML standard: 1445 bytes).
LOOKED_AT = 2048

PHOTO_OF_A_PHONE = re.compile(rb".{4}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1|avif)", re.DOTALL)


def check_pdf(content: bytes) -> None:
    """Raise Refused for a PDF that is incomplete, protected, or something else besides."""
    if WEB_PAGE.search(content[:LOOKED_AT]):
        raise Refused("is a web page and a PDF at once. Print it as a PDF, then attach that.")
    if not PDF_END.search(content[-LOOKED_AT:]):
        raise Refused(
            "is not a whole PDF: it stops early, or something follows its end. Print it as a PDF "
            "again, then attach that."
        )
    if ENCRYPTED.search(content):
        raise Refused(
            "is a protected PDF. Save it without password and restrictions, then attach that."
        )


def refuse_known(content: bytes) -> None:
    """Raise Refused for what people try in good faith, with the form that is accepted."""
    if PDF_START in content[:LOOKED_AT]:
        raise Refused(
            "is a PDF with something in front of it. Print it as a PDF again, then attach that."
        )
    if content.startswith(OLE_START):
        _refuse_old_office(content)
    if PHOTO_OF_A_PHONE.match(content):
        raise Refused("is a HEIC or AVIF image. Save it as JPEG, then attach that.")


def _refuse_old_office(content: bytes) -> None:
    """Old Office files, and new ones with a password, are folders of streams with UTF-16 names."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("is protected by a password. Save it without one, then attach that.")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book\0")):
        raise Refused("is an old Excel workbook. Save it as XLSX, then attach that.")
    raise Refused("is an old Office document. Save it as PDF, then attach that.")
