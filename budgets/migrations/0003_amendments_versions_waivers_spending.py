"""Amendments, versions, waivers, options and spending; what appropriations, holds and requests add."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0002_ledger_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("raise", "Raise"),
                            ("cut", "Cut"),
                            ("transfer", "Transfer"),
                            ("lapse", "Lapse"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=15)),
                (
                    "action_type",
                    models.CharField(
                        choices=[
                            ("ordinance", "Ordinance"),
                            ("resolution", "Resolution"),
                            ("award_letter", "Signed award"),
                            ("budget_adoption", "Budget adoption"),
                        ],
                        max_length=16,
                    ),
                ),
                ("action_number", models.CharField(max_length=60)),
                ("action_date", models.DateField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BudgetVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("confirmed_at", models.DateTimeField()),
                (
                    "estimate",
                    models.CharField(
                        choices=[
                            ("concept", "Concept"),
                            ("design", "Design"),
                            ("delivery", "Delivery"),
                        ],
                        max_length=10,
                    ),
                ),
                ("first_fiscal_year", models.PositiveSmallIntegerField()),
                ("phase_start", models.DateField()),
                ("phase_end", models.DateField()),
                ("no_recurring_reason", models.CharField(blank=True, max_length=300)),
                ("one_time_cost", models.DecimalField(decimal_places=2, max_digits=15)),
                ("contingency", models.DecimalField(decimal_places=2, max_digits=15)),
                ("recurring_cost", models.DecimalField(decimal_places=2, max_digits=15)),
                ("security_cost", models.DecimalField(decimal_places=2, max_digits=15)),
                ("security_waived_until", models.DateField(null=True)),
                ("committed", models.DecimalField(decimal_places=2, max_digits=15)),
                ("money_from", models.DateField()),
                ("money_until", models.DateField()),
                ("lines", models.JSONField()),
                ("money", models.JSONField()),
            ],
            options={
                "ordering": ["budget", "number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="CostOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("written_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["place"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="OptionLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1990),
                            django.core.validators.MaxValueValidator(2200),
                        ]
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("capital", "Capital"),
                            ("one_time", "One-time operating"),
                            ("recurring", "Recurring operating"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "element",
                    models.CharField(
                        choices=[
                            ("staff", "Staff"),
                            ("hardware", "Hardware"),
                            ("software", "Software"),
                            ("services", "Services"),
                            ("security", "Security"),
                            ("training", "Training"),
                            ("contingency", "Contingency"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=15)),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="what it pays for"),
                ),
            ],
            options={
                "ordering": ["fiscal_year", "kind", "pk"],
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SecurityWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.01")),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="least share of security it covers, in percent",
                    ),
                ),
                ("reason", models.CharField(max_length=600)),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("signed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-signed_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Spending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "fiscal_year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1990),
                            django.core.validators.MaxValueValidator(2200),
                        ]
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=15)),
                ("as_of", models.DateField(verbose_name="spent up to")),
            ],
            options={
                "verbose_name_plural": "spending",
                "ordering": ["fiscal_year", "fund__code", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SpendingFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("as_of", models.DateField(verbose_name="spent up to")),
                ("rows", models.PositiveIntegerField()),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="allocation",
            name="allocation_release_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="appropriation",
            name="appropriation_is_positive",
        ),
        migrations.RemoveConstraint(
            model_name="budget",
            name="budget_dedicated_is_whole",
        ),
        migrations.RemoveConstraint(
            model_name="fundingrequest",
            name="funding_request_once_per_year",
        ),
        migrations.AddField(
            model_name="allocation",
            name="expires_on",
            field=models.DateField(
                editable=False,
                help_text="Computed by the database.",
                null=True,
                verbose_name="last day of the hold",
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="has_expired",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="adopted_amount",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                editable=False,
                help_text="What the action above authorized.",
                max_digits=15,
                verbose_name="adopted amount",
            ),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="agency",
            field=models.CharField(blank=True, max_length=120, verbose_name="who awards it"),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="award_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="number of the award"),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="match_fund",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="budgets.fund",
                verbose_name="fund that pays the match",
            ),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="match_kind",
            field=models.CharField(
                blank=True,
                choices=[("cash", "Cash"), ("in_kind", "In kind")],
                default="",
                max_length=8,
                verbose_name="kind of match",
            ),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="match_percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="The city's own share of what the award pays for, as 2 CFR 200.306 counts it.",
                max_digits=5,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="match, in percent",
            ),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="obligate_by",
            field=models.DateField(blank=True, null=True, verbose_name="obligate by"),
        ),
        migrations.AddField(
            model_name="appropriation",
            name="report_by",
            field=models.DateField(blank=True, null=True, verbose_name="report by"),
        ),
        migrations.AddField(
            model_name="budget",
            name="estimate",
            field=models.CharField(
                choices=[("concept", "Concept"), ("design", "Design"), ("delivery", "Delivery")],
                default="concept",
                editable=False,
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="security_floor",
            field=models.DecimalField(
                db_default=0, decimal_places=2, default=0, editable=False, max_digits=15
            ),
        ),
        migrations.AddField(
            model_name="budget",
            name="security_waived_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="contingency_delivery_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=10,
                help_text="Citrus County FL asks for 5 to 15 percent in construction.",
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="contingency in delivery, in percent",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="contingency_design_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=15,
                help_text="Citrus County FL asks for 15 to 25 percent at inception and 10 to 15 in design.",
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="contingency while a project is scoped, in percent",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="hold_days",
            field=models.PositiveSmallIntegerField(
                default=60,
                help_text="Two months are about two rounds of council meetings. Money held for longer is money that no other project could plan with.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(730),
                ],
                verbose_name="days until a hold ends",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="hold_warn_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                help_text="A week is enough to commit the money, or to let it go knowingly.",
                verbose_name="warn before a hold ends, in days",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="security_floor_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=5,
                help_text="No norm says how much is right. Below this share a security officer has to say why it is enough; nothing at all is never enough.",
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="least share of security in whole-life cost, in percent",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="security_note_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=10,
                help_text="A note blocks nothing. It asks whether monitoring and updates were forgotten.",
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="share of security below which a note is shown, in percent",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="waiver_months",
            field=models.PositiveSmallIntegerField(
                default=12,
                help_text="A risk that is accepted is looked at again with each yearly budget.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(60),
                ],
                verbose_name="longest security waiver, in months",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="whole_life_warning",
            field=models.DecimalField(
                decimal_places=2,
                default=10000000,
                help_text="18F advises to keep a project under $10 million: of large government software projects few succeed.",
                max_digits=15,
                verbose_name="whole-life cost above which a note is shown",
            ),
        ),
        migrations.AddField(
            model_name="budgetpolicy",
            name="yearly_warning",
            field=models.DecimalField(
                decimal_places=2,
                default=2000000,
                help_text="18F advises contracts of at most $2 million a year and three years.",
                max_digits=15,
                verbose_name="cost in one year above which a note is shown",
            ),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="declined_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="declined_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="fundingrequest",
            name="declined_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name="budgetpolicy",
            name="contingency_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=25,
                help_text="Before design a capital estimate is rarely closer than 25 percent.",
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="contingency of a concept, in percent",
            ),
        ),
        migrations.AlterField(
            model_name="fundingrequest",
            name="fund",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty where finance is asked for money of any fund.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="budgets.fund",
            ),
        ),
        migrations.AlterField(
            model_name="fundingrequest",
            name="status",
            field=models.CharField(
                choices=[
                    ("idea", "Idea"),
                    ("requested", "Requested"),
                    ("applied", "Applied for"),
                    ("forecast", "Forecast"),
                ],
                default="requested",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["expires_on"], name="hold_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    models.Q(
                        ("has_expired", True),
                        ("released_at__isnull", False),
                        ("released_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="allocation_release_is_whole",
                violation_error_message="A release needs who released it and when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_expired", False),
                    models.Q(
                        ("committed_at__isnull", True),
                        ("released_by__isnull", True),
                        ("state", "released"),
                    ),
                    _connector="OR",
                ),
                name="allocation_expires_as_a_hold",
                violation_error_message="Only a hold ends by itself. Committed money is released by a finance officer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appropriation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("match_kind", ""), ("match_percent__isnull", True)),
                    models.Q(
                        ("match_percent__isnull", False),
                        ("match_percent__range", (0, 100)),
                        models.Q(("match_kind", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appropriation_match_is_whole",
                violation_error_message="A match is a share in percent, in cash or in kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contingency_design_percent__range", (Decimal(5), Decimal(100))),
                    ("contingency_delivery_percent__range", (Decimal(5), Decimal(100))),
                    ("security_floor_percent__range", (Decimal(0), Decimal(100))),
                    ("security_note_percent__range", (Decimal(0), Decimal(100))),
                ),
                name="budget_policy_shares_make_sense",
                violation_error_message="Contingency is 5 to 100 percent, the share of security 0 to 100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hold_days__range", (1, 730)),
                    ("hold_warn_days__lt", models.F("hold_days")),
                    ("waiver_months__range", (1, 60)),
                ),
                name="budget_policy_terms_make_sense",
                violation_error_message="A hold lasts 1 to 730 days and is warned of before it ends; a waiver lasts 1 to 60 months.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("whole_life_warning__gt", 0),
                    ("whole_life_warning__lt", Decimal(10000000000000)),
                    ("yearly_warning__gt", 0),
                    ("yearly_warning__lt", Decimal(10000000000000)),
                ),
                name="budget_policy_warnings_are_amounts",
                violation_error_message="A note is shown above an amount of dollars.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_at__isnull", True), ("asked_by__isnull", True)),
                    models.Q(("asked_at__isnull", False), ("asked_by__isnull", False)),
                    _connector="OR",
                ),
                name="funding_request_asking_is_whole",
                violation_error_message="A request needs who asked and when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("declined_at__isnull", True),
                        ("declined_by__isnull", True),
                        ("declined_reason", ""),
                    ),
                    models.Q(
                        ("declined_at__isnull", False),
                        ("declined_by__isnull", False),
                        models.Q(("declined_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="funding_request_answer_is_whole",
                violation_error_message="Say why the request is declined.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("declined_at__isnull", True)),
                fields=("budget", "fund", "fiscal_year"),
                name="funding_request_once_per_year",
                violation_error_message="This fund is already asked for that year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundingrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("asked_at__isnull", False),
                    ("declined_at__isnull", True),
                    ("fund", None),
                    ("status", "requested"),
                ),
                fields=("budget",),
                name="funding_request_asked_once",
                violation_error_message="Finance is asked for this money already.",
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="source",
            field=models.ForeignKey(
                blank=True,
                help_text="The appropriation that the money leaves.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="amendments_out",
                to="budgets.appropriation",
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="target",
            field=models.ForeignKey(
                blank=True,
                help_text="The appropriation that the money enters.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="amendments_in",
                to="budgets.appropriation",
            ),
        ),
        migrations.AddField(
            model_name="budgetversion",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="budgets.budget",
            ),
        ),
        migrations.AddField(
            model_name="budgetversion",
            name="confirmed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="budgetversion",
            name="prepared_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="options",
                to="budgets.budget",
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="optionline",
            name="option",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="budgets.costoption",
            ),
        ),
        migrations.AddField(
            model_name="securitywaiver",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waivers",
                to="budgets.budget",
            ),
        ),
        migrations.AddField(
            model_name="securitywaiver",
            name="signed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="securitywaiver",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="budget",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spending",
                to="budgets.budget",
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spending",
                to="budgets.fund",
            ),
        ),
        migrations.AddField(
            model_name="spendingfile",
            name="imported_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="spending",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spending",
                to="budgets.spendingfile",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lt", Decimal(10000000000000))),
                name="amendment_is_positive",
                violation_error_message="An amendment is of an amount above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "raise"), ("source__isnull", True), ("target__isnull", False)
                    ),
                    models.Q(
                        ("kind__in", ["cut", "lapse"]),
                        ("source__isnull", False),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        ("kind", "transfer"),
                        ("source__isnull", False),
                        ("target__isnull", False),
                        models.Q(("source", models.F("target")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="amendment_ends_fit_its_kind",
                violation_error_message="A raise enters an appropriation, a cut or a lapse leaves one, a transfer leaves one and enters another.",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("action_number", ""), _negated=True),
                name="amendment_names_its_action",
                violation_error_message="An amendment names the action that authorizes it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetversion",
            constraint=models.UniqueConstraint(
                fields=("budget", "number"),
                name="budget_version_has_its_number",
                violation_error_message="This version is there already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__in", [1, 2])),
                name="cost_option_is_one_of_two",
                violation_error_message="Two options are compared. Change one of them.",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.UniqueConstraint(
                fields=("budget", "place"),
                name="cost_option_has_its_place",
                violation_error_message="This option is there already. Open it and change it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lt", Decimal(10000000000000))),
                name="option_line_is_positive",
                violation_error_message="A cost is an amount above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="optionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("element", "contingency"), ("kind", "recurring"), _negated=True
                ),
                name="option_line_contingency_is_one_time",
                violation_error_message="Contingency belongs to capital or one-time cost.",
            ),
        ),
        migrations.AddConstraint(
            model_name="securitywaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent__gt", 0), ("percent__lte", 100), ("reason__regex", "\\S")
                ),
                name="security_waiver_has_a_reason",
                violation_error_message="A waiver needs a reason and the share it covers.",
            ),
        ),
        migrations.AddConstraint(
            model_name="securitywaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="security_waiver_withdrawal_is_whole",
                violation_error_message="A withdrawal needs who withdrew it and when.",
            ),
        ),
        migrations.AddIndex(
            model_name="spending",
            index=models.Index(
                fields=["fund", "fiscal_year"], include=("amount",), name="spent_of_a_fund"
            ),
        ),
        migrations.AddConstraint(
            model_name="spending",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lt", 10000000000000)),
                name="spending_is_not_negative",
                violation_error_message="What was spent so far is zero or more.",
            ),
        ),
        migrations.AddConstraint(
            model_name="spending",
            constraint=models.UniqueConstraint(
                fields=("budget", "fund", "fiscal_year"),
                name="spending_once_per_fund_and_year",
                violation_error_message="This project's spending of that fund and year is there already.",
            ),
        ),
    ]
