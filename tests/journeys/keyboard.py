"""A person without a mouse: every stop of the Tab key is seen, and in the order of the page."""

from playwright.sync_api import Locator, Page, expect

# What is wrong with the element that has the focus now, in words.
FAULTS = """
() => {
  const stop = document.activeElement, last = window.lastStop;
  window.lastStop = stop;
  const name = `${stop.tagName} ${stop.id || stop.name || stop.textContent.trim().slice(0, 30)}`;
  if (stop === document.body) return [];
  const faults = [], style = getComputedStyle(stop), place = stop.getBoundingClientRect();
  const told = stop.matches("input[type=radio], input[type=checkbox]") ? stop.labels[0] : stop;
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) {
    faults.push(`${name}: the focus is not seen`);
  }
  const inside = size => Math.min(size / 2, 20);
  const above = document.elementFromPoint(
    place.left + inside(place.width), place.top + inside(place.height));
  if (!above || !(stop.contains(above) || above.contains(stop) || told.contains(above))) {
    faults.push(`${name}: covered by ${above ? above.tagName : "the edge of the window"}`);
  }
  if (stop.tabIndex > 0) faults.push(`${name}: jumps the queue`);
  const part = element => element.closest("form, aside, nav, section");
  if (last?.isConnected && window.isForward && part(last) === part(stop)) {
    if (place.bottom <= last.getBoundingClientRect().top) faults.push(`${name}: goes back up`);
  }
  return faults;
}
"""
MOST_STOPS = 150


class Keyboard:
    """The keys in front of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, key: str) -> None:
        """Press a key, and look where the focus is then."""
        self.page.evaluate("forward => { window.isForward = forward; }", key == "Tab")
        self.page.keyboard.press(key)
        self.faults += self.page.evaluate(FAULTS)

    def to(self, control: Locator, *, key: str = "Tab") -> None:
        """Press Tab, or `key`, until `control` has the focus."""
        for _ in range(MOST_STOPS):
            if control.count() and control.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        message = f"{control} is no stop of the {key} key."
        raise AssertionError(message)

    def types(self, control: Locator, text: str) -> None:
        """Go to a field and type into it, in place of what stands there."""
        self.to(control)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        expect(control).to_have_value(text)

    def picks(self, control: Locator, label: str) -> None:
        """Go to a list and choose by the first letters."""
        self.to(control)
        self.page.keyboard.type(label)
        expect(control.locator("option:checked")).to_have_text(label)

    def turns_to(self, radio: Locator) -> None:
        """Go to the group of a radio button and press the arrow until it is chosen."""
        group = self.page.locator(f"[name={radio.get_attribute('name')}]")
        self.to(group.and_(self.page.locator(":focus")))
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.press("ArrowDown")
        expect(radio).to_be_checked()

    def goes_by(self, control: Locator, *, key: str = "Enter") -> None:
        """Go to a link or a button and use it; go on when the next page is there."""
        self.to(control)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)
