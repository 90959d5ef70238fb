// One cell unrolled over time, forward and backward: scratch/loop.py, truncated.py and cells/dropout.py.
"use strict";

{
  const { number, map, sum, pair } = Unroller.arrays;
  const { lines } = Unroller.equations;

  // What stands around the cell at every step. Past its end a row gives the output 0 and copies its state; on the way
  // back its cell gets 0, and the state's gradient is handed through. drop_x, drop_y and drop_h are dropout's, or nothing.
  const AROUND = {
    start: `
      h_in = h_0
      c_in = c_0`,
    enter: `
      live = t < T_b
      x = drop_x(where(live, x_t, 0))
      h = where(live, h_in, 0)
      c = where(live, c_in, 0)`,
    leave: `
      output = where(live, drop_y(h′), 0)
      h_out = where(live, drop_h(h′), h_in)
      c_out = where(live, c′, c_in)`,
    turn: `
      ∂h_out = g_h
      ∂c_out = g_c`,
    enterBack: `
      ∂output = counted ⊙ (output − target)
      ∂y = drop_y(where(live, ∂output, 0))
      ∂h_next = drop_h(where(live, ∂h_out, 0))
      ∂c_next = where(live, ∂c_out, 0)`,
    leaveBack: `
      ∂x_t = drop_x(∂x)
      ∂h_in = where(live, ∂h, ∂h_out)
      ∂c_in = where(live, ∂c, ∂c_out)`,
    cut: `
      ∂h_in_cut = where(cut, 0, ∂h_in)
      ∂c_in_cut = where(cut, 0, ∂c_in)`,
    total: `
      total = total + step`,
  };

  // drop_x(v) is m_x ⊙ v / p_x where dropout is on, and v where it is off.
  function withDropout(line, keep) {
    const call = /drop_([xyh])\(((?:[^()]|\([^()]*\))*)\)/u;
    return line.replace(call, (_, which, v) => (keep[which] < 1 ? `m_${which} ⊙ ${v} / p_${which}` : v));
  }

  // The texts of all lines of a setting, with a mistake's lines in the place of the right ones.
  function recipe(setting, mistake = null) {
    const cell = Unroller.cells[setting.cell];
    const texts = { ...AROUND, forward: cell.forward, backward: cell.backward };
    const changes = new Map(mistake ? mistake.changes : []);
    const hasMemory = cell.state.includes("c");
    const found = {};
    for (const [part, text] of Object.entries(texts)) {
      const wanted = text
        .trim()
        .split("\n")
        .map((line) => line.trim());
      found[part] = wanted
        .filter((line) => hasMemory || part === "forward" || part === "backward" || !/^∂?c_|^c =/u.test(line))
        .flatMap((line) => (changes.has(line) ? changes.get(line).split("\n") : line))
        .map((line) => withDropout(line.trim(), setting.keep));
    }
    return found;
  }

  function run(texts, scope) {
    for (const line of lines(texts.join("\n"))) Object.assign(scope, line.run(scope));
    return scope;
  }

  // The numbers that a step is given.
  function given(setting, t) {
    const steps = setting.inputs.length;
    const width = setting.window || steps;
    return {
      ...setting.weights,
      t: number(t),
      T_b: setting.lengths.map((length) => [length]),
      start: number(t - (t % width)),
      cut: number(Number(t > 0 && t % width === 0)),
      ends: number(Number(t === steps - 1 || (t + 1) % width === 0)),
      forget_bias: number(setting.forget_bias),
      x_t: setting.inputs[t],
      h_0: setting.h_0,
      c_0: setting.c_0,
      g_h: setting.g_h,
      g_c: setting.g_c,
      target: setting.targets[t],
      counted: setting.counted[t].map((is) => [is]),
      ...Object.fromEntries(["x", "y", "h"].map((which) => [`m_${which}`, setting.masks[which][t]])),
      // TensorFlow 1 rounds a keep probability to float32.
      ...Object.fromEntries(["x", "y", "h"].map((which) => [`p_${which}`, number(Math.fround(setting.keep[which]))])),
    };
  }

  // L = Σ ½ (output − target)² over the outputs that are counted + Σ g_h ⊙ h_T + Σ g_c ⊙ c_T
  function loss(setting, steps, final) {
    const all = (matrix) => sum(matrix)[0].reduce((total, value) => total + value, 0);
    const square = (a, b) => pair((p, q) => ((p - q) * (p - q)) / 2, a, b);
    const product = (a, b) => pair((p, q) => p * q, a, b);
    let L = 0;
    for (const { counted, output, target } of steps) L += all(product(counted, square(output, target)));
    for (const part of Object.keys(final)) L += all(product(setting[`g_${part}`], final[part]));
    return L;
  }

  // Compute everything: {steps: [every number of step t], final, L, d_initial, totals: {weight: ∂}}.
  function compute(setting, mistake = null) {
    const { state, weights } = Unroller.cells[setting.cell];
    const texts = recipe(setting, mistake);
    const numSteps = setting.inputs.length;
    const steps = [];

    // Forward: the state that a step leaves is the state that the next one enters.
    let carried = run(texts.start, given(setting, 0));
    for (let t = 0; t < numSteps; t++) {
      const step = given(setting, t);
      for (const part of state) step[`${part}_in`] = carried[`${part}_in`];
      run([...texts.enter, ...texts.forward, ...texts.leave], step);
      steps.push(step);
      carried = Object.fromEntries(state.map((part) => [`${part}_in`, step[`${part}_out`]]));
    }
    const final = Object.fromEntries(state.map((part) => [part, carried[`${part}_in`]]));

    // Backward: from the last step to the first. One set of weights serves all steps, so its gradient is a sum.
    let totals = Object.fromEntries(Object.keys(weights).map((name) => [name, map(() => 0, setting.weights[name])]));
    const handed = setting.window ? "_in_cut" : "_in";
    let back = run(texts.turn, given(setting, numSteps - 1));
    for (const step of [...steps].reverse()) {
      for (const part of state) step[`∂${part}_out`] = back[`∂${part}_out`];
      run([...texts.enterBack, ...texts.backward, ...texts.leaveBack, ...(setting.window ? texts.cut : [])], step);
      totals = Object.fromEntries(
        Object.entries(totals).map(([name, total]) => {
          const scope = { total, step: step[`∂${name}`], ends: step.ends };
          return [name, run(texts.total, scope).total];
        }),
      );
      step.totals = totals;
      back = Object.fromEntries(state.map((part) => [`∂${part}_out`, step[`∂${part}${handed}`]]));
    }
    const d_initial = Object.fromEntries(state.map((part) => [part, back[`∂${part}_out`]]));
    return { steps, final, L: loss(setting, steps, final), d_initial, totals };
  }

  Unroller.compute = compute;
  Unroller.recipe = recipe;
  Unroller.AROUND = AROUND;
}
