"""The history: every change of every domain row, written by the database, never by Python."""

from typing import ClassVar

from django.db import models


class History(models.Model):
    """One change of one row: who, when, before and after. Append-only."""

    class Action(models.TextChoices):
        INSERT = "INSERT", "Added"
        UPDATE = "UPDATE", "Changed"
        DELETE = "DELETE", "Removed"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    table = models.CharField(max_length=63, db_column="table_name")
    row = models.CharField(max_length=64, db_column="row_id")
    action = models.CharField(max_length=6, choices=Action)
    user_id = models.BigIntegerField(null=True)
    database_role = models.CharField(max_length=63)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        default_permissions = ()
        verbose_name_plural = "history"
        indexes: ClassVar = [
            models.Index(fields=["table", "row", "-id"], name="history_of_row"),
            models.Index(fields=["table", "at"], name="history_of_table"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.table} {self.row}"


class HistoryLink(models.Model):
    """The chain: each change with the hash of the one committed before it."""

    id = models.BigAutoField(primary_key=True)
    history = models.OneToOneField(History, on_delete=models.PROTECT, related_name="link")
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        ordering: ClassVar = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return bytes(self.hash).hex()
