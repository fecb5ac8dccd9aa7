"""What a file is, told by its content: what is kept, as what, and what is refused."""

import codecs
import struct
import zipfile
from io import BytesIO

import pytest
from openpyxl.workbook.workbook import Workbook
from PIL import Image

from problems.evidence_files import kinds, pictures
from problems.evidence_files.kinds import download_name
from tests.gate.attempts import assert_readable
from tests.problems.evidence_samples import (
    PDF,
    SHEET,
    TYPES,
    container,
    kept,
    open_document,
    photo,
    picture,
    refusal,
    workbook,
)

ODS = b"application/vnd.oasis.opendocument.spreadsheet"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def test_what_people_attach_is_kept_as_what_it_is() -> None:
    table = BytesIO()
    Workbook().save(table)
    for content, name, media_type, shown in [
        (PDF, "report.pdf", "application/pdf", "report.pdf"),
        (picture("PNG"), "map.png", "image/png", "map.png"),
        (picture("JPEG"), "street.jpeg", "image/jpeg", "street.jpeg"),
        (picture("JPEG", mode="CMYK"), "print.JPG", "image/jpeg", "print.jpg"),
        (picture("WEBP"), "street.webp", "image/webp", "street.webp"),
        (picture("GIF", mode="P"), "chart.gif", "image/png", "chart.png"),
        (picture("TIFF", mode="1"), "scan.tif", "image/png", "scan.png"),
        (table.getvalue(), "log.xlsx", kinds.XLSX.media_type, "log.xlsx"),
        (open_document(ODS), "log.ods", kinds.ODS.media_type, "log.ods"),
        (b"day,calls\n1,2\n", "log.csv", "text/csv", "log.csv"),
        (b"day\tcalls\n1\t2\n", "log.tsv", "text/tab-separated-values", "log.tsv"),
        ("Señor, 3 < 5 and 7 > 2".encode(), "notes.txt", "text/plain", "notes.txt"),
        ("Señor".encode("cp1252"), "old.csv", "text/csv", "old.csv"),
        ("Señor".encode("utf-16"), "wide.txt", "text/plain", "wide.txt"),
        (codecs.BOM_UTF8 + b"a,b", "excel.csv", "text/csv", "excel.csv"),
    ]:
        file = kept(content, name)
        assert (file.media_type, file.file_name) == (media_type, shown)
        if not media_type.startswith("image/"):
            assert file.read() == content


@pytest.mark.parametrize(
    ("content", "name", "shown"),
    [
        (PDF, "photo.png", "photo.pdf"),
        (picture("JPEG"), "photo.png", "photo.jpg"),
        (picture("PNG"), "report.pdf.exe", "report.pdf.exe.png"),
        (workbook(), "table.csv", "table.xlsx"),
        (b"a,b", "table.xlsx", "table.txt"),
        (b"echo 1", "run.bat", "run.bat.txt"),
    ],
)
def test_an_ending_that_lies_is_put_right(content: bytes, name: str, shown: str) -> None:
    assert kept(content, name).file_name == shown


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\me\\Report.TXT", "Report.txt"),
        ("in\u202etxt.exe", "intxt.exe.txt"),
        ("a\u200bb\x00c\r\nd.txt", "abc d.txt"),
        ("../..", "evidence.txt"),
        ("", "evidence.txt"),
        ("Straße und Café.txt", "Straße und Café.txt"),
        ("x" * 500 + ".txt", "x" * 150 + ".txt"),
        ("version 1.2", "version 1.2.txt"),
    ],
)
def test_a_name_is_only_a_name(given: str, name: str) -> None:
    assert download_name(given, kinds.TEXT) == name


