// The time line: a lane for each row of the batch, a column for each step.
"use strict";

{
  const { el, block, startOf, endOf, moments, each, isCut, STEPS, ROWS } = Unroller;

  function timeline(page) {
    const heads = each(STEPS, (t) => {
      const head = el("th", { scope: "col", "data-t": t });
      page.inputs.push(() => {
        const { direction, t: now } = moments.at(page.moment);
        const is = now === t && ["forward", "backward"].includes(direction);
        head.classList.toggle("now", is);
        head.textContent = `${isCut(page, t) ? "✂ " : ""}t = ${t}${is ? (direction === "forward" ? ", forward ▶" : ", ◀ backward") : ""}`;
      });
      return head;
    });
    const rows = each(ROWS, (b) =>
      el(
        "tr",
        {},
        startOf(page, b),
        each(STEPS, (t) => block(page, b, t)),
        endOf(page, b),
      ),
    );
    return [
      el(
        "p",
        { class: "hint", id: "lanes" },
        "In each block: ",
        el("b", { class: "forward" }, "a number"),
        " on the way forward, and beside it ",
        el("b", { class: "backward" }, "its gradient ∂"),
        " on the way back. Hatched: past the end of the row.",
      ),
      el(
        "div",
        {
          class: "scroll",
          tabindex: 0,
          role: "group",
          "data-scrolls": true,
          "aria-label": "time line, scrolls to the side",
        },
        el(
          "table",
          { "aria-describedby": "lanes" },
          el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "start"), heads, el("th", { scope: "col" }, "end"))),
          el("tbody", {}, rows),
        ),
      ),
    ];
  }

  Unroller.timeline = timeline;
}
