// What is chosen from lists: the cell, its sizes, windows, dropout; and the buttons that step through time.
"use strict";

{
  const { el, choice, changeable, switched, moments, STEPS } = Unroller;

  function controls(page) {
    const read = (name) => () => page.setting[name];
    const cells = Object.entries(Unroller.cells).map(([name, { title }]) => [name, title]);
    const few = (most) => Array.from({ length: most }, (_, k) => [String(k + 1), String(k + 1)]);
    const windows = [["0", "off"], ...few(STEPS - 1).map(([n]) => [n, `every ${n} step${n === "1" ? "" : "s"}`])];
    const fields = [
      choice(page, "cell", "Cell", read("cell"), cells, (cell) => page.resize({ cell })),
      choice(page, "units", "Units H", read("units"), few(2), (units) => page.resize({ units: Number(units) })),
      choice(page, "width", "Inputs D", read("width"), few(2), (width) => page.resize({ width: Number(width) })),
      choice(page, "window", "Gradient cut", read("window"), windows, (width) => page.change("window", Number(width))),
    ];
    const dropout = el("fieldset", { class: "field dropout" }, el("legend", {}, "Dropout: keep"));
    for (const [which, name] of [
      ["x", "input"],
      ["h", "state"],
      ["y", "output"],
    ]) {
      const input = changeable(page, `keep.${which}`, `keep probability of the ${name}; 1 drops nothing`);
      dropout.append(el("label", {}, `${name} `, input));
    }
    const masks = el(
      "span",
      { class: "buttons" },
      el("button", { type: "button", onclick: () => page.drawMasks() }, "New masks"),
      switched(
        page,
        "variational",
        "one mask for all steps and rows",
        (on) => `one mask for all steps: ${on ? "on" : "off"}`,
      ),
    );
    page.inputs.push(() => (masks.hidden = Object.values(page.setting.keep).every((keep) => keep === 1)));
    dropout.append(masks);
    return [
      ...fields,
      dropout,
      el(
        "div",
        { class: "field buttons" },
        el("button", { type: "button", id: "share", onclick: () => page.share() }, "Copy the address"),
        el("button", { type: "button", id: "reset", onclick: () => page.reset() }, "Reset"),
        el("output", { id: "shared", "aria-live": "polite" }),
      ),
    ];
  }

  function stepper(page) {
    const go = (moment) => () => page.goTo(moment());
    const button = (id, words, moment) => el("button", { type: "button", id, onclick: go(moment) }, words);
    const slider = el("input", {
      type: "range",
      id: "moment",
      min: 0,
      max: moments.LAST,
      "aria-label": "How far the steps have got",
      oninput: (event) => page.goTo(Number(event.target.value)),
    });
    page.inputs.push(() => {
      slider.value = page.moment;
      slider.setAttribute("aria-valuetext", moments.title(page.moment));
      document.getElementById("back").disabled = document.getElementById("first").disabled = page.moment === 0;
      document.getElementById("next").disabled = document.getElementById("all").disabled = page.moment === moments.LAST;
    });
    return [
      el(
        "div",
        { class: "buttons" },
        button("first", "|◀ Start", () => 0),
        button("back", "◀ Back", () => page.moment - 1),
        button("next", "Next ▶", () => page.moment + 1),
        button("all", "All ▶|", () => moments.LAST),
      ),
      el("div", { class: "slide" }, el("span", {}, "forward →"), slider, el("span", {}, "← backward")),
    ];
  }

  function story(page) {
    const [title, words] = [el("strong"), el("span")];
    page.inputs.push(() => {
      title.textContent = `${moments.title(page.moment)}.`;
      const warning = page.mistake ? " A mistake is planted: what is marked ≠ is not as these words say." : "";
      words.textContent = moments.words(page.setting, page.moment, page.result.L) + warning;
    });
    return [el("p", {}, title, " ", words)];
  }

  Unroller.controls = controls;
  Unroller.stepper = stepper;
  Unroller.story = story;
}
