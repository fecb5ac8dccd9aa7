"""Notices by e-mail: what a person wants, and what they were told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0005_cache_table"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="notices",
            field=models.CharField(
                choices=[
                    ("immediately", "Within minutes"),
                    ("daily", "Once a day"),
                    ("never", "Never"),
                ],
                default="immediately",
                max_length=12,
                verbose_name="E-mail when something waits",
            ),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.CharField(
                        help_text="Which task, as `waiting.Task.key` names it.", max_length=120
                    ),
                ),
                ("told_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices_sent",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "task"),
                        name="notice_once",
                        violation_error_message="This person was told already.",
                    )
                ],
            },
        ),
    ]