# Images


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_loses_all_but_the_picture_and_stands_upright(orientation: int) -> None:
    content = photo(orientation=orientation)
    assert b"Secret" in content
    file = kept(content)
    stored = file.read()
    assert b"Secret" not in stored
    with Image.open(BytesIO(stored)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.size == ((30, 40) if orientation > 4 else (40, 30))


def test_a_turned_photo_is_turned_the_right_way() -> None:
    """Orientation 6: the camera was held so that the left edge of the data is the top."""
    picture_ = Image.new("L", (32, 16), 0)
    picture_.paste(255, (0, 0, 16, 16))
    exif = Image.Exif()
    exif[274] = 6
    out = BytesIO()
    picture_.save(out, "JPEG", exif=exif)
    with Image.open(kept(out.getvalue())) as image:
        assert image.size == (16, 32)
        assert (image.getpixel((8, 4)), image.getpixel((8, 28))) == (255, 0)


def test_words_in_a_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Secret author")
    words.add_itxt("XML:com.adobe.xmp", "Secret note", zip=False)
    content = picture("PNG", pnginfo=words, icc_profile=b"Secret profile")
    assert b"Secret" in content
    assert b"Secret" not in kept(content).read()


def test_transparency_stays_and_of_many_frames_the_first() -> None:
    frames = [Image.new("RGB", (9, 9), color) for color in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(kept(out.getvalue())) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.convert("RGB").getpixel((4, 4)) == (255, 0, 0)
    with Image.open(kept(picture("PNG", mode="RGBA"))) as image:
        assert image.mode == "RGBA"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    "rider", [b"*/=1;alert(1)//", HTML, b"<?php system($_GET[0]); __HALT_COMPILER(); ?>"]
)
def test_what_rides_behind_a_picture_is_left_behind(form: str, rider: bytes) -> None:
    stored = kept(picture(form) + rider).read()
    assert rider not in stored
    with Image.open(BytesIO(stored)) as image:
        image.load()


def test_a_picture_that_is_an_archive_or_a_script_as_well_is_a_picture_only() -> None:
    hidden = container({"evil.class": b"x"})
    stored = kept(picture("JPEG") + hidden).read()
    assert not zipfile.is_zipfile(BytesIO(stored))
    # GIF as script: the size of the picture is the beginning of a comment.
    script = b"GIF89a/*" + picture("GIF", mode="P")[8:] + b"*/=1;alert(1)"
    stored = b"" if refusal(script) else kept(script).read()
    assert b"alert" not in stored


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    width_and_height = struct.pack(">II", 50_000, 50_000)
    content = picture("PNG", mode="1")
    bomb = content[:16] + width_and_height + content[24:]
    import zlib

    bomb = bomb[:29] + struct.pack(">I", zlib.crc32(bomb[12:29])) + bomb[33:]
    assert "at most 40 million pixels" in refusal(bomb, "bomb.png")


def test_just_too_many_pixels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 40 * 30)
    assert refusal(picture("PNG")) == ""
    assert "pixels" in refusal(picture("PNG", size=(41, 30)))


def test_an_image_that_grows_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_encoded", lambda *_: b"x" * (10 * 1024 * 1024 + 1))
    assert "is too large" in refusal(picture("PNG"))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "TIFF"])
