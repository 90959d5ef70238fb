// A setting is everything that one may choose; an address holds what differs from the setting that the page starts with.
"use strict";

{
  const STEPS = 5;
  const ROWS = 3;
  const LARGEST = 100;

  // Small numbers with one digit, none of them 0 and no two neighbours alike.
  const nice = (n) => Math.round(9 * Math.sin(2.4 * n + 1)) / 10 || 0.3;

  function counter(start) {
    let n = start;
    return (rows, columns, of = nice) => Unroller.arrays.fill(rows, columns).map((row) => row.map(() => of(n++)));
  }

  // The setting that the page starts with for a cell of H units and inputs of width D.
  function start(cell = "lstm", units = 1, width = 1) {
    const sizes = { D: width, H: units, "D + H": width + units, 1: 1 };
    const weights = {};
    Object.entries(Unroller.cells[cell].weights).forEach(([name, [, rows, columns]], k) => {
      weights[name] = counter(3 + 11 * k)(sizes[rows], columns.length * units);
    });
    const draw = counter(0);
    const perStep = (columns, of) => Array.from({ length: STEPS }, () => draw(ROWS, columns, of));
    const kept = (n) => Number((7 * n + 3) % 5 < 3);
    return {
      cell,
      units,
      width,
      window: 0,
      lengths: [5, 3, 1],
      inputs: perStep(width),
      h_0: draw(ROWS, units),
      c_0: draw(ROWS, units),
      weights,
      forget_bias: 1,
      // Outputs with a loss: two of row 0 and one of row 1. The final states of rows 1 and 2 have one as well.
      counted: [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
        [1, 0, 0],
      ],
      targets: perStep(units, () => 0.5),
      g_h: [0, 1, -0.5].map((value) => Array(units).fill(value)),
      g_c: Unroller.arrays.fill(ROWS, units),
      keep: { x: 1, y: 1, h: 1 },
      variational: 0,
      masks: { x: perStep(width, kept), y: perStep(units, kept), h: perStep(units, kept) },
    };
  }

  const between = (least, most) => (value) => Math.min(most, Math.max(least, value));
  const integer = (least, most) => (value) => between(least, most)(Math.round(value));
  // What each part of a setting may be, by its name. All others are numbers up to LARGEST.
  const RULES = {
    units: integer(1, 2),
    width: integer(1, 2),
    window: integer(0, STEPS - 1),
    lengths: integer(0, STEPS),
    counted: integer(0, 1),
    masks: integer(0, 1),
    variational: integer(0, 1),
    keep: between(0.1, 1),
  };

  const named = (path) => path.split(".");
  const isOwn = (part, key) => typeof part === "object" && Object.hasOwn(part, key);

  // Return the number at a path such as "inputs.4.0.1", or undefined.
  const get = (setting, path) => named(path).reduce((part, key) => (isOwn(part, key) ? part[key] : undefined), setting);

  // Write a number at a path, held to what it may be. Return whether there is such a number.
  function set(setting, path, value) {
    if (typeof get(setting, path) !== "number" || !Number.isFinite(value)) return false;
    const keys = named(path);
    const rule = RULES[keys[0]] || between(-LARGEST, LARGEST);
    const last = keys.pop();
    keys.reduce((part, key) => part[key], setting)[last] = rule(value);
    // One mask for all steps and all rows.
    if (setting.variational && (keys[0] === "masks" || path === "variational")) spread(setting, keys[1], last, value);
    return true;
  }

  function spread(setting, which, unit, value) {
    for (const [name, steps] of Object.entries(setting.masks)) {
      for (const row of steps.flat()) {
        row.forEach((_, k) => {
          if (which === undefined) row[k] = steps[0][0][k];
          else if (which === name && k === Number(unit)) row[k] = RULES.masks(value);
        });
      }
    }
  }

  // Every number of a setting with its path.
  function leaves(part, path = "") {
    if (typeof part === "number") return [[path, part]];
    if (typeof part !== "object") return [];
    return Object.entries(part).flatMap(([key, value]) => leaves(value, path ? `${path}.${key}` : key));
  }

  // The same setting for another cell or other sizes: what both have is kept, but for the weights.
  function changed(setting, { cell = setting.cell, units = setting.units, width = setting.width }) {
    const fresh = start(cell, units, width);
    const sizes = ["units", "width"];
    for (const [path, value] of leaves(setting)) {
      if (!sizes.includes(path) && !path.startsWith("weights.")) set(fresh, path, value);
    }
    return fresh;
  }

  function toAddress(setting, more = {}) {
    const usual = start(setting.cell, setting.units, setting.width);
    const parts = [
      ["cell", setting.cell],
      ["units", setting.units],
      ["width", setting.width],
    ];
    const differ = leaves(setting).filter(([path, value]) => get(usual, path) !== value);
    const rest = Object.entries(more).filter(([, value]) => value !== null);
    return [...parts, ...differ, ...rest].map(([name, value]) => `${name}=${value}`).join("&");
  }

  // Return {setting, more}: what an address holds that is no part of a setting is in `more`. Nonsense is passed over.
  function fromAddress(address) {
    const given = new Map(
      address
        .replace(/^#/, "")
        .split("&")
        .map((part) => part.split("=")),
    );
    const cell = Object.hasOwn(Unroller.cells, given.get("cell")) ? given.get("cell") : "lstm";
    const size = (name) => RULES[name](Number(given.get(name)) || 1);
    const setting = start(cell, size("units"), size("width"));
    const more = {};
    for (const [name, text] of given) {
      if (["cell", "units", "width"].includes(name) || !text) continue;
      if (!set(setting, name, Number(text))) more[name] = text;
    }
    return { setting, more };
  }

  Object.assign(Unroller, { start, get, set, leaves, changed, toAddress, fromAddress, STEPS, ROWS });
}
