"""The sheet on which a cost is written: its rows, and what the page says they come to."""

from playwright.sync_api import Locator, Page

# What the page counts, and which of its warnings are seen.
COUNTED = """
() => {
  const found = {};
  for (const name of ["sum", "share", "count"]) {
    for (const spot of document.querySelectorAll(`#sheet [data-${name}]`)) {
      (found[`${name} ${spot.dataset[name]}`] ??= []).push(spot.textContent.trim());
    }
  }
  for (const spot of document.querySelectorAll("#sheet [data-when]")) {
    found[`when ${spot.dataset.when}`] = spot.hidden;
  }
  return found;
}
"""


def line(page: Page, number: int) -> Locator:
    """Return the row of that cost line."""
    return page.get_by_role("row", name=f"Cost line {number}", exact=True)


def sums(page: Page, key: str) -> Locator:
    """Return where the page says what something comes to, for the last time."""
    return page.locator(f"[data-sum='{key}']").last


def counts(page: Page, way: str) -> None:
    """Let the page count: by itself while somebody types, by a button without scripting."""
    if way == "no scripting":
        page.get_by_role("button", name="Recalculate").click()
