"""How a problem becomes defined: its head writes and sends it, a manager returns, then accepts."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from problems import completeness
from problems.models import Problem
from tests.journeys import memo
from tests.journeys.desk import choose, field, fill, follow, has_heading, is_told, press, row

STEPS = (
    "Who is affected",
    "What happens today",
    "How we know",
    "What success looks like",
    "Check and send",
)
REASON = "Describe a normal day: when do they call, and what do they hear?"
ANSWER = "We listened at the desk for a week and wrote down what they say."


def starts_it(head: Page) -> None:
    """From the overview to the first of the five steps."""
    head.goto("/")
    follow(head, "Problems")
    press(head, "Write a problem")
    has_heading(head, "Describe the problem")
    stands_on(head, STEPS[0])


def sends_it_incomplete(head: Page, *, scripting: bool, on: date) -> None:
    """A title and two sentences are not enough: everything missing is listed, each with a link."""
    starts_it(head)
    fill(head, {"Title": memo.TITLE})
    for step in STEPS[:-1]:
        stands_on(head, step)
        press(head, "Save and continue")
    fill(head, {"The problem in two or three sentences": memo.STATEMENT})
    press(head, "Send to review")
    summary = head.get_by_role("alert").filter(has=head.get_by_role("heading"))
    gaps = completeness.missing(Problem.objects.get(title=memo.TITLE), on=on)
    missing = [gap.sentence for gap in gaps]
    assert len(missing) >= 10
    expect(summary.get_by_role("heading")).to_have_text(f"Fix {len(missing)} things to continue")
    links = {
        link.get_attribute("href") or "": link.text_content() or ""
        for link in summary.get_by_role("link").all()
    }
    assert sorted(links.values()) == sorted(missing)
    for href, words in links.items():
        leads_to_its_place(head, href, words, scripting=scripting)


def leads_to_its_place(head: Page, href: str, words: str, *, scripting: bool) -> None:
    """A link of the summary leads to the step and the field, where the sentence stands again."""
    head.goto(href)
    place = head.locator(f"#{href.partition('#')[2]}")
    expect(place).to_be_in_viewport()
    if scripting:
        expect(place).to_be_focused()
    described = place.locator("xpath=ancestor-or-self::*[contains(@class, 'field')][1]")
    expect(described).to_contain_text(words)


def stands_on(head: Page, step: str) -> None:
    expect(head.get_by_role("list", name="Steps").locator("[aria-current]")).to_contain_text(step)


def goes_to(head: Page, step: str) -> None:
    follow(head, step)
    stands_on(head, step)


def completes_it(head: Page, *, on: date) -> None:
    """The head types the rest of the memo, step by step, and sends it."""
    goes_to(head, STEPS[0])
    expect(field(head, "Title")).to_have_value(memo.TITLE)
    for step in STEPS[:-1]:
        stands_on(head, step)
        fills_in(head, step, on=on)
        press(head, "Save and continue")
    expect(field(head, "The problem in two or three sentences")).to_have_value(memo.STATEMENT)
    press(head, "Send to review")
    is_told(head, "Sent to review.")


def fills_in(head: Page, step: str, *, on: date) -> None:
    """Type and choose what the memo says in one step, and what the page then asks for."""
    fill(head, memo.TEXTS.get(step, {}))
    choose(head, memo.CHOICES.get(step, {}))
    for radio in memo.RADIOS.get(step, ()):
        head.get_by_role("radio", name=radio).check()
    for legend, texts in memo.rows(on).get(step, {}).items():
        fill(row(head, legend), texts)
        choose(row(head, legend), memo.ROW_CHOICES.get(legend, {}))
    if step == "What happens today":
        keeps_the_words(head)
    if step == "How we know":
        field(row(head, "Piece of evidence 1"), "File").set_input_files(memo.LOG_FILE)


def keeps_the_words(head: Page) -> None:
    """The page finds a solution where a problem belongs; the head says why the words stay."""
    press(head, "Check my wording")
    is_told(head, "One place to reword")
    advice = head.locator("#id_do_nothing_lint")
    expect(advice).to_contain_text(f"Names a solution: “{memo.SOLUTION}”")
    advice.get_by_text("Keep these words and say why").click()
    fill(advice, {"Why they must stay": memo.KEPT_BECAUSE})
    advice.get_by_role("button", name="Keep the words").click()
    expect(advice).to_contain_text(f"The words stay, because: {memo.KEPT_BECAUSE}")


def returns_it(manager: Page) -> None:
    """The manager finds it among what waits, reads it and returns it with a reason at a field."""
    manager.goto("/")
    follow(manager, f"Review: {memo.TITLE}")
    expect(manager.get_by_text(memo.TODAY_TOO_SHORT)).to_be_visible()
    expect(manager.get_by_role("link", name=memo.LOG_NAME)).to_be_visible()
    wording = manager.get_by_role("region", name="Wording")
    expect(wording).to_contain_text(f"Names a solution: “{memo.SOLUTION}”")
    expect(wording).to_contain_text(f"The words stay, because: {memo.KEPT_BECAUSE}")
    reason = row(manager, "Reason 1")
    choose(reason, {"About": "What happens to people today"})
    fill(reason, {"What to change": REASON})
    press(manager, "Return with reasons")
    is_told(manager, "went back with your reasons")


def mends_it(head: Page) -> None:
    """The head sees the reason at its field, rewords it, answers, and sends it again."""
    head.goto("/")
    follow(head, f"Answer: {memo.TITLE}")
    expect(head.get_by_role("heading", name="A reviewer returned this.")).to_be_visible()
    goes_to(head, "What happens today")
    today = field(head, "What happens to people today")
    expect(today).to_have_accessible_description(re.compile(re.escape(REASON)))
    expect(today).to_have_value(memo.TODAY_TOO_SHORT)
    today.fill(memo.TODAY)
    fill(head, {"Your answer": ANSWER})
    press(head, "Save and continue")
    goes_to(head, "What happens today")
    expect(field(head, "Your answer")).to_have_value(ANSWER)
    goes_to(head, STEPS[-1])
    press(head, "Send to review")
    is_told(head, "Sent to review.")


def accepts_it(manager: Page) -> None:
    """The manager reads what was asked, answered and changed, and accepts it: it is defined."""
    manager.goto("/")
    follow(manager, f"Review: {memo.TITLE}")
    news = manager.get_by_role("region", name="Since it was read last")
    expect(news).to_contain_text("One field changed since it was sent")
    expect(news).to_contain_text(f"Asked: {REASON}")
    expect(news).to_contain_text(f"Answer: {ANSWER}")
    changed_word_by_word(news)
    follow(manager, "See what changed")
    has_heading(manager, "What changed")
    changed_word_by_word(manager.get_by_role("main"))
    manager.go_back()
    press(manager, "Accept this problem")
    is_told(manager, "is defined")


def changed_word_by_word(place: Locator) -> None:
    """What was taken out and what was added are marked, what stayed is not."""
    shown = place.locator(".diff").filter(has_text="front desk")
    expect(shown).to_have_count(1)
    kept = shown.evaluate("""shown => {
      const texts = mark => [...shown.querySelectorAll(mark)].map(
        part => part.textContent.replace(/Taken out:|Added:/, "").trim());
      return { gone: texts("del"), added: texts("ins"), stayed: texts("bdi") };
    }""")
    assert "Families call" in kept["stayed"][0]
    assert any("front desk" in added for added in kept["added"])
    assert not any("Families call" in piece for piece in kept["added"] + kept["gone"])
