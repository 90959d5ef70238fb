// The mistake that is switched on: what it means, its lines beside the right ones, and how many numbers it changes.
"use strict";

{
  const { el, equation, symbol } = Unroller;
  const { lines } = Unroller.equations;

  const find = (id) => Unroller.mistakes.find((mistake) => mistake.id === id) || null;

  // The setting in which a mistake shows: the page's own, or the least change of it.
  function prepared(setting, mistake) {
    const needs = new URLSearchParams(mistake.needs);
    const sizes = {};
    if (!mistake.cells.includes(setting.cell)) sizes.cell = mistake.cells[0];
    if (needs.has("units")) sizes.units = Number(needs.get("units"));
    const ready = Unroller.changed(setting, sizes);
    const satisfied = (path, value) =>
      path === "window" ? ready.window > 0 : path.startsWith("keep.") ? ready.keep[path[5]] < 1 : false;
    for (const [path, value] of needs) {
      if (!satisfied(path, value)) Unroller.set(ready, path, Number(value));
    }
    return ready;
  }

  // Every number that is computed: [name, where it stands, its value].
  function computed(result, setting) {
    const names = new Set(
      Object.values(Unroller.recipe(setting)).flatMap((texts) =>
        lines(texts.join("\n")).flatMap(({ targets }) => targets),
      ),
    );
    const found = [["L", "the loss", result.L]];
    const matrix = (name, where, rows) =>
      rows.forEach((row) => row.forEach((value) => found.push([name, where, value])));
    result.steps.forEach((step, t) => {
      for (const name of names) if (name in step) matrix(name, `t = ${t}`, step[name]);
    });
    for (const [name, rows] of Object.entries(result.totals)) matrix(`∂${name}`, "the sum over time", rows);
    for (const [name, rows] of Object.entries(result.final)) matrix(name, "the end", rows);
    for (const [name, rows] of Object.entries(result.d_initial)) matrix(`∂${name}_0`, "the start", rows);
    return found;
  }

  // What a mistake changes: {count, of, names}.
  function differences(page) {
    const right = computed(page.right, page.setting);
    const wrong = computed(page.result, page.setting);
    const differ = right.filter(([, , value], k) => value !== wrong[k][2]);
    return { count: differ.length, of: right.length, names: [...new Set(differ.map(([name]) => name))] };
  }

  // The list that mistakes are chosen from.
  function chooser(page) {
    const groups = Map.groupBy(Unroller.mistakes, ({ group }) => group);
    const options = [...groups].map(([group, list]) => [group, list.map(({ id, title }) => [id, title])]);
    const none = ["", `none (choose one of ${Unroller.mistakes.length})`];
    return [
      Unroller.choice(
        page,
        "mistake",
        "Plant a mistake",
        () => page.mistake || "",
        [none, ...options],
        (id) => page.plant(id || null),
      ),
    ];
  }

  function planted(page) {
    const mistake = find(page.mistake);
    if (!mistake)
      return [
        el(
          "p",
          { class: "hint" },
          "A mistake that is easily made, in one line of the computation. See which numbers change, and which do not.",
        ),
      ];
    const [right, wrong] = [Unroller.recipe(page.setting), Unroller.recipe(page.setting, mistake)];
    const pairs = el("dl", { class: "pairs" });
    for (const part of Object.keys(right)) {
      right[part].forEach((line, k) => {
        if (line === wrong[part][k]) return;
        const one = (text) => equation(lines(text)[0]);
        pairs.append(
          el("div", {}, el("dt", {}, "right"), el("dd", {}, el("del", {}, one(line)))),
          el("div", {}, el("dt", {}, "planted"), el("dd", {}, el("ins", {}, one(wrong[part][k])))),
        );
      });
    }
    const count = el("p", { id: "changes" });
    page.inputs.push(() => {
      const { count: number, of, names } = differences(page);
      const listed = names.slice(0, 12).flatMap((name, k) => (k ? [", ", symbol(name)] : [symbol(name)]));
      count.replaceChildren(
        el("b", {}, `${number} of ${of} numbers change`),
        number ? ", marked ≠: " : ".",
        ...listed,
        names.length > 12 ? " …" : "",
      );
    });
    return [
      el("button", { type: "button", id: "right", onclick: () => page.plant(null) }, "Take it out"),
      el(
        "p",
        { class: "means" },
        el("b", {}, `${mistake.title}. `),
        mistake.means,
        " ",
        el("code", {}, mistake.source),
      ),
      pairs,
      count,
    ];
  }

  Object.assign(Unroller, { chooser, planted, findMistake: find, prepared, differences });
}
