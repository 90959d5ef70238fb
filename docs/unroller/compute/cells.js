// The five cells: each line of a step under the names of docs/symbols.md, forward and backward.
//
// A step reads x [B, D] and its old state h (and c) [B, H]; a prime marks what comes out. Backward, ∂v is short for
// ∂L/∂v, and it is given ∂y and ∂h_next (and ∂c_next): the gradients of h′ from the output and from the next step.
"use strict";

{
  const RNN = {
    title: "RNN",
    source: "scratch/cells/rnn.py",
    state: ["h"],
    weights: { W: ["kernel", "D + H", ["h′"]], b: ["bias", "1", ["h′"]] },
    forward: `
      z = [x, h] @ W + b
      h′ = φ(z)`,
    backward: `
      ∂h′ = ∂y + ∂h_next
      ∂z = ∂h′ ⊙ φ′(z)
      ∂W = [x, h]ᵀ @ ∂z
      ∂b = sum(∂z)
      ∂x, ∂h = ∂z @ Wᵀ`,
  };

  const LSTM = {
    title: "LSTM",
    source: "scratch/cells/lstm.py",
    state: ["c", "h"],
    weights: { W: ["kernel", "D + H", ["i", "j", "f", "o"]], b: ["bias", "1", ["i", "j", "f", "o"]] },
    forward: `
      z_i, z_j, z_f, z_o = [x, h] @ W + b
      i = σ(z_i)
      j = φ(z_j)
      f = σ(z_f + forget_bias)
      c′ = f ⊙ c + i ⊙ j
      o = σ(z_o)
      h′ = o ⊙ φ(c′)`,
    backward: `
      ∂h′ = ∂y + ∂h_next
      ∂o = ∂h′ ⊙ φ(c′)
      ∂z_o = ∂o ⊙ o ⊙ (1 − o)
      ∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′)
      ∂i = ∂c′ ⊙ j
      ∂j = ∂c′ ⊙ i
      ∂f = ∂c′ ⊙ c
      ∂z_i = ∂i ⊙ i ⊙ (1 − i)
      ∂z_j = ∂j ⊙ φ′(z_j)
      ∂z_f = ∂f ⊙ f ⊙ (1 − f)
      ∂c = ∂c′ ⊙ f
      ∂W = [x, h]ᵀ @ [∂z_i, ∂z_j, ∂z_f, ∂z_o]
      ∂b = sum([∂z_i, ∂z_j, ∂z_f, ∂z_o])
      ∂x, ∂h = [∂z_i, ∂z_j, ∂z_f, ∂z_o] @ Wᵀ`,
  };

  const GRU = {
    title: "GRU, reset before",
    source: "scratch/cells/gru.py",
    state: ["h"],
    weights: {
      W: ["gates/kernel", "D + H", ["r", "u"]],
      b: ["gates/bias", "1", ["r", "u"]],
      W_n: ["candidate/kernel", "D + H", ["n"]],
      b_n: ["candidate/bias", "1", ["n"]],
    },
    forward: `
      z_r, z_u = [x, h] @ W + b
      r = σ(z_r)
      u = σ(z_u)
      z_n = [x, r ⊙ h] @ W_n + b_n
      n = φ(z_n)
      h′ = u ⊙ h + (1 − u) ⊙ n`,
    backward: `
      ∂h′ = ∂y + ∂h_next
      ∂u = ∂h′ ⊙ (h − n)
      ∂n = ∂h′ ⊙ (1 − u)
      ∂h_kept = ∂h′ ⊙ u
      ∂z_n = ∂n ⊙ φ′(z_n)
      ∂x_n, ∂rh = ∂z_n @ W_nᵀ
      ∂r = ∂rh ⊙ h
      ∂h_n = ∂rh ⊙ r
      ∂W_n = [x, r ⊙ h]ᵀ @ ∂z_n
      ∂b_n = sum(∂z_n)
      ∂z_r = ∂r ⊙ r ⊙ (1 − r)
      ∂z_u = ∂u ⊙ u ⊙ (1 − u)
      ∂W = [x, h]ᵀ @ [∂z_r, ∂z_u]
      ∂b = sum([∂z_r, ∂z_u])
      ∂x_gates, ∂h_gates = [∂z_r, ∂z_u] @ Wᵀ
      ∂x = ∂x_n + ∂x_gates
      ∂h = ∂h_kept + ∂h_n + ∂h_gates`,
  };

  // Return an equation text with some of its lines replaced by one line or more. Each old line must be there once.
  function replaced(text, changes) {
    const lines = text
      .trim()
      .split("\n")
      .map((line) => line.trim());
    for (const [before, after] of changes) {
      const at = lines.indexOf(before);
      if (at < 0 || at !== lines.lastIndexOf(before)) throw new Error(`not there once: ${before}`);
      lines.splice(at, 1, ...after.split("\n").map((line) => line.trim()));
    }
    return lines.join("\n");
  }

  // Three gates see the memory: i and f the old one, o the new one.
  const PEEPHOLE = {
    title: "LSTM with peepholes",
    source: "scratch/cells/full_lstm.py",
    state: LSTM.state,
    weights: {
      ...LSTM.weights,
      w_i: ["w_i_diag", "1", ["i"]],
      w_f: ["w_f_diag", "1", ["f"]],
      w_o: ["w_o_diag", "1", ["o"]],
    },
    forward: replaced(LSTM.forward, [
      ["i = σ(z_i)", "i = σ(z_i + w_i ⊙ c)"],
      ["f = σ(z_f + forget_bias)", "f = σ(z_f + forget_bias + w_f ⊙ c)"],
      ["o = σ(z_o)", "o = σ(z_o + w_o ⊙ c′)"],
    ]),
    backward: replaced(LSTM.backward, [
      ["∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′)", "∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′) + ∂z_o ⊙ w_o"],
      [
        "∂c = ∂c′ ⊙ f",
        `∂c = ∂c′ ⊙ f + ∂z_f ⊙ w_f + ∂z_i ⊙ w_i
         ∂w_i = sum(∂z_i ⊙ c)
         ∂w_f = sum(∂z_f ⊙ c)
         ∂w_o = sum(∂z_o ⊙ c′)`,
      ],
    ]),
  };

  // The form of cuDNN: r acts on the product, with its own bias, and not on h before it.
  const { W, b } = GRU.weights;
  const GRU_AFTER = {
    title: "GRU, reset after",
    source: GRU.source,
    state: GRU.state,
    weights: {
      W,
      b,
      W_x: ["candidate/input_projection/kernel", "D", ["n"]],
      b_x: ["candidate/input_projection/bias", "1", ["n"]],
      W_h: ["candidate/hidden_projection/kernel", "H", ["n"]],
      b_h: ["candidate/hidden_projection/bias", "1", ["n"]],
    },
    forward: replaced(GRU.forward, [
      ["z_n = [x, r ⊙ h] @ W_n + b_n", "z_h = h @ W_h + b_h\n z_n = x @ W_x + b_x + r ⊙ z_h"],
    ]),
    backward: replaced(GRU.backward, [
      ["∂x_n, ∂rh = ∂z_n @ W_nᵀ", "∂x_n = ∂z_n @ W_xᵀ"],
      ["∂r = ∂rh ⊙ h", "∂r = ∂z_n ⊙ z_h\n ∂z_h = ∂z_n ⊙ r"],
      ["∂h_n = ∂rh ⊙ r", "∂h_n = ∂z_h @ W_hᵀ"],
      ["∂W_n = [x, r ⊙ h]ᵀ @ ∂z_n", "∂W_x = xᵀ @ ∂z_n\n ∂W_h = hᵀ @ ∂z_h"],
      ["∂b_n = sum(∂z_n)", "∂b_x = sum(∂z_n)\n ∂b_h = sum(∂z_h)"],
    ]),
  };

  Unroller.cells = { rnn: RNN, lstm: LSTM, peephole: PEEPHOLE, gru_before: GRU, gru_after: GRU_AFTER };
  Unroller.replaced = replaced;
}
