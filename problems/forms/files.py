"""The field that takes a file, and what it shows of the one that is saved."""

from typing import Any, NamedTuple

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.urls import reverse

from problems.evidence_files.kinds import KINDS, plain_name
from problems.evidence_files.reading import EvidenceFile, read
from problems.models import ProblemPolicy

ENDINGS = ",".join(ending for kind in KINDS for ending in kind.endings)


class ShownFile(NamedTuple):
    """A file as the page shows it: saved, with its size and address; or sent, and not saved."""

    name: str
    size: int | None = None
    url: str = ""

    def __str__(self) -> str:
        return self.name


class FileChooser(forms.FileInput):
    """The saved file with a checkbox to remove it, and a button to choose another one."""

    template_name = "problems/writing/file_chooser.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the file to show."""
        context = super().get_context(name, None, attrs)
        context["widget"]["shown"] = value if isinstance(value, ShownFile) else None
        context["widget"]["removal"] = f"{name}-remove"
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the file that was sent; False when the saved one goes; None when nothing changes.

        A new file takes the place of the old one, whatever the checkbox says.
        """
        sent = super().value_from_datadict(data, files, name)
        return sent if sent or not data.get(f"{name}-remove") else False

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return whether the page said nothing of the file."""
        return name not in files and f"{name}-remove" not in data


class EvidenceFileField(forms.FileField):
    """A file that may be kept as evidence, read by its content."""

    def __init__(self) -> None:
        super().__init__(
            label="File",
            required=False,
            widget=FileChooser(attrs={"accept": ENDINGS}),
        )
        self.saved: FieldFile | None = None
        self.fit(ProblemPolicy())

    def fit(self, policy: ProblemPolicy) -> None:
        """Take the city's limit."""
        self.most_megabytes = policy.evidence_max_megabytes
        self.help_text = (
            f"PDF, image, spreadsheet or text, up to {self.most_megabytes} MB. Location and "
            "camera details are removed from images; other files stay as they are."
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file to keep, the saved one, or False for none any more.

        Raises ValidationError with what to do about a file that is not kept.
        """
        if isinstance(data, UploadedFile):
            return read(data, most_megabytes=self.most_megabytes)
        return super().clean(data, initial)

    def prepare_value(self, value: Any) -> Any:
        """Return what the page shows of a file; nothing where there is none."""
        match self.saved or value:
            case FieldFile() as saved if saved:
                row: Any = saved.instance
                url = reverse("problems:file", args=[row.problem_id, row.pk])
                return ShownFile(row.file_name, row.file_size, url)
            case EvidenceFile():
                return ShownFile(value.file_name)
            case UploadedFile():
                return ShownFile(plain_name(value.name or ""))
        return ""
