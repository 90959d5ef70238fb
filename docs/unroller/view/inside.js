// Inside the cell of one row at one step: each line of the computation with its numbers, forward beside backward.
"use strict";

{
  const { el, choice, shown, symbol, equation, withNumbers, format, moments, ROWS, STEPS } = Unroller;
  const { lines, addends, parse } = Unroller.equations;

  const NOTES = {
    live: "1 before the row's end, 0 past it.",
    "c′": "What is kept of the memory, and what is written to it.",
    "∂h′": "h′ is used twice, so its two gradients add.",
    "∂c′": "c′ is used more than once, so its gradients add.",
    "∂W": "Added up over the rows and over time: see the weights.",
    "∂h_in_cut": "A window's cut: where a window starts, the gradient of its old state is thrown away.",
  };
  // Of lines that read the old state or the input in several places.
  const SEVERAL = {
    "∂h": "h is read in several places: their gradients add.",
    "∂x": "x is read in two places: their gradients add.",
    "∂c": "The way back through the memory.",
  };
  const PAST_THE_END = {
    output: "Past the end the output is 0.",
    h_out: "Past the end the old state is copied.",
    c_out: "Past the end the old memory is copied.",
    "∂y": "Past the end the output was a constant: nothing flows into the cell.",
    "∂h_next": "Past the end the new state is not the cell's: nothing flows into the cell.",
    "∂h_in": "Past the end the gradient is handed through untouched.",
    "∂c_in": "Past the end the gradient is handed through untouched.",
  };
  const FROM = {
    "∂y": "from this step's output",
    "∂h_next": "from the next step",
    "∂c_next": "from the next step",
    "∂h_kept": "kept by u",
    "∂h_n": "through the candidate",
    "∂h_gates": "through the gates",
    "∂x_n": "through the candidate",
    "∂x_gates": "through the gates",
    "∂z_o ⊙ w_o": "through the peephole of o",
    "∂z_f ⊙ w_f": "through the peephole of f",
    "∂z_i ⊙ w_i": "through the peephole of i",
    "∂c′ ⊙ f": "through f",
  };
  const SUMS = new Set(["∂h′", "∂c′", ...Object.keys(SEVERAL)]);

  const perRow = (rows, b) => rows[Math.min(b, rows.length - 1)];
  const isOfWeights = (name) => /^∂[Wbw]/u.test(name);

  function noteOn(page, { targets }) {
    const [name] = targets;
    const dead = page.look >= page.setting.lengths[page.row];
    return (dead && PAST_THE_END[name]) || NOTES[name] || (targets.length === 1 && SEVERAL[name]) || "";
  }

  // The parts of a sum, each with where it comes from.
  function sumOf(page, line, scope) {
    const parts = addends(line.text).map((part) => {
      const numbers = perRow(parse(part)(scope()), page.row).map(format).join("; ");
      return el(
        "span",
        { class: "part" },
        el("b", {}, numbers),
        el("small", {}, FROM[part] || (part.startsWith("∂h′") ? "through h′" : "")),
      );
    });
    return parts.length > 1 ? parts.flatMap((part, k) => (k ? [" + ", part] : [part])) : null;
  }

  function row(page, line, right, done) {
    const scope = () => page.result.steps[page.look];
    const [name] = line.targets;
    const values = el("div", { class: "values" });
    const direction = name.startsWith("∂") ? "backward" : "forward";
    for (const target of line.targets.filter((target) => !isOfWeights(target))) {
      const count = perRow(scope()[target], page.row).length;
      for (let k = 0; k < count; k++) {
        const where = `${target} of row ${page.row}, t = ${page.look}${count > 1 ? `, unit ${k + 1}` : ""}`;
        const number = shown(
          page,
          where,
          (result) => (done() ? perRow(result.steps[page.look][target], page.row)[k] : undefined),
          direction,
        );
        values.append(line.targets.length > 1 ? el("span", { class: "of" }, symbol(target), " ", number) : number);
      }
    }
    const numbers = el("div", { class: "substituted" });
    const note = el("small", { class: "note" });
    page.inputs.push(() => {
      note.textContent = noteOn(page, line);
      const parts = done() && SUMS.has(name) ? sumOf(page, line, scope) : null;
      const words = done() ? withNumbers(line.text, scope(), page.row) : null;
      numbers.replaceChildren(...(parts || (words ? ["= ", words] : [])));
      numbers.classList.toggle("sum", Boolean(parts));
    });
    const isWrong = line.line !== right;
    return el(
      "li",
      { class: isWrong ? "wrong" : null },
      isWrong ? el("div", {}, el("small", {}, "the right line: "), el("del", {}, equation(lines(right)[0]))) : null,
      el("div", { class: "said" }, equation(line), values),
      numbers,
      note,
    );
  }

  function column(page, title, parts, done, kind) {
    const right = Unroller.recipe(page.setting);
    const wrong = Unroller.recipe(page.setting, Unroller.findMistake(page.mistake));
    const groups = parts.map(([part, heading]) => [
      el("h4", {}, heading),
      el(
        "ol",
        {},
        lines(wrong[part].join("\n")).map((line, k) => row(page, line, right[part][k], done)),
      ),
    ]);
    return el("div", { class: `column ${kind}` }, el("h3", {}, title), groups);
  }

  function inside(page) {
    const { setting, look, row: b } = page;
    const rows = Array.from({ length: ROWS }, (_, k) => [String(k), `row ${k}`]);
    const steps = Array.from({ length: STEPS }, (_, k) => [String(k), `t = ${k}`]);
    const forward = [
      ["enter", "What comes in"],
      ["forward", "The cell"],
      ["leave", "What goes on"],
    ];
    const backward = [
      ["enterBack", "What comes back"],
      ["backward", "The cell, backward"],
      ["leaveBack", "What goes on, to the step before"],
    ];
    if (setting.window) backward.push(["cut", "The window's cut"]);
    const source = Unroller.cells[setting.cell].source;
    return [
      el(
        "div",
        { class: "heading" },
        el("h2", {}, `Inside the cell: row ${b}, t = ${look}`),
        choice(
          page,
          "look-row",
          "Row",
          () => page.row,
          rows,
          (chosen) => page.lookAt(Number(chosen), page.look),
        ),
        choice(
          page,
          "look-step",
          "Step",
          () => page.look,
          steps,
          (chosen) => page.lookAt(page.row, Number(chosen)),
        ),
        el(
          "span",
          { class: "hint" },
          "The same lines stand in ",
          el("code", {}, source),
          " and ",
          el("code", {}, "scratch/loop.py"),
          ".",
        ),
      ),
      el(
        "div",
        { class: "columns" },
        column(page, "Forward", forward, () => moments.forwardDone(page.moment, look), "forward"),
        column(page, "Backward", backward, () => moments.backwardDone(page.moment, look), "backward"),
      ),
    ];
  }

  Unroller.inside = inside;
}
