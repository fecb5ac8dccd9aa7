"""What can be wrong with a page that a machine can see: axe's rules, and text that does not fit."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"
SOURCE = (VENDOR / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The rules whose answer depends on colors: enough where only the colors differ.
COLOR_RULES = ["color-contrast", "link-in-text-block"]

RUN = """
options => axe.run(document, {
  ...options, resultTypes: ["violations"], elementRef: false
}).then(found => found.violations.flatMap(rule => rule.nodes.map(
  node => `${rule.id}: ${node.target.join(" ")} (${node.failureSummary})`
)))
"""

# Text cut off by an edge that cannot be scrolled to. Text for screen readers alone is one pixel.
CUT = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    if (!node.data.trim() || !node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (!text.width) continue;
    let isCut = text.right > document.documentElement.clientWidth + 1 || text.left < -1;
    for (let box = node.parentElement; box; box = box.parentElement) {
      const style = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      if (edge.width <= 1 || style.clipPath !== "none" || /auto|scroll/.test(style.overflowX)) {
        isCut = false;
        break;
      }
      if (style.overflowX !== "visible" &&
        (text.left < edge.left - 1 || text.right > edge.right + 1)) {
        isCut = true;
        break;
      }
    }
    if (isCut) found.push(node.data.trim().slice(0, 60));
  }
  return found;
}
"""


def findings(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Return every finding of axe on the page: of all `TAGS`, or of `rules` alone."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SOURCE)
    run_only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: list[str] = page.evaluate(RUN, {"runOnly": run_only})
    return found


def cut_text(page: Page) -> list[str]:
    """Return the beginnings of texts that are cut off at the side."""
    found: list[Any] = page.evaluate(CUT)
    return [str(text) for text in found]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