def test_half_an_image_is_refused(form: str) -> None:
    content = picture(form, size=(400, 400))
    assert "damaged or incomplete" in refusal(content[: len(content) // 2])


def test_a_scan_of_several_pages_is_not_cut_to_its_first() -> None:
    pages = [Image.new("1", (9, 9)) for _ in range(2)]
    out = BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert "several pages. Save it as PDF" in refusal(out.getvalue())


# Spreadsheets


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (workbook({"xl/vbaProject.bin": b"x"}), "macros"),
        (workbook({"xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
        (workbook(types=TYPES % b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "macros"),
        (open_document(ODS, **{"Basic/script-lc.xml": b"<x/>"}), "macros"),
        (open_document(ODS, manifest=b"<m:encryption-data/>"), "password"),
        (workbook(types=TYPES % b"application/wordprocessingml.document"), "Save it as PDF"),
        (open_document(b"application/vnd.oasis.opendocument.text"), "Save it as PDF"),
        (container({"notes.txt": b"x"}), "archive"),
        (workbook({"xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "damaged"),
        (workbook({"xl/a.xml": "<!DOCTYPE a><a/>".encode("utf-16")}), "damaged"),
        (workbook({"../../evil.xml": b"<x/>"}), "damaged"),
        (workbook()[:-30], "damaged"),
        (workbook() + HTML, "damaged"),
        (container({"a": b"b"}) + workbook(), "damaged"),
        (workbook({"xl/media/a": b"0" * 60_000_000}), "unpacks to far more"),
        (workbook({f"xl/{number}": b"" for number in range(2_001)}), "unpacks to far more"),
    ],
)
def test_containers_that_are_refused(content: bytes, words: str) -> None:
    assert words in refusal(content, "table.xlsx")


def test_a_workbook_that_is_larger_than_it_says_is_refused() -> None:
    """A directory that lies: readers that trust the stream would unpack all of it."""
    part = b"0123456789" * 9_000
    content = workbook({"xl/media/a": part})
    small = struct.pack("<I", 10)
    lying = content.replace(struct.pack("<I", len(part)), small)
    assert lying != content
    assert "unpacks to far more" in refusal(lying)


def test_parts_that_lie_upon_each_other_are_refused() -> None:
    """One packed part named in the directory many times over unpacks to many times its size."""
    names = [f"xl/{number:02}" for number in range(40)]
    content = workbook(dict.fromkeys(names, b"x" * 900_000))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        offsets = {info.filename: info.header_offset for info in archive.infolist()}
    first = struct.pack("<I", offsets["xl/00"])
    begin = content.rindex(b"PK\x01\x02", 0, content.index(b"xl/00", offsets["xl/39"] + 40))
    directory = content[begin:]
    for name in names[1:]:
        directory = directory.replace(
            struct.pack("<I", offsets[name]) + name.encode(), first + name.encode()
        )
    assert "damaged" in refusal(content[:begin] + directory)


def test_a_workbook_with_a_password_and_an_old_one_are_named() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert "password" in refusal(old + "EncryptedPackage".encode("utf-16-le"), "a.xlsx")
    assert "Save it as XLSX" in refusal(old + "Workbook".encode("utf-16-le"), "a.xls")
    assert "Save it as PDF" in refusal(old + "WordDocument".encode("utf-16-le"), "a.doc")


# PDF and text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n" + PDF, "something in front of it"),
        (HTML + PDF, "something in front of it"),
        (b"%PDF-1.7\n" + HTML + PDF, "web page and a PDF"),
        (PDF + b" " * 4000 + HTML, "something follows its end"),
        (PDF + container({"a": b"b"}), "something follows its end"),
        (PDF[:60], "not a whole PDF"),
        (PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"), "protected PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "drawing"),
        (b"<?xml version='1.0'?><svg/>", "XML"),
        (codecs.BOM_UTF8 + b"\n\t <!-- --><html>", "web page"),
        (HTML.decode().encode("utf-16"), "web page"),
        (b"Minutes\n<script src=//evil></script>", "code of a web page"),
        (b"a,b\n1,<img src=x onerror=alert(1)>", "code of a web page"),
        (b"a,b\n1,<a href=' javascript:alert(1)'>x</a>", "code of a web page"),
        (b"x <svg/onload=alert(1)>", "code of a web page"),
        (b"#!/bin/sh\nrm -rf /", "program"),
        (b"{\\rtf1 hello}", "Save it as PDF"),
        (b"MZ\x90\0\x03\0\0\0", "Attach a PDF"),
        (b"\x7fELF\x02\x01\x01\0", "Attach a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "Save it as JPEG"),
        (b"", "is empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "10.1 MB, and at most 10 MB fit"),
    ],
)
def test_what_is_refused_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    sentence = refusal(content, "file.txt")
    assert words in sentence
    assert sentence.startswith("“file.txt” ")
    assert_readable("This file " + sentence.removeprefix("“file.txt” "))


def test_names_say_nothing_of_what_a_file_is() -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert "drawing" in refusal(drawing, "photo.png")
    assert "web page" in refusal(HTML, "notes.txt")
    assert "web page" in refusal(HTML, "report.pdf")


def test_a_hostile_name_is_shown_short_and_plain() -> None:
    sentence = refusal(b"", "\u202e../" + "<b>" * 99 + "\r\n.txt")
    assert len(sentence) < 120
    assert sentence.isprintable()


@pytest.mark.parametrize(
    "piece", [b"<a", b"<a =", b"<a on", b" ", b"</", b"=", b"<a " + b" on" * 300]
)
def test_long_texts_are_read_in_one_pass(piece: bytes) -> None:
    """A pattern that looked back again and again would not end before the test run does."""
    assert refusal(b"x " + piece * (9_000_000 // len(piece))) == ""


def test_sheet_type_is_the_one_of_the_format() -> None:
    assert SHEET.decode() == kinds.XLSX.media_type + ".main+xml"
