"""The form that takes a file of what was spent."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format

from budgets.forms.fields import day_field
from portfolio.imports import spending, tables
from portfolio.imports.tables import UnreadableError
from portfolio.models import User
from problems.evidence_files.kinds import plain_name

LONGEST_NAME = 200


class SpendingFileForm(forms.Form):
    """A table of the city's books, and the day up to which it counts."""

    as_of = day_field(
        "Spent up to",
        help_text="The last day that the file counts. Amounts of an earlier day are replaced.",
        error_messages={"required": "Enter the last day that the file counts."},
    )
    file = forms.FileField(
        help_text="XLSX, or CSV with commas, semicolons or tabs. The first row names the columns: "
        "project (P-012), fiscal year (2027), fund (its number), spent (dollars so far).",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty. Choose another one.",
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, by: User, today: date) -> None:
        super().__init__(data, files)
        self.by, self.today = by, today
        self.check: spending.Check | None = None

    def clean_as_of(self) -> date:
        """Refuse days that are still to come."""
        day: date = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(
                f"Enter a day that has come: today is {date_format(self.today)}."
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Read the file, and compare it with what is saved."""
        cleaned = super().clean() or self.cleaned_data
        upload = cleaned.get("file")
        if upload and "as_of" in cleaned:
            try:
                self.check = self._checked(upload, cleaned["as_of"])
            except UnreadableError as reason:
                self.add_error("file", str(reason))
        return cleaned

    def _checked(self, upload: UploadedFile[Any], as_of: date) -> spending.Check:
        if (upload.size or 0) > tables.LARGEST_FILE:
            raise UnreadableError(
                f"The file has {upload.size:,} bytes; at most {tables.LARGEST_FILE:,} are read. "
                "Split it by fiscal year."
            )
        upload.seek(0)
        name = plain_name(upload.name or "")[:LONGEST_NAME] or "spending"
        return spending.check(upload.read(), file_name=name, as_of=as_of, by=self.by)
