// What the cost lines come to, while they are typed. Without this file "Recalculate" does it: the
// server counts the same (budgets/tally.py). Amounts are whole cents, never fractions.
"use strict";

{
  const AMOUNT = /^\$? ?(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|(?=\.\d))(?:\.(\d{1,2}))?$/;
  const MOST_DIGITS = 13;
  const TYPED = ["fiscal_year", "kind", "element", "amount", "note", "source"];
  const COUNTED = TYPED.slice(0, 4);

  /** The cents that were typed, null where that is no amount. */
  function cents(text) {
    const plain = text.replace(/\s/g, " ").replace(/^[ \p{Cf}]+|[ \p{Cf}]+$/gu, "");
    const found = AMOUNT.exec(plain);
    if (!found) return null;
    const whole = found[1].replace(/[, ]/g, "").replace(/^0+/, "");
    if (whole.length > MOST_DIGITS) return null;
    return BigInt(whole + (found[2] ?? "").padEnd(2, "0")) || null;
  }

  /** Dollars as people read them: $1,200, with cents only where there are any. */
  function show(amount) {
    const whole = (amount / 100n).toLocaleString("en-US");
    const rest = amount % 100n;
    return rest ? `$${whole}.${String(rest).padStart(2, "0")}` : `$${whole}`;
  }

  /** A number with two decimals as a whole number of hundredths. */
  const hundredths = (text) => BigInt(text.replace(".", ""));

  /** Some percent of an amount, rounded to cents, halves up. */
  const part = (whole, percent) => (whole * hundredths(percent) + 5000n) / 10000n;

  /** A share in percent with one decimal: cut where less would look like enough, else rounded. */
  function share(amount, whole, isCut) {
    if (!whole) return "0";
    const tenths = isCut ? (1000n * amount) / whole : (2000n * amount + whole) / (2n * whole);
    return `${tenths / 10n}.${tenths % 10n}`.replace(/\.0$/, "");
  }

  /** Read the rows: the sums by year, kind, element, and how many rows are not counted yet. */
  function sums() {
    const found = { all: 0n, uncounted: 0 };
    for (const row of document.querySelectorAll("#sheet [data-line]")) {
      const field = (name) => row.querySelector(`[name$="-${name}"]`);
      if (field("DELETE").checked) continue;
      const [year, kind, element] = COUNTED.map((name) => field(name).value);
      const amount = cents(field("amount").value);
      const isMixed = kind === "recurring" && element === "contingency";
      if (amount && year && kind && element && !isMixed) {
        for (const key of ["all", year, kind, element, `${year}-${kind}`]) {
          found[key] = (found[key] ?? 0n) + amount;
        }
      } else if (field("line").value || TYPED.some((name) => field(name).value.trim())) {
        found.uncounted += 1;
      }
    }
    return found;
  }

  /** Add what the policy asks for and what to think of. */
  function judged(found, policy) {
    const { all, contingency = 0n, security = 0n, recurring = 0n } = found;
    const missing = (asked, there) => (asked > there ? asked - there : 0n);
    found["contingency-asked"] = part(all - contingency - recurring, policy.contingency);
    found["contingency-short"] = missing(found["contingency-asked"], contingency);
    found["security-asked"] = part(all, policy.security);
    found["security-short"] = missing(found["security-asked"], security);
    found.large = missing(all, hundredths(policy.large));
    for (const year of Object.keys(found).filter((key) => /^\d+$/.test(key))) {
      found[`year-${year}`] = found[year];
      found[`dear-${year}`] = missing(found[year], hundredths(policy.dear));
      found.dear ||= found[`dear-${year}`];
    }
    return found;
  }

  function count() {
    const place = document.getElementById("tally");
    if (!place) return;
    const found = judged(sums(), place.dataset);
    const each = (name, fill) => {
      for (const spot of document.querySelectorAll(`#sheet [data-${name}]`)) {
        fill(spot, spot.dataset[name]);
      }
    };
    each("sum", (spot, key) => { spot.textContent = show(found[key] ?? 0n); });
    each("count", (spot, key) => { spot.textContent = found[key]; });
    each("share", (spot, key) => {
      const isCut = key === "security" && found["security-short"];
      spot.textContent = share(found[key] ?? 0n, found.all, isCut);
    });
    each("when", (spot, key) => { spot.hidden = !found[key] && !("always" in spot.dataset); });
    return found;
  }

  const isLine = ({ target }) => target.closest?.("[data-line]");

  document.addEventListener("input", (event) => { if (isLine(event)) count(); });
  // Said when a field is left, not with every digit.
  document.addEventListener("change", (event) => {
    if (isLine(event)) announce(`Everything together: ${show(count().all)}`);
  });
  document.addEventListener("htmx:afterSettle", () => {
    count();
    const done = document.querySelector("#sheet .done");
    if (done) announce(words(done));
  });
  // The browser may have brought back what was typed before.
  addEventListener("pageshow", count);
}
