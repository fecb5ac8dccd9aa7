"""The security waiver on its pages: who signs, what it says, where it is shown."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from budgets import dedication
from budgets.models import SecurityWaiver
from portfolio.gates import scoping_gate
from portfolio.models import Project
from portfolio.projects import bring_up_to_date
from tests.factories import make_project, scoping_project
from tests.pages import words
from tests.portfolio.budgets.conftest import client_of
from tests.portfolio.budgets.money import at, committed
from tests.portfolio.waiting_steps import kinds, the

TODAY = timezone.localdate()
END = TODAY + timedelta(days=90)
REASON = "Guards <watch> the site until the locks come."


@pytest.fixture
def security(cast: SimpleNamespace) -> Client:
    return client_of(cast.security)


@pytest.fixture
def thin(project: Project) -> Project:
    """A project with $4,000 of security in $144,000 of whole-life cost."""
    project.budget.cost_lines.filter(element="security").update(amount=Decimal(4000))
    return project


def typed(client: Client, project: Project, **changes: Any) -> dict[str, Any]:
    """Return what the page of signing sends, with the mark that it showed."""
    page = client.get(at(project, "waiver/"))
    seen = page.context["form"]["seen"].value() if page.status_code == 200 else "1:2"
    return {"seen": seen, "reason": REASON, "ends_on": END.isoformat()} | changes


def sign(client: Client, project: Project, **changes: Any) -> Any:
    return client.post(at(project, "waiver/"), typed(client, project, **changes), follow=True)


def the_waiver(project: Project) -> SecurityWaiver:
    return SecurityWaiver.objects.get(budget=project.budget)


def now(project: Project) -> Project:
    return Project.objects.for_pages().get(pk=project.pk)


# Signing


def test_a_security_officer_signs_and_everybody_reads_it(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    blocked = words(security.get(at(thin)).text)
    assert "Security is 2.7 percent of the whole-life cost" in blocked
    assert f'href="/projects/{thin.pk}/budget/waiver/"' in blocked
    page = security.get(at(thin, "waiver/"))
    assert "2.77 percent" in words(page.text)
    seen = page.context["form"]["seen"].value()
    answer = sign(security, thin, seen=seen)
    assert "The waiver is signed. It counts until" in words(answer.text)
    for who in ("head", "manager", "council", "finance"):
        shown = client_of(getattr(cast, who)).get(at(thin)).text
        assert "Guards &lt;watch&gt; the site until the locks come." in shown
        assert "Sam Security signed it on" in words(shown)
        assert "Withdraw it" not in shown


def test_the_gate_tells_the_waiver_and_its_end(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    codes = {item.code for item in scoping_gate(now(thin)).panels[1].blockers}
    assert "security_below_floor" in codes
    sign(security, thin)
    committed(thin, cast, 119_000)
    dedication.confirm(thin.budget, by=cast.second_finance, on=TODAY)
    panel = scoping_gate(now(thin)).panels[1]
    assert panel.is_defined
    assert "Its share of security, 2.7 percent, is below the floor" in panel.sentence
    after = scoping_gate(now(thin), on=END + timedelta(days=1)).panels[1]
    assert [item.code for item in after.blockers] == ["security_waiver_ended"]
    assert after.blockers[0].owner == "Head of Parks, or a security officer"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Say why this share of security is enough for now."),
        ({"reason": "  \n "}, "Say why this share of security is enough for now."),
        ({"reason": "x" * 601}, "at most 600 characters"),
        ({"ends_on": ""}, "Enter the last day of the waiver."),
        ({"ends_on": "tomorrow"}, "Enter a day such as 09/30/2027."),
        ({"ends_on": (TODAY - timedelta(days=2)).isoformat()}, "Choose a day from today to"),
        ({"ends_on": (TODAY + timedelta(days=367)).isoformat()}, "Choose a day from today to"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    security: Client, thin: Project, changes: dict[str, str], sentence: str
) -> None:
    answer = security.post(at(thin, "waiver/"), typed(security, thin, **changes))
    assert answer.status_code == 422
    page = words(answer.text)
    assert "Fix one thing to continue" in page
    assert sentence in page
    assert not SecurityWaiver.objects.exists()


def test_a_share_that_changed_meanwhile_is_not_signed(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    seen = security.get(at(thin, "waiver/")).context["form"]["seen"].value()
    thin.budget.cost_lines.filter(element="security").update(amount=Decimal(3000))
    answer = security.post(at(thin, "waiver/"), typed(security, thin, seen=seen))
    page = words(answer.text)
    assert answer.status_code == 409
    assert "Nothing was saved. The share of security changed" in page.replace("</strong>", "")
    assert "2.09 percent" in page
    assert "Guards <watch> the site" in page
    assert not SecurityWaiver.objects.exists()
    newer = answer.context["form"]["seen"].value()
    assert security.post(at(thin, "waiver/"), typed(security, thin, seen=newer)).status_code == 302


def test_the_sponsor_and_the_preparer_do_not_sign(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    Project.objects.filter(pk=thin.pk).update(sponsor=cast.security)
    refused = security.post(at(thin, "waiver/"), typed(security, thin))
    assert refused.status_code == 422
    assert "You sponsor this project." in words(refused.text)
    Project.objects.filter(pk=thin.pk).update(sponsor=cast.head)
    thin.budget.prepared_by = cast.security
    thin.budget.save(update_fields=["prepared_by"])
    page = security.get(at(thin, "waiver/"))
    assert "You prepared the cost of this budget." in words(page.text)
    assert "Sign the waiver" not in words(page.text)
    assert security.post(at(thin, "waiver/"), typed(security, thin)).status_code == 422
    assert not SecurityWaiver.objects.exists()


def test_enough_or_nothing_is_not_waived(security: Client, project: Project) -> None:
    refused = security.post(at(project, "waiver/"), typed(security, project))
    assert refused.status_code == 422
    assert "no waiver is needed" in words(refused.text)
    project.budget.cost_lines.filter(element="security").delete()
    assert "no waiver covers nothing" in words(security.get(at(project, "waiver/")).text)
    assert security.post(at(project, "waiver/"), typed(security, project)).status_code == 422
    assert not SecurityWaiver.objects.exists()


@pytest.mark.parametrize("who", ["head", "finance", "manager", "council"])
def test_others_read_it_but_do_not_sign(cast: SimpleNamespace, thin: Project, who: str) -> None:
    client = client_of(getattr(cast, who))
    for answer in (
        client.get(at(thin, "waiver/")),
        client.post(at(thin, "waiver/"), typed(client, thin)),
    ):
        assert answer.status_code == 403
        assert "Only a security officer may do this." in words(answer.text)
    assert not SecurityWaiver.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "reader", "administrator"])
def test_strangers_to_the_project_meet_nothing(
    cast: SimpleNamespace, security: Client, thin: Project, who: str
) -> None:
    sign(security, thin)
    withdraw = f"waiver/{the_waiver(thin).pk}/withdraw/"
    client = client_of(getattr(cast, who))
    for part in ("waiver/", withdraw):
        assert client.get(at(thin, part)).status_code == 404
        assert client.post(at(thin, part), typed(client, thin)).status_code == 404
    assert the_waiver(thin).withdrawn_at is None


# Withdrawing, and its end


@pytest.fixture
def scoped(cast: SimpleNamespace, security: Client) -> Project:
    """A project in scoping whose budget rests on a waiver."""
    project = scoping_project(cast)
    project.budget.cost_lines.filter(element="security").update(amount=Decimal(4000))
    sign(security, project)
    dedication.confirm(project.budget, by=cast.second_finance, on=TODAY)
    Project.objects.filter(pk=project.pk).update(on_hold=False, hold_reason="")
    assert now(project).budget_dedicated
    return project


def test_withdrawing_says_what_follows_and_closes_the_gate(
    security: Client, scoped: Project
) -> None:
    part = f"waiver/{the_waiver(scoped).pk}/withdraw/"
    asked = words(security.get(at(scoped, part)).text)
    assert "This budget is dedicated and rests on it." in asked
    assert "it goes on hold at once" in asked
    answer = security.post(at(scoped, part), follow=True)
    page = words(answer.text)
    assert "The waiver is withdrawn. The budget lost its confirmation, because" in page
    assert f"{scoped.reference} is on hold." in page
    assert (now(scoped).budget_dedicated, now(scoped).on_hold) == (False, True)
    again = security.post(at(scoped, part))
    assert again.status_code == 409
    assert "This waiver was withdrawn already." in words(again.text)
    assert security.get(at(scoped, part))["Location"] == at(scoped)


def test_a_waiver_of_another_project_is_not_found(
    cast: SimpleNamespace, security: Client, scoped: Project
) -> None:
    other = make_project(cast)
    part = f"waiver/{the_waiver(scoped).pk}/withdraw/"
    assert security.get(at(other, part)).status_code == 404
    assert security.post(at(other, part)).status_code == 404
    assert security.get(at(scoped, f"waiver/{'9' * 30}/withdraw/")).status_code == 404
    assert the_waiver(scoped).withdrawn_at is None


def test_the_day_after_its_end_the_gate_is_closed(
    security: Client, scoped: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring_up_to_date() == 0
    gate = scoping_gate(now(scoped), on=END + timedelta(days=1))
    assert "security_waiver_ended" in {item.code for item in gate.blockers}


# What waits on the security officer


def test_a_share_below_the_floor_waits_on_the_security_officer(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    task = the(cast.security, "security")
    assert task.title.startswith("Ask for more security, or sign a waiver")
    sign(security, thin)
    assert kinds(cast.security) == set()


def test_a_waiver_that_ends_soon_waits_on_the_security_officer(
    cast: SimpleNamespace, security: Client, thin: Project
) -> None:
    sign(security, thin, ends_on=(TODAY + timedelta(days=31)).isoformat())
    assert kinds(cast.security) == set()
    soon = make_project(cast)
    soon.budget.cost_lines.model.objects.filter(budget=thin.budget).update(budget=soon.budget)
    sign(security, soon, ends_on=(TODAY + timedelta(days=30)).isoformat())
    task = the(cast.security, "waiver")
    assert task.record == soon.pk
    assert task.url == at(soon, "waiver/")
    assert "then the gate closes" in task.about
