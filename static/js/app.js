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

document.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("request-failed").hidden = true;
});

// The answer says in a header what was done (HX-Trigger: announce).
document.addEventListener("announce", (event) => announce(event.detail.sentence));

document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    if (target.id === "autosave") {
      isUnsaved = true;
      const place = document.getElementById("overtaken");
      const note = document.getElementById("unsaved").content;
      if (words(place) !== words(note)) place.replaceChildren(note.cloneNode(true));
      return;
    }
    const note = document.getElementById("request-failed");
    note.hidden = false;
    note.scrollIntoView({ block: "nearest" });
  });
}

// ----------------------------------------------------- Saving while typing

const words = (part) => part.textContent.replace(/\s+/g, " ").trim();

let isUnsaved = false;

document.addEventListener("input", ({ target }) => {
  if (target.form?.id === "statement") isUnsaved = true;
});
document.addEventListener("submit", () => { isUnsaved = false; });

/** Leave out what goes only with a button: files, and answers to a reviewer or to advice. */
function withoutButtons(typed) {
  for (const [name, value] of [...typed]) {
    if (value instanceof File || /^(keep|answer)-/.test(name)) typed.delete(name);
  }
  return typed;
}

// What somebody is typing right now is not called wrong yet.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.id !== "autosave") return;
  withoutButtons(detail.formData).set("typing", document.activeElement?.name ?? "");
  isUnsaved = false;
});

// The last words before a link is followed are saved on the way out.
addEventListener("pagehide", () => {
  const form = document.getElementById("statement");
  if (!form || !isUnsaved || document.querySelector("#autosave.htmx-request")) return;
  navigator.sendBeacon(form.action, withoutButtons(new FormData(form)));
});

// The same advice once more is not said again; what belongs elsewhere on the page still goes there.
// htmx must not see the rest: it would take what is to be preserved out of the page for nothing.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches(".lint")) return;
  const fresh = new DOMParser().parseFromString(detail.serverResponse, "text/html").body;
  const elsewhere = [...fresh.querySelectorAll("[hx-swap-oob]")];
  for (const part of elsewhere) part.remove();
  if (words(fresh) !== words(detail.target)) return;
  detail.swapOverride = "none";
  detail.serverResponse = elsewhere.map((part) => part.outerHTML).join("");
});

// What would stay the same is left alone, and so is a control that somebody changed meanwhile.
document.addEventListener("htmx:oobBeforeSwap", ({ target, detail }) => {
  const { fragment } = detail;
  const fresh = fragment.firstElementChild?.id === target.id ? fragment.firstElementChild : fragment;
  const isTyped = target.matches("input:not([type=hidden]), select")
    && (target === document.activeElement || target.value !== (target.defaultValue ?? ""));
  detail.shouldSwap = !isTyped && (Boolean(target.name) || fresh.innerHTML !== target.innerHTML);
});

document.addEventListener("htmx:oobAfterSwap", ({ detail: { target } }) => {
  const control = target.matches(".wrong") && document.getElementById(target.id.replace(/_wrong$/, ""));
  if (!control) return;
  if (target.childElementCount) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
});

/** Say when the statement was saved as people say it: just now, 2 minutes ago. */
function tellTimes() {
  const ago = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - new Date(time.dateTime)) / 60000);
    if (minutes >= 0 && minutes < 60) {
      time.textContent = minutes ? ago.format(-minutes, "minute") : "just now";
    }
  }
}
setInterval(tellTimes, 20000);

// ------------------------------------------------------------------ First view

focusErrors(document);

const current = document.querySelector(".nav [aria-current]");
if (current) {
  const nav = current.closest(".nav");
  const from = current.getBoundingClientRect().left - nav.getBoundingClientRect().left;
  nav.scrollLeft += from - nav.clientWidth / 3;
}
