"""Plain text and tables in plain text: harmless as long as no browser takes them for a page."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import PurePosixPath

from problems.evidence_files.kinds import ACCEPTED, CSV, TEXT, TSV, Kind, Refused

# Everything below a blank but tab, line feed, form feed and carriage return.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# A browser takes a text that begins with a tag for a web page, a drawing or other XML.
MARKUP_START = re.compile(r"\s*<[a-z!?/]", re.IGNORECASE)
# Elements that run or fetch something, handlers on any element, addresses that are programs. No
# part looks past the next tag, so that a text of a million times "<a" takes no longer than another.
ACTIVE = re.compile(
    r"</?(?:script|iframe|frame|object|embed|applet|svg|math|html|body|meta|style)\b"
    r"|<[a-z][^<>]{0,1000}[\s/\"']on[a-z]{3,20}\s{0,20}="
    r"|<[a-z][^<>]{0,1000}=[\s\"']{0,20}(?:javascript|vbscript|data)\s{0,20}:",
    re.IGNORECASE,
)
# Texts that other programs run or unpack.
PROGRAM_STARTS = ("#!", "{\\rtf", "%!PS", "MIME-Version:")
KIND_OF_ENDING = {".csv": CSV, ".tsv": TSV}


def kind_of(content: bytes, name: str) -> Kind:
    """Return which kind of text this is. All are alike inside, so here the name may decide.

    Raises Refused for what is no text, and for a text that other programs would run.
    """
    text = _decoded(content)
    if text is None or CONTROL.search(text):
        raise Refused(f"is of a kind that cannot be kept here. Attach {ACCEPTED}.")
    if MARKUP_START.match(text):
        raise Refused(
            "is a web page, a drawing or other XML. Print it as a PDF, or save a drawing as PNG."
        )
    if ACTIVE.search(text):
        raise Refused("holds code of a web page. Take the code out, or save it as PDF.")
    if text.startswith(PROGRAM_STARTS):
        raise Refused("is a program or a formatted text. Save it as PDF, then attach that.")
    return KIND_OF_ENDING.get(PurePosixPath(name).suffix.lower(), TEXT)


def _decoded(content: bytes) -> str | None:
    """Return the characters of a text, in the encodings that spreadsheet programs write."""
    wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
