"""Texts meant to do harm, in every place for words, on every page that shows them."""

from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from portfolio.models import Project
from problems.models import Problem
from problems.plain_text import plain
from problems.review import answers, decisions
from tests.factories import attach_file, declared_priority, define, draft_problem, make_project
from tests.faults.hostile import MARKUP, TURNED, say_everywhere
from tests.journeys import axe
from tests.journeys.chromium import Windows
from tests.journeys.desk import DESK, Desks

pytestmark = pytest.mark.django_db(transaction=True)

# The characters around a text that stand in another order than they were written: pairs that
# follow each other in the source and not on the line.
TURNED_ROUND = """
hostile => {
  const found = [], range = document.createRange();
  const place = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const box = node.parentElement;
    if (!node.data.trim() || !box.checkVisibility() || box.closest(".vh, textarea")) continue;
    // A piece of the text, cut out by the marks of a search.
    if (/[\u0590-\u05ff\u202e\u2067]/.test(node.data) && !node.data.includes(hostile)) continue;
    let at = 0;
    for (const own of node.data.split(hostile)) {
      for (let next = at + 1; next < at + own.length; next += 1) {
        const [before, after] = [place(node, next - 1), place(node, next)];
        if (!before.width || !after.width || Math.abs(before.top - after.top) > 2) continue;
        if (after.left < before.left) {
          const around = box.parentElement.textContent.replace(/\\s+/g, " ").trim();
          found.push(`<${box.tagName} class="${box.className}">: ${around.slice(0, 90)}`);
          break;
        }
      }
      at += own.length + hostile.length;
    }
  }
  return [...new Set(found)];
}
"""


def hostile(cast: SimpleNamespace, text: str) -> SimpleNamespace:
    """A draft, a returned, a sent and a defined statement full of `text`, and a project."""
    declared_priority(text, reason=text)
    drafts = [say_everywhere(attach_file(draft_problem(cast)), text) for _ in range(4)]
    draft, returned, sent, defined = drafts
    for problem in (returned, sent):
        decisions.submit(problem, by=cast.head, on=cast.city.today())
        decisions.send_back(problem, reasons=[("title", text), ("", text)], by=cast.manager)
        for asked in answers.open_reasons(problem):
            answers.answer_reason(asked.reason, answer=text, by=cast.head)
    decisions.submit(sent, by=cast.head, on=cast.city.today())
    define(defined, cast=cast)
    project = make_project(cast, problem=defined, title=text)
    return SimpleNamespace(
        draft=draft, returned=returned, sent=sent, defined=defined, project=project
    )


def pages(made: SimpleNamespace) -> dict[str, list[str]]:
    """The addresses at which the text is shown, by who reads them."""

    def at(name: str, problem: Problem | Project, *more: object) -> str:
        return reverse(name, args=[problem.pk, *more])

    steps = ("who", "today", "proof", "success", "send")
    return {
        "head": [
            "/",
            *(at("problems:step", made.draft, step) for step in steps),
            *(at("problems:step", made.returned, step) for step in ("who", "send")),
            at("problems:detail", made.returned),
            at("problems:reopen", made.defined),
            reverse("problems:similar") + f"?problem={made.draft.pk}",
        ],
        "outsider": [at("problems:join", made.defined)],
        "manager": [
            "/",
            at("problems:review", made.sent),
            at("problems:changes", made.sent, 1),
            at("problems:detail", made.defined),
            reverse("problems:list"),
            reverse("problems:list") + "?q=r",
            reverse("search") + "?q=r",
            reverse("search") + "?q=dark",
            reverse("problems:priorities"),
            reverse("projects"),
            at("project", made.project),
            at("project_brief", made.project),
        ],
    }


def looks(page: Page, address: str, text: str) -> list[str]:
    """Open a page; return what is wrong with it, in words."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, address
    shown = page.locator("body").evaluate("""body => [
      body.textContent, ...[...body.querySelectorAll("input, textarea")].map(field => field.value)
    ].join(" ")""")
    # A brief freezes whole sentences as text, with people's words in their middle.
    is_brief = address.endswith("/brief/")
    found: dict[str, object] = {
        "wider than the window": axe.overflow(page),
        "turned round": [] if is_brief else page.evaluate(TURNED_ROUND, text),
        "parts made of the text": page.locator("img, [onerror], script:not([src])").count(),
        "not shown as typed": text not in shown and "?q=" not in address,
    }
    return [f"{address}: {name}: {fault}" for name, fault in found.items() if fault]


# Forms take the turning marks out, and keep the words that run from right to left.
@pytest.mark.parametrize("text", [MARKUP, plain(TURNED)], ids=["markup", "turned"])
def test_a_text_is_shown_as_typed_and_does_nothing(
    text: str, cast: SimpleNamespace, windows: Windows
) -> None:
    desks, made = Desks(windows, **DESK), hostile(cast, text)
    found = [
        fault
        for who, addresses in pages(made).items()
        for address in addresses
        for fault in looks(desks.of(getattr(cast, who)), address, text)
    ]
    assert found == [], "\n".join(found)
