// A step of a row: x comes in below, the output goes up, the state goes to the right. Beside each number stands its
// gradient, which goes the other way.
"use strict";

{
  const { el, shown, changeable, switched, symbol, moments, STEPS } = Unroller;

  // A line of a block: its name, its numbers, and their gradients, one below the other for each unit.
  function pair(name, forward, backward, kind) {
    const written = (text) => el("span", { class: "name" }, symbol(text));
    const numbers = (elements) => el("span", { class: "numbers" }, elements);
    return el(
      "div",
      { class: `pair ${kind}` },
      written(name),
      numbers(forward),
      written(`∂${name}`),
      numbers(backward),
    );
  }

  const each = (count, make) => Array.from({ length: count }, (_, k) => make(k));
  const isCut = (page, t) => page.setting.window > 0 && t > 0 && t < STEPS && t % page.setting.window === 0;
  const unitOf = (count, k) => (count > 1 ? `, unit ${k + 1}` : "");

  function block(page, b, t) {
    const { setting } = page;
    const { units, width, keep } = setting;
    const state = Unroller.cells[setting.cell].state;
    const place = `row ${b}, t = ${t}`;
    const forward = (name, what, count) =>
      each(count, (k) =>
        shown(
          page,
          `${what} of ${place}${unitOf(count, k)}`,
          (result) => (moments.forwardDone(page.moment, t) ? result.steps[t][name][b][k] : undefined),
          "forward",
        ),
      );
    // The gradient of what leaves a step is known when the step after it, or the loss, has been done.
    const backward = (name, count, done) =>
      each(count, (k) =>
        shown(
          page,
          `${name} of ${place}${unitOf(count, k)}`,
          (result) => (done() ? result.steps[t][name][b][k] : undefined),
          "backward",
        ),
      );
    const mask = (which, what, count) =>
      keep[which] < 1
        ? el(
            "div",
            { class: "masks" },
            "mask ",
            symbol(`m_${which}`),
            each(count, (k) =>
              switched(page, `masks.${which}.${t}.${b}.${k}`, `mask of ${what}, ${place}${unitOf(count, k)}`, (on) =>
                on ? "1" : "0",
              ),
            ),
          )
        : null;
    const arrives = () => (t === STEPS - 1 ? moments.lossDone(page.moment) : moments.backwardDone(page.moment, t + 1));
    const counted = switched(page, `counted.${t}.${b}`, `loss on the output of ${place}`, (on) =>
      on ? "☑ loss" : "☐ loss",
    );
    const targets = el(
      "span",
      { class: "targets" },
      "target ",
      each(units, (k) => changeable(page, `targets.${t}.${b}.${k}`, `target of ${place}${unitOf(units, k)}`)),
    );
    const inputs = each(width, (k) => changeable(page, `inputs.${t}.${b}.${k}`, `x of ${place}${unitOf(width, k)}`));

    const inside = el("button", {
      type: "button",
      class: "look",
      "aria-label": `look inside the cell of ${place}`,
      onclick: () => page.lookAt(b, t),
    });
    const body = el(
      "div",
      { class: "block" },
      el("div", { class: "loss" }, counted, targets),
      pair(
        "out",
        forward("output", "output", units),
        backward("∂output", units, () => moments.lossDone(page.moment)),
        "up",
      ),
      mask("y", "output", units),
      state.map((part) =>
        pair(part, forward(`${part}_out`, part, units), backward(`∂${part}_out`, units, arrives), "along"),
      ),
      mask("h", "state", units),
      inside,
      mask("x", "x", width),
      pair(
        "x",
        inputs,
        backward("∂x_t", width, () => moments.backwardDone(page.moment, t)),
        "in",
      ),
    );
    const cell = el("td", { class: "step", "data-t": t, "data-row": b }, body);
    page.inputs.push(() => {
      const dead = t >= page.setting.lengths[b];
      const now = moments.at(page.moment);
      cell.classList.toggle("dead", dead);
      cell.classList.toggle("now", now.t === t && ["forward", "backward"].includes(now.direction));
      cell.classList.toggle("looked", page.row === b && page.look === t);
      cell.classList.toggle("cut", isCut(page, t));
      cell.classList.toggle("before-cut", isCut(page, t + 1));
      inside.textContent = dead ? "past the end: copied" : "cell: look inside";
      targets.hidden = !page.setting.counted[t][b];
    });
    return cell;
  }

  Object.assign(Unroller, { block, pair, each, unitOf, isCut });
}
