"""Pages on which statements are written, read, compared and decided, in every state they have."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import FilePayload, Page, Response, expect

from tests.journeys.desk import press
from tests.journeys.sights import Sight, checking, pressing

STEPS = ("who", "today", "proof", "success", "send")
NAMES_A_SOLUTION = "We need a world-class dashboard for every sidewalk in the city."
# What cannot be read, by step and control.
UNREADABLE = {
    "who": {"affected_groups-0-number": "many", "since": "long ago"},
    "today": {"do_nothing_cost": "a lot", "impact_now": "Broken. " * 600},
    "proof": {"contact_count": "a dozen", "evidence-0-link": "in the drawer"},
    "success": {"measures-0-baseline_value": "26 to 30", "measures-0-target_date": "soon"},
}


def typing_what_cannot_be_read(step: str, page: Page) -> Response:
    """Type it, and save."""
    for control, text in UNREADABLE[step].items():
        page.locator(f"#id_{control}").fill(text)
    return press(page, "Save and continue")


def choosing_what_is_no_outcome(page: Page) -> Response:
    """Take a count of equipment for a measure."""
    chooser = page.locator("#id_measures-0-catalogue_code")
    other = chooser.locator("option").filter(has_text="(not an outcome)").first
    chooser.select_option(label=other.text_content())
    return press(page, "Save and continue")


def choosing_a_page_as_evidence(page: Page) -> Response:
    """Attach what may run in a browser."""
    file: FilePayload = {
        "name": "report.pdf",
        "mimeType": "application/pdf",
        "buffer": b"<html><p>No</p></html>",
    }
    page.locator("#id_evidence-0-file").set_input_files(file)
    return press(page, "Save and continue")


def typing_live(control: str, text: str, *, until: str) -> Callable[[Page], Response]:
    """Return what types into a control and waits for what then appears."""

    def act(page: Page) -> Response:
        answer = page.reload()
        page.locator(f"#{control}").fill(text)
        page.locator(f"#{control}").press("End")
        expect(page.locator(until).first).to_be_visible()
        assert answer is not None
        return answer

    return act


def opening_all(page: Page) -> Response:
    """Open everything on the page that opens."""
    answer = page.reload()
    for closed in page.locator("main details").all():
        closed.locator("summary").first.click()
    assert answer is not None
    return answer


def writes_over_a_newer_place(page: Page) -> Response:
    """Say where a problem happens after somebody else said so meanwhile."""
    shown = page.locator("#statement [name=shown]")
    shown.evaluate("""input => {
      input.value = input.value.replace(/"place":"[^"]*"/, '"place":"000000000000"');
    }""")
    page.locator("#id_place").fill("7")
    return press(page, "Save and continue")


def _steps(name: str, problem: str) -> list[Sight]:
    return [
        Sight(
            f"{name}: {step}",
            "fischer",
            f"/problems/{{problem[{problem}]}}/edit/{step}/",
            typical=True,
        )
        for step in STEPS
    ]


STATEMENT_SIGHTS = (
    # Written
    *_steps("empty step", "empty"),
    *_steps("returned step", "fleet"),
    Sight(
        "step with everything open",
        "fischer",
        "/problems/{problem[fleet]}/edit/today/",
        act=opening_all,
        typical=True,
    ),
    *(
        Sight(f"missing: {step}", "fischer", f"/problems/{{problem[empty]}}/edit/{step}/?missing=1")
        for step in STEPS
    ),
    *(
        Sight(
            f"unreadable: {step}",
            "fischer",
            f"/problems/{{problem[empty]}}/edit/{step}/",
            422,
            partial(typing_what_cannot_be_read, step),
            typical=True,
        )
        for step in UNREADABLE
    ),
    Sight(
        "measure that is no outcome",
        "fischer",
        "/problems/{problem[empty]}/edit/success/",
        422,
        choosing_what_is_no_outcome,
    ),
    Sight(
        "file that is not taken",
        "fischer",
        "/problems/{problem[empty]}/edit/proof/",
        422,
        choosing_a_page_as_evidence,
    ),
    Sight(
        "words to reword",
        "fischer",
        "/problems/{problem[sidewalks]}/edit/today/",
        act=checking("id_impact_now", NAMES_A_SOLUTION),
        typical=True,
    ),
    Sight(
        "advice while typing",
        "fischer",
        "/problems/{problem[sidewalks]}/edit/today/",
        act=typing_live("id_do_nothing", NAMES_A_SOLUTION, until="#id_do_nothing_lint .w"),
        typical=True,
    ),
    Sight(
        "similar problems while typing",
        "fischer",
        "/problems/{problem[empty]}/edit/who/",
        act=typing_live("id_title", "Trash stays at the curb for days", until=".similar"),
        typical=True,
    ),
    Sight(
        "statement sent incomplete",
        "fischer",
        "/problems/{problem[sidewalks]}/edit/send/",
        422,
        pressing("Send to review"),
        typical=True,
    ),
    Sight(
        "statement overtaken",
        "fischer",
        "/problems/{problem[sidewalks]}/edit/who/",
        409,
        writes_over_a_newer_place,
        typical=True,
    ),
    # Read
    Sight("problems", "fischer", "/problems/", typical=True),
    Sight("no such problems", "fischer", "/problems/?q=zeppelin"),
    Sight("problems that fit", "whitfield", "/problems/?q=streets&state=defined"),
    Sight("draft of a problem", "hill", "/problems/{problem[parking]}/"),
    Sight("returned problem", "fischer", "/problems/{problem[fleet]}/", typical=True),
    Sight("defined problem", "fischer", "/problems/{problem[streetlights]}/", typical=True),
    Sight("problem to reopen", "fischer", "/problems/{problem[streetlights]}/reopen/"),
    Sight(
        "similar problems", "fischer", "/problems/similar/?problem={problem[trash]}", typical=True
    ),
    Sight("ours is the same", "hill", "/problems/{problem[streetlights]}/join/", typical=True),
    Sight("search", "whitfield", "/search/?q=street", typical=True),
    Sight("search without a word", "whitfield", "/search/"),
    Sight("search without a hit", "whitfield", "/search/?q=zeppelin"),
    # Decided
    Sight("review", "whitfield", "/problems/{problem[trash]}/review/", typical=True),
    Sight(
        "returned without a reason",
        "whitfield",
        "/problems/{problem[trash]}/review/",
        422,
        pressing("Return with reasons"),
        typical=True,
    ),
    Sight("what was sent", "whitfield", "/problems/{problem[trash]}/changes/1/"),
    Sight("what changed", "whitfield", "/problems/{problem[trash]}/changes/2/", typical=True),
)
