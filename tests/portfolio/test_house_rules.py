"""Rules of the house that no feature owns: a new model, view or function has to keep them."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, Model, Q, UniqueConstraint
from django.urls import URLResolver, get_resolver
from django.views.generic import RedirectView

from portfolio import database
from portfolio.constraints import sentences
from portfolio.middleware import is_of_guarded_app
from portfolio.roles import FOR_EVERYBODY, ROLES, Permission, Role, refusal, roles_with
from tests.gate.attempts import assert_readable

OWN_APPS = ("portfolio", "problems", "budgets")
ROOT = Path(settings.BASE_DIR)
MODELS = [model for model in apps.get_models() if model._meta.app_label in OWN_APPS]
PYTHON = sorted(
    path
    for folder in (*OWN_APPS, "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def query(sql: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


# Constraints


def declared() -> Iterator[tuple[type[Model], CheckConstraint | UniqueConstraint]]:
    for model in MODELS:
        for constraint in model._meta.constraints:
            assert isinstance(constraint, CheckConstraint | UniqueConstraint)
            yield model, constraint


def test_every_constraint_has_a_name_and_a_sentence_for_people() -> None:
    for _, constraint in declared():
        assert constraint.name
        assert constraint.violation_error_message != constraint.default_violation_error_message, (
            constraint.name
        )
        assert_readable(str(constraint.violation_error_message))
        assert sentences()[constraint.name] == constraint.violation_error_message


def test_no_two_constraints_share_a_name() -> None:
    names = [constraint.name for _, constraint in declared()]
    assert len(names) == len(set(names))


def test_every_constraint_is_in_the_database_and_the_other_way_round(db: None) -> None:
    checks = {
        name
        for (name,) in query(
            "SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
            "WHERE contype = 'c' AND split_part(relname, '_', 1) = ANY (%s)",
            list(OWN_APPS),
        )
    }
    ours = {
        constraint.name for _, constraint in declared() if isinstance(constraint, CheckConstraint)
    }
    assert ours - checks == set()
    # Django's own, behind a PositiveIntegerField.
    assert {name for name in checks - ours if not name.endswith("_check")} == set()


REFUSAL = re.compile(r"_refuse\(\s*'(\w+)',\s*(?:format\(\s*)?((?:'(?:[^']|'')*'\s*)+)")


def refusals() -> Iterator[tuple[str, str]]:
    """Every rule that a function of the database refuses by, and its sentence."""
    for (source,) in query(
        "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    ):
        for rule, literals in REFUSAL.findall(source):
            yield rule, "".join(re.findall(r"'((?:[^']|'')*)'", literals)).replace("%s", "X")


def test_what_the_database_refuses_it_refuses_in_a_sentence(db: None) -> None:
    found = list(refusals())
    assert len(found) > 25
    for rule, sentence in found:
        assert re.fullmatch(r"[a-z_]{6,63}", rule), rule
        # One is put together from what is missing.
        assert_readable(sentence if sentence.endswith(".") else f"{sentence}.")


# Who and when

UNPAIRED = {
    "portfolio.Project.created_by": "A project that was imported was started by nobody here.",
    "portfolio.Scope.written_by": "The last one who saved; saved_at says when.",
    "budgets.Budget.prepared_by": "Whoever touched the cost last; the history says when.",
    "budgets.BudgetVersion.prepared_by": "As the budget said when it was confirmed.",
    "budgets.Appropriation.entered_by": "Money may be entered by an import, by nobody here.",
    "portfolio.CriteriaVersion.signed_by": "Nobody here signed what every city starts with.",
}


def names_in(condition: Any) -> set[str]:
    """The fields that a condition speaks of."""
    if isinstance(condition, Q):
        return set().union(*(names_in(child) for child in condition.children))
    return {condition[0].partition("__")[0]} if isinstance(condition, tuple) else set()


def by_fields() -> Iterator[tuple[type[Model], str, str]]:
    for model in MODELS:
        for field in model._meta.fields:
            # A person; a grant's money is obligated and reported on by a day.
            if field.is_relation and (field.name == "by" or field.name.endswith("_by")):
                yield model, field.name, field.name.removesuffix("by") + "at"


def is_paired(model: type[Model], by: str, at: str) -> bool:
    names = {field.name: field for field in model._meta.fields}
    if at not in names:
        return False
    if not names[by].null and not names[at].null:
        return True
    return any(
        {by, at} <= names_in(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    )


def test_by_and_at_come_together() -> None:
    alone = {
        f"{model._meta.label}.{by}" for model, by, at in by_fields() if not is_paired(model, by, at)
    }
    assert alone - set(UNPAIRED) == set()
    assert set(UNPAIRED) - alone == set(), "named, but paired"


# Rights in the database


def rights_of_the_site(table: str) -> set[str]:
    kinds = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    site = settings.DATABASES["default"]["USER"]
    return {
        kind
        for kind in kinds
        if query("SELECT has_table_privilege(%s, %s, %s)", site, table, kind)[0][0]
    }


@pytest.mark.parametrize("table", sorted({model._meta.db_table for model in MODELS}))
def test_the_site_has_the_rights_that_are_listed(db: None, table: str) -> None:
    expected = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    if table in database.WRITTEN_BY_THE_DATABASE:
        expected = {"SELECT"}
    elif table in database.ONLY_ADDED:
        expected -= {"UPDATE", "DELETE"}
    elif table in database.NEVER_DELETED:
        expected -= {"DELETE"}
    assert rights_of_the_site(table) == expected


def test_every_listed_table_is_one(db: None) -> None:
    tables = {table for (table,) in query("SELECT tablename FROM pg_tables")}
    listed = {
        *database.WRITTEN_BY_THE_DATABASE,
        *database.ONLY_ADDED,
        *database.NEVER_DELETED,
    }
    assert listed - tables == set()


def test_the_site_owns_nothing(db: None) -> None:
    site = settings.DATABASES["default"]["USER"]
    owned = query(
        "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = %s "
        "UNION ALL SELECT proname FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner "
        "WHERE rolname = %s",
        site,
        site,
    )
    assert owned == []
    powers = query(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
        "FROM pg_roles WHERE rolname = %s",
        site,
    )
    assert powers == [(False,) * 5]


def test_every_function_pins_its_search_path(db: None) -> None:
    loose = query(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND NOT coalesce('search_path=public, pg_temp' = ANY (proconfig), false)"
    )
    assert loose == []


def test_functions_with_the_owners_rights_are_nobodys_to_run(db: None) -> None:
    site = settings.DATABASES["default"]["USER"]
    definers = query(
        "SELECT proname, has_function_privilege(%s, oid, 'EXECUTE') FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND prosecdef",
        site,
    )
    assert len(definers) >= 3
    assert {name for name, may_run in definers if may_run} == set()


def test_every_trigger_of_ours_is_switched_on(db: None) -> None:
    assert query("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'") == []


def test_every_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    final = [
        (label, name, operation)
        for (label, name), migration in loader.disk_migrations.items()
        if label in OWN_APPS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert final == []


# Routes and roles

OPEN_PAGES = {"account_login": "The way in; it shows nothing of the city but its name."}


def views(resolver: URLResolver | None = None) -> Iterator[tuple[str, Any]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern)
        else:
            yield pattern.name or "", pattern.callback


def own_views() -> Iterator[tuple[str, Any]]:
    for name, view in views():
        # The administration site's old addresses lead to its new ones: nobody may follow them.
        is_old_address = getattr(view, "view_class", None) is RedirectView and not name
        if not (is_of_guarded_app(view) or name in OPEN_PAGES or is_old_address):
            yield name, view


def test_every_route_declares_a_permission() -> None:
    undeclared = {name for name, view in own_views() if not hasattr(view, "permission")}
    assert undeclared == set()
    assert {view.permission for _, view in own_views()} <= set(Permission)


def test_no_view_of_ours_lets_strangers_in() -> None:
    open_views = {name for name, view in own_views() if not getattr(view, "login_required", True)}
    assert open_views == set()


def test_only_pages_of_guarded_apps_go_without_a_permission() -> None:
    guarded = {view.__module__ for _, view in views() if is_of_guarded_app(view)}
    ours = {module for module in guarded if module.partition(".")[0] in OWN_APPS}
    assert ours == set()


def test_every_permission_is_somebodys() -> None:
    for permission in Permission:
        assert roles_with(permission) or permission in FOR_EVERYBODY, permission
        assert_readable(refusal(permission))
    assert set(ROLES) == set(Role)
    for duties in ROLES.values():
        assert_readable(duties.description)


def test_administrators_hold_no_power_over_problems_money_or_the_list() -> None:
    assert ROLES[Role.ADMINISTRATOR].permissions == (
        Permission.SET_PROBLEM_POLICY,
        Permission.SET_BUDGET_POLICY,
        Permission.SET_LIST_POLICY,
    )


# Size and style of the code

FILE, FUNCTION, VIEW, TEMPLATE = 400, 40, 25, 150


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_short() -> None:
    long = {name_of(path): len(path.read_text().splitlines()) for path in PYTHON}
    assert {name: lines for name, lines in long.items() if lines > FILE} == {}


def test_templates_are_short() -> None:
    long = {name_of(path): len(path.read_text().splitlines()) for path in TEMPLATES}
    assert {name: lines for name, lines in long.items() if lines > TEMPLATE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{name_of(path)}:{node.name}": lines
        for path in PYTHON
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
    }
    assert long == {}


def test_views_are_short() -> None:
    long = {name: lines for name, view in own_views() if (lines := lines_of(view)) > VIEW}
    assert long == {}


def lines_of(view: Any) -> int:
    """The lines of a view below its decorators."""
    source = inspect.getsource(inspect.unwrap(view))
    return len(source[source.index("def ") :].splitlines())


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc"}
    assert [name_of(path) for path in PYTHON if path.stem in drawers] == []


def test_no_rule_hides_in_a_signal_or_in_save() -> None:
    signals = re.compile(r"django\.dispatch|django\.db\.models\.signals|@receiver")
    product = [path for path in PYTHON if "tests" not in path.parts]
    assert [name_of(path) for path in product if signals.search(path.read_text())] == []
    saving = {
        f"{model.__name__}.{method}"
        for model in MODELS
        for method in ("save", "delete")
        if method in vars(model)
    }
    assert saving == set()


# Templates: what a strict content security policy and plain words ask for.

FORBIDDEN_IN_TEMPLATES = {
    "an inline style": r"\sstyle\s*=|<style",
    "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "a handler": r"\son[a-z]+\s*=\s*[\"']",
    "a script of htmx": r"hx-on|js:|javascript:",
    "another origin": r"(?:src|href)=[\"'](?:https?:)?//",
    "the word of the domain for an error": r"[Tt]here is a problem\b",
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_no_template_holds(what: str) -> None:
    pages = [path for path in TEMPLATES if "briefs" not in path.parts]
    pattern = re.compile(FORBIDDEN_IN_TEMPLATES[what])
    assert [name_of(path) for path in pages if pattern.search(path.read_text())] == []
