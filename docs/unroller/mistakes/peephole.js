"use strict";

Unroller.addMistakes(
  { group: "LSTM with peepholes", source: "cells/full_lstm.py", cells: ["peephole"] },
  ["input gate's peephole on the forget gate's weights", "Two of the three peepholes share one weight; w_i acts on nothing.",
    ["i = σ(z_i + w_i ⊙ c)", "i = σ(z_i + w_f ⊙ c)"]],
  ["output gate's peephole on the old c", "The output gate is the one that sees the new memory.",
    ["o = σ(z_o + w_o ⊙ c′)", "o = σ(z_o + w_o ⊙ c)"]],
  ["output peephole's gradient from the old c", "w_o multiplied c′, so its gradient is made with c′.",
    ["∂w_o = sum(∂z_o ⊙ c′)", "∂w_o = sum(∂z_o ⊙ c)"]],
  ["output peephole hands nothing back to c'", "c′ has a third use, the output gate. What it asks is lost.",
    ["∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′) + ∂z_o ⊙ w_o", "∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′)"]],
  ["peepholes hand nothing back to c", "The old memory is read by i and f as well. What they ask is lost.",
    ["∂c = ∂c′ ⊙ f + ∂z_f ⊙ w_f + ∂z_i ⊙ w_i", "∂c = ∂c′ ⊙ f"]],
  ["forget gate's peephole hands nothing back to c", "One of the three ways back to c is lost.",
    ["∂c = ∂c′ ⊙ f + ∂z_f ⊙ w_f + ∂z_i ⊙ w_i", "∂c = ∂c′ ⊙ f + ∂z_i ⊙ w_i"]],
  ["forget bias twice", "It is added once more where the peephole is added.",
    ["f = σ(z_f + forget_bias + w_f ⊙ c)", "f = σ(z_f + 2 ⊙ forget_bias + w_f ⊙ c)"]],
  ["gradient of the carried c dropped", "The next step's gradient of c′ is lost: the long way back is closed.",
    ["∂c′ = ∂c_next + ∂h′ ⊙ o ⊙ φ′(c′) + ∂z_o ⊙ w_o", "∂c′ = ∂h′ ⊙ o ⊙ φ′(c′) + ∂z_o ⊙ w_o"]],
);
