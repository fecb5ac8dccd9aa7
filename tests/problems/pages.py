"""What a browser would send: the values that stand in a form of a page."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse


class _Form(HTMLParser):
    """Collects the fields inside the form with the given id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.values: dict[str, str] = {}
        self.is_inside = False
        self.open_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_inside = given.get("id") == self.form_id
        if not self.is_inside:
            return
        name = given.get("name", "")
        if tag == "input":
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.values[name] = given.get("value", "")
        elif tag in {"textarea", "select"}:
            self.open_name = name
            self.values[name] = ""
        elif tag == "option" and "selected" in given:
            self.values[self.open_name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.is_inside and self.lasttag == "textarea" and self.open_name:
            self.values[self.open_name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        if tag in {"textarea", "select"}:
            self.open_name = ""


def words(response: HttpResponse | Any) -> str:
    """Return the page with every run of white space as one blank, as a browser shows it."""
    return " ".join(response.content.decode().split())


def typed(
    response: HttpResponse | Any, form_id: str = "statement", **changes: str
) -> dict[str, str]:
    """Return what the form of the page would send, with `changes`; "__" stands for "-"."""
    form = _Form(form_id)
    form.feed(response.content.decode())
    values = {
        name: value.removeprefix("\n").replace("\n", "\r\n") for name, value in form.values.items()
    }
    return values | {name.replace("__", "-"): value for name, value in changes.items()}
