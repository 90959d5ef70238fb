"use strict";

Unroller.addMistakes(
  { group: "RNN", source: "cells/rnn.py", cells: ["rnn"] },
  ["bias dropped", "z misses b. The gradient of b is still computed, but b acts on nothing.",
    ["z = [x, h] @ W + b", "z = [x, h] @ W"]],
  ["activation's slope forgotten", "The gradient passes φ as if φ were the identity. It is too large wherever φ is flat.",
    ["∂z = ∂h′ ⊙ φ′(z)", "∂z = ∂h′"]],
  ["gradient of the carried h dropped", "h′ is used twice, but only the output's gradient arrives. No step learns for a later one.",
    ["∂h′ = ∂y + ∂h_next", "∂h′ = ∂y"]],
  ["gradient of the output dropped", "h′ is used twice, but only the next step's gradient arrives. No output is learnt from.",
    ["∂h′ = ∂y + ∂h_next", "∂h′ = ∂h_next"]],
  ["bias gradient averaged over the batch", "The rows share one b, so their gradients add. A mean is too small by the number of rows.",
    ["∂b = sum(∂z)", "∂b = mean(∂z)"]],
);

Unroller.addMistakes(
  { group: "RNN", source: "cells/rnn.py", cells: ["rnn"], needs: "units=2" },
  ["recurrent kernel transposed", "Unit 1 reads unit 2 with the weight that belongs to the other direction. One unit alone cannot show it.",
    ["z = [x, h] @ W + b", "z = [x, h] @ turned(W) + b"]],
  ["x and h joined the other way round", "The rows of W for x meet h. With equal widths nothing complains.",
    ["z = [x, h] @ W + b", "z = [h, x] @ W + b"], ["∂W = [x, h]ᵀ @ ∂z", "∂W = [h, x]ᵀ @ ∂z"]],
);
