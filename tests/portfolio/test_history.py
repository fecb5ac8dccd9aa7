"""The history: everything is recorded, with the person or the database role behind it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.urls import reverse

from portfolio import projects, ranking
from portfolio.models import Department, History, Project, RoleGrant, User
from tests import database
from tests.factories import make_project, ready_project

# Tables without a history of their own, each with the reason.
NOT_RECORDED = {
    "portfolio_history": "It is the history.",
    "portfolio_historylink": "It is the chain of the history.",
    "portfolio_adoptedentry": "The database writes it once with its list, which is recorded; "
    "nobody has the right to write or change it.",
    "portfolio_projectscore": "The database computes it from answers, which are recorded.",
    "budgets_comparison": "The database sums it from budgets and spending, which are recorded.",
    "budgets_spentyear": "The database sums it from spending, which is recorded.",
    "portfolio_notice": "Who was told by e-mail of what; gone when it waits no more.",
    "problems_problemwords": "The database derives them from the statement, which is recorded.",
    "portfolio_cache": "Counts of sign-in attempts; gone after minutes.",
    "django_session": "Who is signed in; gone on signing out.",
    "django_admin_log": "The administration site's own log of what the history holds anyway.",
    "django_migrations": "Written by the owner's role alone.",
    "django_content_type": "Names of the models.",
    "auth_permission": "Not used: permissions are code (portfolio/roles.py).",
    "auth_group": "Not used: roles are code (portfolio/roles.py).",
    "auth_group_permissions": "Not used: roles are code (portfolio/roles.py).",
    "account_emailaddress": "A copy of the person's address, which is recorded.",
    "account_emailconfirmation": "Not used: addresses are entered by administrators.",
}
AFTER_EACH_ROW_OF_EVERY_CHANGE = 1 | 4 | 8 | 16  # pg_trigger.tgtype: row, insert, delete, update


def query(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


# Everything is recorded


def recorded() -> set[str]:
    """The tables whose every change of every row fires the history's own function."""
    return {
        table
        for (table,) in query(
            "SELECT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname = 'portfolio_record_history' AND tgenabled = 'O' AND tgqual IS NULL "
            "AND tgtype = %s AND tgattr = ''",
            AFTER_EACH_ROW_OF_EVERY_CHANGE,
        )
    }


def test_every_model_is_recorded_or_named_with_a_reason(db: None) -> None:
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert models - recorded() - set(NOT_RECORDED) == set()


