// Progressive enhancement only: without this file every page still works by links and forms.
"use strict";

const root = document.documentElement;
root.classList.add("js");

/** Say a sentence to people who listen to the page. */
function announce(sentence) {
  const live = document.getElementById("live");
  if (live) live.textContent = sentence;
}

/** Bring what needs fixing to the person's attention; true when there is something. */
function focusErrors(part) {
  const summary = part.querySelector(".errsum");
  summary?.focus();
  return Boolean(summary);
}

// ------------------------------------------------ Panels: account menu, "Move to…"

const PANELS = "details.moveto, details.menu";

// `toggle` does not bubble, so it is caught on its way down.
document.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (panel.matches(PANELS) && panel.open) panel.querySelector("input[type=number]")?.select();
}, true);

document.addEventListener("keydown", (event) => {
  const panel = event.key === "Escape" ? event.target.closest("details[open]") : null;
  if (!panel?.matches(PANELS)) return;
  panel.open = false;
  panel.querySelector("summary").focus();
});

document.addEventListener("focusout", (event) => {
  const panel = event.target.closest(PANELS);
  if (panel && event.relatedTarget && !panel.contains(event.relatedTarget)) panel.open = false;
});

document.addEventListener("pointerdown", (event) => {
  for (const panel of document.querySelectorAll(PANELS)) {
    if (!panel.contains(event.target)) panel.open = false;
  }
});

// -------------------------------------------- Links of the error summary

// A link to a field also puts the cursor in it; the browser alone would only scroll.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".errsum a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// ------------------------------------------------------ One click, one request

// A double click would be refused as stale although the first click succeeded.
let lastSent = { form: null, at: 0 };

document.addEventListener("submit", (event) => {
  if (event.target === lastSent.form && event.timeStamp - lastSent.at < 1000) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  lastSent = { form: event.target, at: event.timeStamp };
}, true);

// ---------------------------------------------------------------- Stale pages

/** True when the person typed something that is not sent yet. */
function hasUnsavedInput() {
  return [...document.querySelectorAll("main :is(input:not([type=hidden]), textarea)")]
    .some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

// "Back" may bring a kept copy of the page, with an old order or a signed-out name on it.
addEventListener("pageshow", (event) => {
  if (event.persisted && !hasUnsavedInput()) location.reload();
});

// ----------------------------------------------------------------------- htmx

let pressed = null;

// Which row, and which of its buttons, the person used: the answer replaces both.
document.addEventListener("htmx:beforeRequest", (event) => {
  document.getElementById("request-failed").hidden = true;
  const row = event.target.closest("tr[data-id]");
  const button = event.detail.requestConfig.triggeringEvent?.submitter ?? document.activeElement;
  pressed = row && { id: row.dataset.id, name: button?.name, value: button?.value };
});

/** Keep the person on the row they moved, wherever it went. */
function focusMovedRow() {
  const row = document.querySelector(`tr[data-id="${CSS.escape(pressed.id)}"]`);
  if (!row) return;
  const same = [...row.querySelectorAll("button[name]:not(:disabled, .moveto button)")]
    .find((button) => button.name === pressed.name && button.value === pressed.value);
  const next = same ?? row.querySelector(".moveto summary") ?? row.querySelector("a");
  next?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// The answer says in a header what was done (HX-Trigger: announce).
document.addEventListener("announce", (event) => announce(event.detail.sentence));

document.addEventListener("htmx:afterSettle", (event) => {
  if (!focusErrors(event.target) && pressed) focusMovedRow();
  pressed = null;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    const note = document.getElementById("request-failed");
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  });
}

// ------------------------------------------------------------------ First view

focusErrors(document);

const current = document.querySelector(".nav [aria-current]");
if (current) {
  const nav = current.closest(".nav");
  const from = current.getBoundingClientRect().left - nav.getBoundingClientRect().left;
  nav.scrollLeft += from - nav.clientWidth / 3;
}
