"""What guided writing, review and search add to a statement.

The critical priority becomes one that the city declared; the old words move in the next migration.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import problems.models.parts


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0001_people_and_city"),
        ("problems", "0002_statement_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CityWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("technology", "Names a technology or a product"),
                            ("hype", "Hype"),
                            ("absolute", "Says too much"),
                            ("jargon", "Jargon"),
                            ("fine", "Is a name here, never advise on it"),
                        ],
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")], default="en", max_length=2
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="A word or a few, as people write them.", max_length=80
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        help_text="Authors read it as the explanation.", max_length=300
                    ),
                ),
                (
                    "example",
                    models.CharField(help_text="A sentence in which it is found.", max_length=300),
                ),
                (
                    "suggestion",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="what to write instead"
                    ),
                ),
            ],
            options={
                "ordering": ["language", "kind", django.db.models.functions.text.Lower("words")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CriticalPriority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("public_health", "Public health"),
                            ("public_safety", "Public safety"),
                            ("other", "Another critical need"),
                        ],
                        max_length=15,
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="why it is critical")),
                ("starts_on", models.DateField(verbose_name="from")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="Leave it empty until the city knows.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "critical priorities",
                "ordering": ["name"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="FindingAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=40)),
                (
                    "quote",
                    models.CharField(help_text="The words as they were found.", max_length=2000),
                ),
                ("reason", models.TextField(max_length=1000)),
                ("at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="JointDepartment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ProblemWords",
            fields=[
                (
                    "problem",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="problems.problem",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField(editable=False)),
            ],
            options={
                "verbose_name_plural": "problem words",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReasonAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answer", models.TextField(max_length=2000)),
                ("at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(help_text="1 for the first time it was sent."),
                ),
                ("version", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-number"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="problem",
            name="problem_sent_is_complete",
        ),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=models.FileField(
                blank=True,
                storage=problems.models.parts.evidence_storage,
                upload_to=problems.models.parts.random_name,
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="name of the file"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_size",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="size in bytes"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file_type",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="measure",
            name="catalogue_code",
            field=models.CharField(
                blank=True,
                help_text="Of problems/catalogue.toml; empty for an own one.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="kind",
            field=models.CharField(
                choices=[
                    ("outcome", "An outcome: what people notice"),
                    ("output", "An output: what the city did or installed"),
                    ("input", "An input: what the city spent"),
                ],
                default="outcome",
                max_length=8,
                verbose_name="what it counts",
            ),
        ),
        migrations.AddField(
            model_name="problem",
            name="same_as",
            field=models.ForeignKey(
                blank=True,
                help_text="The joint problem that took this one in.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="problems.problem",
            ),
        ),
        migrations.AddField(
            model_name="problempolicy",
            name="evidence_max_megabytes",
            field=models.PositiveSmallIntegerField(
                default=10,
                help_text="A scanned report of a hundred pages fits; a video does not.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(50),
                ],
                verbose_name="Largest evidence file, in megabytes",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("file", ""),
                        ("file_name", ""),
                        ("file_sha256", ""),
                        ("file_size", None),
                        ("file_type", ""),
                    ),
                    models.Q(
                        models.Q(("file", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                        models.Q(("file_type", ""), _negated=True),
                        models.Q(("file_sha256", ""), _negated=True),
                        ("file_size__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="evidence_file_is_whole",
                violation_error_message="A file needs its name, type, size and checksum.",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "outcome"), ("baseline_value__isnull", True), _connector="OR"
                ),
                name="measure_baseline_is_outcome",
                violation_error_message="Only an outcome has a starting value here: what people notice, not what the city installs or spends.",
            ),
        ),
        migrations.AddConstraint(
            model_name="problempolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence_max_megabytes__range", (1, 50))),
                name="evidence_files_1_to_50_megabytes",
                violation_error_message="The largest evidence file is 1 to 50 megabytes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cityword",
            constraint=models.UniqueConstraint(
                models.F("language"),
                django.db.models.functions.text.Lower("words"),
                name="city_word_once",
                violation_error_message="The city has this word already. Change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="cityword",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("example", ""), _negated=True),
                ),
                name="city_word_is_explained",
                violation_error_message="A word needs a reason and an example.",
            ),
        ),
        migrations.AddConstraint(
            model_name="criticalpriority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="critical_priority_ends_after_start",
                violation_error_message="A critical priority ends on or after the day it starts.",
            ),
        ),
        migrations.RenameField("problem", "critical_priority", "critical_area"),
        migrations.AddField(
            model_name="problem",
            name="critical_priority",
            field=models.ForeignKey(
                blank=True,
                help_text="None with a reason: no declared priority fits.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="problems",
                to="problems.criticalpriority",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("same_as__isnull", True),
                    models.Q(
                        ("state", "retired"), models.Q(("same_as", models.F("pk")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="problem_same_as_is_retired",
                violation_error_message="A problem that another one took in is retired.",
            ),
        ),
        migrations.AddField(
            model_name="findinganswer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="finding_answers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="findinganswer",
            name="problem",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="finding_answers",
                to="problems.problem",
            ),
        ),
        migrations.AddField(
            model_name="jointdepartment",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joint_problems",
                to="portfolio.department",
            ),
        ),
        migrations.AddField(
            model_name="jointdepartment",
            name="joined_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joined_problems",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="jointdepartment",
            name="problem",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joint_departments",
                to="problems.problem",
            ),
        ),
        migrations.AddIndex(
            model_name="problemwords",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["vector"], name="problem_words_vector"
            ),
        ),
        migrations.AddField(
            model_name="reasonanswer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reason_answers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reasonanswer",
            name="reason",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answer",
                to="problems.reviewreason",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="problem",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="submissions",
                to="problems.problem",
            ),
        ),
        migrations.AddConstraint(
            model_name="findinganswer",
            constraint=models.UniqueConstraint(
                fields=("problem", "field", "quote"),
                name="finding_answered_once",
                violation_error_message="These words have an answer already. Change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="findinganswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="finding_answer_has_reason",
                violation_error_message="Say why the words stay.",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointdepartment",
            constraint=models.UniqueConstraint(
                fields=("problem", "department"),
                name="joint_department_once",
                violation_error_message="This department has joined the problem already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasonanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer", ""), _negated=True),
                name="reason_answer_says_something",
                violation_error_message="Write an answer, or leave the reason without one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("problem", "number"),
                name="submission_number_once",
                violation_error_message="This problem was sent at the same moment. Try again.",
            ),
        ),
    ]
