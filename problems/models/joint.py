"""One problem of several departments."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from problems.models.problem import Problem


class JointDepartment(models.Model):
    """A further department that has the problem and writes its statement with the first."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="joint_departments")
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL, on_delete=models.PROTECT, related_name="joint_problems"
    )
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="joined_problems"
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["problem", "department"],
                name="joint_department_once",
                violation_error_message="This department has joined the problem already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department_id} in {self.problem_id}"
