// Ranking by pointer, and staying on the row that was moved. Without this file the buttons do it all:
// each is a form of its own, and what is dragged is posted by the form of its row.
"use strict";

{
  const EDGE = 64; // pixels from the edge of the window in which it scrolls
  const SCROLL_STEP = 14;

  // ------------------------------------------------------ The row that was moved

  let step = "";

  // Which button of its row the person used: the answer replaces both.
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    step = detail.requestConfig.triggeringEvent?.submitter?.dataset.step ?? "";
  });

  // Keep the person on the row they moved, wherever it went; what is asked or refused comes first.
  document.addEventListener("htmx:afterSettle", () => {
    const row = document.querySelector("tr.moved");
    if (!row || document.querySelector(".errsum, #why")) return;
    const same = row.querySelector(`[data-step="${step}"]:not(:disabled)`);
    const next = same ?? row.querySelector(".moveto summary") ?? row.querySelector("a");
    next?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });

  // ------------------------------------------------------------------- Dragging

  /** Post that `row` shall stand between two others; an end of the list is an empty key. */
  function put(row, above, below) {
    const button = document.createElement("button");
    button.name = "between";
    button.value = `${above}-${below}`;
    button.dataset.step = "drag";
    button.hidden = true;
    row.querySelector(".moves form").append(button);
    button.click();
  }

  /** One row on its way: where it would land while the pointer moves, and what comes of it. */
  class Drag {
    constructor(grip, { pointerId, clientY }) {
      this.row = grip.closest("tr");
      this.table = grip.closest("table");
      this.from = clientY + scrollY;
      this.pointer = clientY;
      this.listening = new AbortController();
      // A row that left the table would make the page longer, and scrolling would never end.
      const [table, row] = [this.table, this.row].map((part) => part.getBoundingClientRect());
      this.highest = table.top - row.top;
      this.lowest = table.bottom - row.bottom;
      // Measured once: nothing else moves while a row is dragged.
      this.others = [...this.table.querySelectorAll("tr[data-id]")]
        .filter((row) => row !== this.row)
        .map((row) => ({ row, middle: middleOf(row) }));
      this.start = this.others.filter(({ middle }) => middle < middleOf(this.row)).length;
      this.place = this.start;
      this.row.classList.add("dragging");
      grip.setPointerCapture(pointerId);
      this.listen(grip);
      this.scroll();
    }

    listen(grip) {
      const options = { signal: this.listening.signal };
      grip.addEventListener("pointermove", (event) => this.follow(event.clientY), options);
      grip.addEventListener("pointerup", () => this.drop(), options);
      grip.addEventListener("pointercancel", () => this.end(), options);
      document.addEventListener("scroll", () => this.follow(this.pointer), options);
      document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        this.end();
        announce("Nothing was moved.");
      }, options);
    }

    /** Draw the row at the pointer, and a line where it would land. */
    follow(clientY) {
      this.pointer = clientY;
      const y = clientY + scrollY;
      const by = Math.max(this.highest, Math.min(y - this.from, this.lowest));
      this.row.style.transform = `translateY(${by}px)`;
      this.place = this.others.filter(({ middle }) => middle < y).length;
      this.unmark();
      if (this.place === this.start) return;
      const next = this.others[this.place];
      if (next) next.row.classList.add("over-top");
      else this.others.at(-1).row.classList.add("over-bottom");
    }

    /** Scroll while the pointer is near an edge of the window. */
    scroll() {
      if (this.listening.signal.aborted) return;
      if (this.pointer < EDGE) scrollBy(0, -SCROLL_STEP);
      else if (this.pointer > innerHeight - EDGE) scrollBy(0, SCROLL_STEP);
      requestAnimationFrame(() => this.scroll());
    }

    unmark() {
      for (const marked of this.table.querySelectorAll(".over-top, .over-bottom")) {
        marked.classList.remove("over-top", "over-bottom");
      }
    }

    end() {
      this.listening.abort();
      this.unmark();
      this.row.classList.remove("dragging");
      this.row.style.transform = "";
    }

    drop() {
      this.end();
      if (this.place === this.start || !this.row.isConnected) return;
      const { above, below } = this.table.dataset;
      put(
        this.row,
        this.others[this.place - 1]?.row.dataset.id ?? above,
        this.others[this.place]?.row.dataset.id ?? below,
      );
    }
  }

  /** Where the middle of a row is on the page, wherever that is scrolled to. */
  function middleOf(row) {
    const { top, height } = row.getBoundingClientRect();
    return top + scrollY + height / 2;
  }

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button || !event.isPrimary) return;
    event.preventDefault();
    new Drag(grip, event);
  });
}
