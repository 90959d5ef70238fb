// Where a lane starts, with its length and its initial state, and where it ends, with its final state.
"use strict";

{
  const { el, shown, changeable, moments, pair, each, unitOf, STEPS } = Unroller;

  function startOf(page, b) {
    const { units, cell } = page.setting;
    const state = Unroller.cells[cell].state;
    const done = () => moments.backwardDone(page.moment, 0);
    return el(
      "th",
      { scope: "row", class: "edge" },
      el("div", { class: "lane" }, `Row ${b}`),
      el(
        "label",
        { class: "length" },
        "length ",
        changeable(page, `lengths.${b}`, `length of row ${b}`, { step: 1, perPixel: 0.04 }),
      ),
      state.map((part) =>
        pair(
          part,
          each(units, (k) => changeable(page, `${part}_0.${b}.${k}`, `initial ${part} of row ${b}${unitOf(units, k)}`)),
          each(units, (k) =>
            shown(
              page,
              `∂${part} of the initial state of row ${b}${unitOf(units, k)}`,
              (result) => (done() ? result.d_initial[part][b][k] : undefined),
              "backward",
            ),
          ),
          "along",
        ),
      ),
    );
  }

  function endOf(page, b) {
    const { units, cell } = page.setting;
    const state = Unroller.cells[cell].state;
    return el(
      "td",
      { class: "edge" },
      el("div", { class: "lane" }, "final state"),
      el("small", {}, "Its ∂ is given: choose it."),
      state.map((part) =>
        pair(
          part,
          each(units, (k) =>
            shown(
              page,
              `final ${part} of row ${b}${unitOf(units, k)}`,
              (result) => (moments.forwardDone(page.moment, STEPS - 1) ? result.final[part][b][k] : undefined),
              "forward",
            ),
          ),
          each(units, (k) =>
            changeable(page, `g_${part}.${b}.${k}`, `gradient of the final ${part} of row ${b}${unitOf(units, k)}`),
          ),
          "along",
        ),
      ),
    );
  }

  Object.assign(Unroller, { startOf, endOf });
}
