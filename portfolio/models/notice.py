"""Which waiting things a person was told about by e-mail."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One thing that waited and of which one person was told. Kept until it waits no more."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices_sent"
    )
    task = models.CharField(max_length=120, help_text="Which task, as `waiting.Task.key` names it.")
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "task"],
                name="notice_once",
                violation_error_message="This person was told already.",
            )
        ]

    def __str__(self) -> str:
        return self.task
