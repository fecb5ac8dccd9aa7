"""The pages of the demonstration city that people meet on the line, and who meets them."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import FilePayload, Page, Response, expect

from tests.journeys.desk import choose, fill, press


class Sight(NamedTuple):
    """A page, who looks at it, and what they do there first.

    `who` is a key of the demonstration's people, or nobody; `path` names records in braces;
    `status` is that of the page looked at. A page that is `typical` is looked at in every light,
    one that is `turned` from right to left too.
    """

    name: str
    who: str
    path: str
    status: int = 200
    act: Callable[[Page], Response] | None = None
    typical: bool = False
    turned: bool = False


def pressing(button: str) -> Callable[[Page], Response]:
    """Return what presses `button` on the page as it is."""
    return lambda page: press(page, button)


def overtaken(button: str, version: str, typing: str) -> Callable[[Page], Response]:
    """Return what types into the field `typing` on a page of an older `version`, and sends it."""

    def act(page: Page) -> Response:
        hidden = page.locator(f"main form input[name={version}]").first
        hidden.evaluate("input => { input.value = 999; }")
        page.locator(f"#{typing}").fill("7")
        return press(page, button)

    return act


def amending(amount: str) -> Callable[[Page], Response]:
    """Return what fills in an amendment of that amount, and sends it."""

    def act(page: Page) -> Response:
        fill(page, {"Amount": amount, "Number of the action": "Ord. 9"})
        fill(page, {"Date of the action": "2026-09-01"})
        choose(page, {"Kind of action": "Ordinance"})
        return press(page, "Sign the amendment")

    return act


def bringing(page: Page) -> Response:
    """Bring a file of spending with rows of every kind."""
    rows = ("project,fiscal year,fund,spent", "P-001,2026,101,5", "P-999,2026,101,€5")
    file = FilePayload(name="books.csv", mimeType="text/csv", buffer="\n".join(rows).encode())
    page.locator("#id_as_of").fill("2026-07-01")
    page.locator("#id_file").set_input_files(file)
    return press(page, "Check the file")


def trying(text: str) -> Callable[[Page], Response]:
    """Return what tries a text on the wording check."""

    def act(page: Page) -> Response:
        fill(page, {"What somebody might write": text})
        return press(page, "Check it")

    return act


def checking(control: str, text: str) -> Callable[[Page], Response]:
    """Return what types into a control and asks for advice on the wording."""

    def act(page: Page) -> Response:
        page.locator(f"#{control}").fill(text)
        return press(page, "Check my wording")

    return act


def moves_what_moved(page: Page) -> Response:
    """Move a project that somebody else moved meanwhile."""
    form = page.locator(".moves form").first
    form.locator("[name=seen]").evaluate("input => { input.value = 'a0a'; }")
    with page.expect_response(lambda answer: "/move/" in answer.url) as answer:
        form.get_by_role("button", name="Move down").click()
    expect(page.locator(".errsum")).to_be_focused()
    return answer.value


def mistypes_the_password(page: Page) -> Response:
    fill(page, {"Email address": "lena.fischer@riverbend.example", "Password": "not this"})
    return press(page, "Sign in")


def opens_every_panel(page: Page) -> Response:
    """Open what can be opened: the account menu last, because it closes the others."""
    answer = page.reload()
    page.locator(".moveto summary").first.click()
    assert answer is not None
    return answer


SIGHTS = (
    # Nobody has signed in
    Sight("sign-in", "", "/accounts/login/", typical=True),
    Sight("sign-in refused", "", "/accounts/login/", act=mistypes_the_password),
    Sight("password forgotten", "", "/accounts/password/reset/"),
    Sight("no sign-up", "", "/accounts/signup/"),
    # A department head
    Sight("head's overview", "fischer", "/", typical=True),
    Sight("help", "fischer", "/help/"),
    Sight("email notices", "fischer", "/accounts/notices/", typical=True),
    Sight("projects", "fischer", "/projects/", typical=True),
    Sight("no such projects", "fischer", "/projects/?q=zeppelin"),
    Sight("new project", "fischer", "/projects/new/"),
    Sight(
        "new project without a title",
        "fischer",
        "/projects/new/",
        422,
        pressing("Start the project"),
    ),
    Sight("project ready to scope", "fischer", "/projects/{project[streetlights]}/", typical=True),
    Sight("ready to scope", "fischer", "/projects/{project[streetlights]}/scope/"),
    Sight("blocked project", "fischer", "/projects/{project[fleet]}/", typical=True),
    Sight("blocked scope", "fischer", "/projects/{project[fleet]}/scope/", 403, typical=True),
    Sight("problem of a project", "fischer", "/projects/{project[fleet]}/problem/"),
    Sight("history", "fischer", "/projects/{project[streetlights]}/history/"),
    Sight("budget as drafted", "fischer", "/projects/{project[fleet]}/budget/"),
    Sight("costs", "fischer", "/projects/{project[fleet]}/budget/costs/", typical=True),
    Sight(
        "costs of a dedicated budget", "fischer", "/projects/{project[streetlights]}/budget/costs/"
    ),
    Sight(
        "costs overtaken",
        "fischer",
        "/projects/{project[fleet]}/budget/costs/",
        409,
        overtaken("Save the cost", "seen", "id_lines-0-amount"),
    ),
    Sight("not allowed", "fischer", "/list/adopt/", 403, typical=True),
    Sight("no such page", "fischer", "/projects/999999/", 404, typical=True),
    Sight("head's briefs", "fischer", "/briefs/"),
    Sight("password change", "fischer", "/accounts/password/change/"),
    Sight("sign-out", "fischer", "/accounts/logout/"),
    Sight("two options", "hill", "/projects/{project[bus_heat]}/budget/options/", typical=True),
    Sight("option", "hill", "/projects/{project[bus_heat]}/budget/options/1/"),
    Sight("option as the plan", "hill", "/projects/{project[bus_heat]}/budget/options/2/use/"),
    Sight(
        "option without a name",
        "fischer",
        "/projects/{project[fleet]}/budget/options/1/",
        422,
        pressing("Save the option"),
    ),
    Sight("project without a problem", "hill", "/projects/{project[kiosks]}/"),
    Sight("scope on hold", "hill", "/projects/{project[traffic]}/scope/", typical=True),
    Sight("project on hold", "hill", "/projects/{project[traffic]}/"),
    Sight("scope as written", "okafor", "/projects/{project[lead]}/scope/", typical=True),
    Sight(
        "scope overtaken",
        "okafor",
        "/projects/{project[lead]}/scope/",
        409,
        overtaken("Save the scope", "seen", "id_approach"),
    ),
    # Finance
    Sight("finance's overview", "turner", "/"),
    Sight("funds", "turner", "/funds/", typical=True),
    Sight("fund", "turner", "/funds/{fund[water]}/", typical=True),
    Sight("planned and spent", "turner", "/funds/spending/", typical=True),
    Sight("spending of own departments", "fischer", "/funds/spending/"),
    Sight("spending of a fund", "turner", "/funds/{fund[general]}/spending/"),
    Sight("imported files", "turner", "/funds/spending/files/"),
    Sight("import", "turner", "/funds/spending/import/"),
    Sight(
        "import without a file",
        "turner",
        "/funds/spending/import/",
        422,
        pressing("Check the file"),
    ),
    Sight("check of a file", "turner", "/funds/spending/import/", 200, bringing, typical=True),
    Sight(
        "spending over its plan",
        "turner",
        "/projects/{project[court]}/budget/spending/",
        typical=True,
    ),
    Sight("new fund", "turner", "/funds/new/"),
    Sight("new fund without a number", "turner", "/funds/new/", 422, pressing("Save the fund")),
    Sight("new appropriation", "turner", "/funds/{fund[water]}/appropriations/new/"),
    Sight(
        "appropriation without an amount",
        "turner",
        "/funds/{fund[water]}/appropriations/new/",
        422,
        pressing("Save the appropriation"),
    ),
    Sight("appropriation", "turner", "/funds/appropriations/{money[safe_streets]}/", typical=True),
    Sight("transfer", "turner", "/funds/appropriations/{money[safe_streets]}/amend/transfer/"),
    Sight(
        "lapse of nothing",
        "turner",
        "/funds/appropriations/{money[permits_now]}/amend/lapse/",
        422,
        pressing("Sign the amendment"),
    ),
    Sight(
        "cut below what is committed",
        "turner",
        "/funds/appropriations/{money[lead_bonds]}/amend/cut/",
        422,
        amending("6,000,000"),
        typical=True,
    ),
    Sight("amendments", "turner", "/funds/amendments/", typical=True),
    Sight("numbers for money as read", "turner", "/funds/policy/"),
    Sight("numbers for money", "moon", "/funds/policy/", typical=True),
    Sight("budget partly held", "turner", "/projects/{project[water_loss]}/budget/", typical=True),
    Sight("money to hold", "turner", "/projects/{project[water_loss]}/budget/hold/", typical=True),
    Sight(
        "hold without a choice",
        "turner",
        "/projects/{project[water_loss]}/budget/hold/",
        422,
        pressing("Hold it"),
    ),
    Sight("requests", "turner", "/projects/{project[water_loss]}/budget/requests/"),
    Sight(
        "request without an amount",
        "turner",
        "/projects/{project[water_loss]}/budget/requests/new/",
        422,
        pressing("Save the request"),
    ),
    Sight("budget of a project in scoping", "turner", "/projects/{project[lead]}/budget/"),
    Sight("withdraw", "turner", "/projects/{project[lead]}/budget/withdraw/"),
    Sight("budget to confirm", "alves", "/projects/{project[sewer]}/budget/"),
    Sight(
        "versions compared",
        "alves",
        "/projects/{project[court]}/budget/versions/?before=1&after=2",
        typical=True,
    ),
    Sight("version", "alves", "/projects/{project[court]}/budget/versions/2/", typical=True),
    Sight("no versions", "alves", "/projects/{project[fleet]}/budget/versions/"),
    # The city manager
    Sight("manager's overview", "whitfield", "/", typical=True),
    Sight("list, moving to", "whitfield", "/list/", act=opens_every_panel),
    Sight("list, overtaken", "whitfield", "/list/", 409, moves_what_moved),
    Sight("projects for the list", "whitfield", "/list/add/"),
    Sight("project to open", "whitfield", "/projects/{project[food]}/"),
    Sight("hold", "whitfield", "/projects/{project[lead]}/hold/"),
    Sight(
        "stop without a reason",
        "whitfield",
        "/projects/{project[lead]}/stop/",
        422,
        pressing("Stop"),
    ),
    Sight("stopped project", "whitfield", "/projects/{project[gunfire]}/"),
    # Settings for statements
    Sight("settings", "whitfield", "/problems/settings/", typical=True),
    Sight("critical priorities", "whitfield", "/problems/settings/priorities/", typical=True),
    Sight(
        "priority to change",
        "whitfield",
        "/problems/settings/priorities/{priority[public_health]}/",
    ),
    Sight(
        "priority without a name",
        "whitfield",
        "/problems/settings/priorities/new/",
        422,
        pressing("Declare it"),
        typical=True,
    ),
    Sight(
        "priority to end",
        "whitfield",
        "/problems/settings/priorities/{priority[public_safety]}/end/",
    ),
    Sight("priorities as read", "fischer", "/problems/settings/priorities/"),
    Sight("words of the check", "moon", "/problems/settings/words/", typical=True),
    Sight(
        "text tried",
        "moon",
        "/problems/settings/words/",
        act=trying("We need a world-class dashboard for the CivicFlow rollout."),
        typical=True,
    ),
    Sight("words that come with it", "moon", "/problems/settings/words/built-in/", typical=True),
    Sight("word to change", "moon", "/problems/settings/words/{word[hype]}/"),
    Sight("word to remove", "moon", "/problems/settings/words/{word[hype]}/remove/"),
    Sight("no words", "moon", "/problems/settings/words/new/", 422, pressing("Add the words")),
    Sight("numbers", "moon", "/problems/settings/numbers/"),
    Sight("numbers as read", "fischer", "/problems/settings/numbers/"),
    # Wording of projects
    Sight(
        "title to reword",
        "fischer",
        "/projects/new/",
        act=checking("id_title", "A world-class dashboard for streets"),
        typical=True,
    ),
    Sight("description", "fischer", "/projects/{project[streetlights]}/description/"),
    Sight(
        "description overtaken",
        "fischer",
        "/projects/{project[streetlights]}/description/",
        409,
        overtaken("Save", "seen", "id_title"),
    ),
    # Those who read
    Sight("council's overview", "petrov", "/"),
    Sight("briefs", "petrov", "/briefs/", typical=True),
    Sight(
        "brief of a project in scoping", "petrov", "/projects/{project[lead]}/brief/", typical=True
    ),
    Sight("brief of a blocked project", "petrov", "/projects/{project[kiosks]}/brief/"),
    Sight("brief of a list", "petrov", "/list/adopted/1/brief/", typical=True),
    # The security officer
    Sight("security's overview", "haddad", "/"),
    Sight("budget with a waiver", "haddad", "/projects/{project[lead]}/budget/", typical=True),
    Sight("waiver", "haddad", "/projects/{project[lead]}/budget/waiver/", typical=True),
    Sight(
        "waiver without a reason",
        "haddad",
        "/projects/{project[water_loss]}/budget/waiver/",
        422,
        pressing("Sign the waiver"),
        typical=True,
    ),
    Sight("no waiver to sign", "haddad", "/projects/{project[court]}/budget/waiver/"),
    Sight("administrator's overview", "moon", "/"),
)