def test_every_table_is_recorded_or_named_with_a_reason(db: None) -> None:
    tables = {
        table for (table,) in query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    assert tables - recorded() - set(NOT_RECORDED) == set()
    assert set(NOT_RECORDED) - tables == set(), "named, but there is no such table"
    assert set(NOT_RECORDED) & recorded() == set(), "named, but recorded"


def test_added_changed_and_removed_with_before_and_after(cast: SimpleNamespace) -> None:
    with cast.administrator.changing():
        grant = RoleGrant.objects.create(user=cast.reader, role="council_staff")
        RoleGrant.objects.filter(pk=grant.pk).update(role="security_officer")
        key = grant.pk
        grant.delete()
    lines = History.objects.filter(table="portfolio_rolegrant", row=str(key)).order_by("id")
    roles = [
        (line.action, (line.before or {}).get("role"), (line.after or {}).get("role"))
        for line in lines
    ]
    assert roles == [
        ("INSERT", None, "council_staff"),
        ("UPDATE", "council_staff", "security_officer"),
        ("DELETE", "security_officer", None),
    ]
    assert {line.user_id for line in lines} == {cast.administrator.pk}


def test_a_write_that_changes_nothing_is_no_change(cast: SimpleNamespace) -> None:
    before = History.objects.count()
    Department.objects.filter(pk=cast.parks.pk).update(name="Parks")
    assert History.objects.count() == before


# Who did it


def latest(table: str) -> Any:
    line = History.objects.filter(table=table).first()
    assert line
    return line


def test_a_form_names_the_person(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    signed_in(cast.manager).post(
        reverse("project_hold", args=[project.pk]), {"reason": "Staff left."}
    )
    line = latest("portfolio_project")
    assert line.after["hold_reason"] == "Staff left."
    assert line.user_id == cast.manager.pk


def test_the_administration_site_names_the_person(cast: SimpleNamespace, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    client.post(reverse("admin:portfolio_department_add"), {"name": "Library", "code": "12"})
    line = latest("portfolio_department")
    assert line.after["name"] == "Library"
    assert line.user_id == cast.administrator.pk


@pytest.mark.django_db(transaction=True)
def test_sql_names_the_database_role_and_nobody() -> None:
    for alias in ("default", "owner"):
        with database.connect(alias) as raw:
            raw.execute("INSERT INTO portfolio_department (name, code) VALUES (%s, '')", [alias])
            row = raw.execute(
                "SELECT user_id, database_role = session_user FROM portfolio_history "
                "ORDER BY id DESC LIMIT 1"
            ).fetchone()
        assert row == (None, True)


@pytest.mark.django_db(transaction=True)
def test_the_orm_outside_of_a_persons_change_names_nobody() -> None:
    somebody = User.objects.create_user("a@example.org", name="Somebody")
    with somebody.changing():
        Department.objects.create(name="Named")
    Department.objects.create(name="Unnamed")
    Department.objects.bulk_create([Department(name="In bulk")])
    Department.objects.filter(name="Unnamed").update(code="1")
    lines = History.objects.filter(table="portfolio_department").order_by("id")
    assert [line.user_id for line in lines] == [somebody.pk, None, None, None]


def test_a_change_within_anothers_change_ends_where_it_ends(cast: SimpleNamespace) -> None:
    with cast.head.changing():
        with cast.finance.changing():
            Department.objects.create(name="Finance's")
        Department.objects.create(name="Head's")
    changes = History.objects.filter(table="portfolio_department")
    lines = {(line.after or {})["name"]: line.user_id for line in changes}
    assert lines["Finance's"] == cast.finance.pk
    assert lines["Head's"] == cast.head.pk


def test_an_inner_change_that_fails_leaves_the_outer_persons_name(cast: SimpleNamespace) -> None:
    with cast.head.changing():
        with pytest.raises(IntegrityError), cast.finance.changing():
            Department.objects.create(name="Parks")
        Department.objects.create(name="Head's")
    assert latest("portfolio_department").user_id == cast.head.pk


def test_every_function_names_the_person(cast: SimpleNamespace) -> None:
    start = latest("portfolio_user").pk
    project = projects.open_scoping(ready_project(cast), by=cast.manager)
    ranking.remove(project, by=cast.manager)
    projects.put_on_hold(project, reason="Staff left.", by=cast.manager)
    unnamed = History.objects.filter(pk__gt=start, user_id=None).exclude(
        table__in=["budgets_fund", "budgets_appropriation"]
    )
    # Rows that the factories write by the ORM, beside the functions.
    by_hand = {
        "problems_problem",
        "problems_affectedgroup",
        "problems_measure",
        "problems_cause",
        "problems_evidence",
    }
    assert {line.table for line in unnamed} <= by_hand


# What is never recorded


def test_passwords_are_never_recorded(cast: SimpleNamespace) -> None:
    before = History.objects.count()
    cast.head.set_password("a-very-secret-word")
    cast.head.save()
    assert History.objects.count() == before
    cast.head.name = "Hanna Renamed"
    cast.head.set_password("another-secret-word")
    cast.head.save()
    line = latest("portfolio_user")
    assert line.after["name"] == "Hanna Renamed"
    recorded_keys = {
        key
        for line in History.objects.all()
        for side in (line.before, line.after)
        for key in side or ()
    }
    assert recorded_keys & {"password", "last_login"} == set()
    assert cast.head.password not in str(list(History.objects.values_list("before", "after")))


def test_an_unknown_project_has_no_history(cast: SimpleNamespace, signed_in: Any) -> None:
    project = make_project(cast)
    client = signed_in(cast.manager)
    assert client.get(reverse("project_history", args=[project.pk])).status_code == 200
    assert client.get(reverse("project_history", args=[project.pk + 1])).status_code == 404
    assert Project.objects.count() == 1
