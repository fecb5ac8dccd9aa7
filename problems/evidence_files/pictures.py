"""Images: decoded within limits and encoded anew, so that only the picture itself is kept.

Whatever a camera, an editor or an attacker wrote beside the picture is gone then: position, names,
comments, profiles, and files hidden in front of, inside or behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import Image, ImageFile
from PIL.ExifTags import Base

from problems.evidence_files.kinds import JPEG, PNG, WEBP, Kind, Refused

# A phone of today takes 12 to 24 million, an A3 scan at 300 dpi has 17 million. Each takes up to
# four bytes of memory, twice.
MOST_PIXELS: Final = 40_000_000
# Large images are decoded one after another: eight at once would not fit into a small server.
DECODING = Lock()

STARTS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
# The rest become PNG, which every browser shows and which loses nothing.
KEPT_FORMATS = {"JPEG": JPEG, "WEBP": WEBP}
ORDINARY_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def format_of(content: bytes) -> str | None:
    """Return the format of an image as Pillow calls it, told by its first bytes."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    return next((form for start, form in STARTS.items() if content.startswith(start)), None)


def encoded_anew(content: bytes, form: str) -> tuple[Kind, bytes]:
    """Return the picture in `content`, and nothing else that stands there; of several, the first.

    Raises Refused for an image that is damaged, too large to decode, or has several pages.
    """
    kind = KEPT_FORMATS.get(form, PNG)
    try:
        with _whole_images(), Image.open(BytesIO(content), formats=[form]) as image:
            _check(image, form)
            return kind, _encoded(_bare(image), kind)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_too_many_pixels()) from None
    except Exception as fault:  # Hostile bytes make decoders fail in every way.
        raise Refused(
            "is a damaged or incomplete image. Save it again as PNG or JPEG, then attach that."
        ) from fault


@contextmanager
def _whole_images() -> Iterator[None]:
    """Decode one image at a time, and none that stops half-way.

    WeasyPrint makes Pillow accept half images for the whole process from the moment it is imported.
    """
    with DECODING:
        accepted = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = accepted


def _too_many_pixels() -> str:
    return (
        f"is too large an image: at most {MOST_PIXELS // 1_000_000} million pixels fit. Make it "
        "smaller, or save it as PDF."
    )


def _check(image: Image.Image, form: str) -> None:
    """Refuse by what the image says of itself, before any of it is decoded."""
    if image.width * image.height > MOST_PIXELS:
        raise Refused(_too_many_pixels())
    if image.mode not in ORDINARY_MODES:
        raise Refused("has colors that screens do not show. Save it as an ordinary PNG or JPEG.")
    if form == "TIFF" and getattr(image, "n_frames", 1) > 1:
        raise Refused("is an image of several pages. Save it as PDF, then attach that.")


def _bare(image: Image.Image) -> Image.Image:
    """Return the upright picture in a plain color mode, without anything that came with it.

    A color profile goes, too: it can carry words, and reading it would take a parser of its own.
    """
    image.load()
    turn = TURNS.get(image.getexif().get(Base.Orientation, 1))
    upright = image if turn is None else image.transpose(turn)
    if upright.has_transparency_data:
        plain = upright.convert("RGBA")
    else:
        plain = upright.convert(upright.mode if upright.mode in {"1", "L"} else "RGB")
    plain.info = {}
    return plain


def _encoded(picture: Image.Image, kind: Kind) -> bytes:
    out = BytesIO()
    if kind is PNG:
        picture.save(out, "PNG")
    else:
        # Small print of a scan stays readable at 90 of 100.
        picture.save(out, "JPEG" if kind is JPEG else "WEBP", quality=90)
    return out.getvalue()
