// The weights: each number that may be changed, and below it its gradient, the sum so far.
"use strict";

{
  const { el, shown, changeable, symbol, moments, STEPS } = Unroller;

  // The sum over the steps that the backward pass has done.
  function totalsAt(page, result) {
    const first = Math.max(0, moments.LAST - page.moment);
    return first < STEPS ? result.steps[first].totals : null;
  }

  function weightTable(page, name) {
    const { setting } = page;
    const { units, width } = setting;
    const [path, rows, columns] = Unroller.cells[setting.cell].weights[name];
    const index = (letter, count) => Array.from({ length: count }, (_, k) => [letter, count > 1 ? k + 1 : ""]);
    const across = columns.flatMap((gate) => index(gate, units));
    const down = {
      "D + H": [...index("x", width), ...index("h", units)],
      D: index("x", width),
      H: index("h", units),
      1: [["", ""]],
    }[rows];
    const written = ([letter, k]) => (letter ? [symbol(letter), el("sub", {}, String(k))] : []);
    const spoken = ([letter, k]) => `${letter}${k}`;
    const scrolls = {
      class: "scroll",
      tabindex: 0,
      role: "group",
      "aria-label": `weights ${name}, scrolls to the side`,
      "data-scrolls": true,
    };
    return el(
      "div",
      scrolls,
      el(
        "table",
        { class: "weight" },
        el("caption", {}, symbol(name), " ", el("code", {}, path)),
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("td"),
            across.map((gate) => el("th", { scope: "col" }, written(gate))),
          ),
        ),
        el(
          "tbody",
          {},
          down.map((from, i) =>
            el(
              "tr",
              {},
              el("th", { scope: "row" }, written(from)),
              across.map((gate, k) => {
                const label = `${name} from ${spoken(from) || "1"} to ${spoken(gate)}`;
                const gradient = shown(page, `∂${label}`, (result) => totalsAt(page, result)?.[name][i][k], "backward");
                return el(
                  "td",
                  {},
                  changeable(page, `weights.${name}.${i}.${k}`, label),
                  el(
                    "div",
                    { class: "gradient" },
                    el("span", { class: "partial", "aria-hidden": "true" }, "∂"),
                    gradient,
                  ),
                );
              }),
            ),
          ),
        ),
      ),
    );
  }

  function weights(page) {
    const names = Object.keys(Unroller.cells[page.setting.cell].weights);
    const hasForgetBias = Unroller.cells[page.setting.cell].forward.includes("forget_bias");
    return [
      el(
        "div",
        { class: "heading" },
        el("h2", {}, "Weights"),
        el(
          "span",
          { class: "hint" },
          "One set serves all rows and steps. Below each number its gradient: the sum over the steps that have been gone back.",
        ),
      ),
      el(
        "div",
        { class: "tables" },
        names.map((name) => weightTable(page, name)),
        hasForgetBias
          ? el(
              "label",
              { class: "field" },
              el("span", {}, "forget_bias, no weight"),
              changeable(page, "forget_bias", "forget bias"),
            )
          : null,
      ),
    ];
  }

  Unroller.weights = weights;
}
