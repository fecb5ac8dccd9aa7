"""What a browser sends as a file, kept up to a size while it streams in."""

from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from problems.evidence_files.reading import MEGABYTE
from problems.models.policy import MOST_MEGABYTES

# The largest file that any city may allow. Of a larger one, the beginning and the size are kept:
# the form then says what is wrong, and the words typed beside it survive.
MOST_KEPT = MOST_MEGABYTES * MEGABYTE
# A browser shows the answer only when it has sent everything; more than this nobody waits for.
MOST_THROWN_AWAY = 1024 * MEGABYTE


class BoundedUploadHandler(FileUploadHandler):
    """Keeps files of people who signed in, in memory or on disk under no name.

    The system frees such a file with the process that wrote it, however that ends.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name.
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Refuse a request that is too large as a whole. Raises RequestDataTooBig."""
        if content_length > settings.LARGEST_REQUEST:
            thrown_away = 0
            while thrown_away < MOST_THROWN_AWAY and (piece := input_data.read(self.chunk_size)):
                thrown_away += len(piece)
            raise RequestDataTooBig(f"The request has {content_length} bytes.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Of strangers, none is kept."""
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        self.file = SpooledTemporaryFile(  # noqa: SIM115 - the request closes it.
            max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=settings.FILE_UPLOAD_TEMP_DIR
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep what fits."""
        self.file.write(raw_data[: max(0, MOST_KEPT - start)])

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Hand over what was kept, with the size of all that was sent."""
        self.file.seek(0)
        kept = self.file
        del self.file  # Django closes it when the next one is skipped.
        return UploadedFile(
            file=kept,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
