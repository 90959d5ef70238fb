"use strict";

Unroller.addMistakes(
  { group: "GRU, forward", source: "cells/gru.py", cells: ["gru_before", "gru_after"] },
  ["gates r and u swapped", "cuDNN and PyTorch have r first too, but Keras has u first. Its weights are read in the wrong order.",
    ["z_r, z_u = [x, h] @ W + b", "z_u, z_r = [x, h] @ W + b"]],
  ["update gate the other way round", "Half of the papers let u say how much is new. TensorFlow's u says how much is kept.",
    ["h′ = u ⊙ h + (1 − u) ⊙ n", "h′ = (1 − u) ⊙ h + u ⊙ n"]],
  ["state not averaged but added to", "h′ is no mean of old and new: it can grow without end.",
    ["h′ = u ⊙ h + (1 − u) ⊙ n", "h′ = h + (1 − u) ⊙ n"]],
);

Unroller.addMistakes(
  { group: "GRU, forward", source: "cells/gru.py", cells: ["gru_before"] },
  ["reset gate not used, reset before", "The candidate always sees the whole old state; r acts on nothing.",
    ["z_n = [x, r ⊙ h] @ W_n + b_n", "z_n = [x, h] @ W_n + b_n"],
    ["∂W_n = [x, r ⊙ h]ᵀ @ ∂z_n", "∂W_n = [x, h]ᵀ @ ∂z_n"]],
);

Unroller.addMistakes(
  { group: "GRU, forward", source: "cells/gru.py", cells: ["gru_after"] },
  ["bias of the hidden projection not reset", "In cuDNN's form r acts on h W_h + b_h together. Here b_h gets past it.",
    ["z_n = x @ W_x + b_x + r ⊙ z_h", "z_n = x @ W_x + b_x + r ⊙ (h @ W_h) + b_h"]],
  ["reset before the product where it belongs after", "Weights of cuDNN or Keras are run in the form of TensorFlow 1. The numbers are near, and wrong.",
    ["z_h = h @ W_h + b_h", "z_h = (r ⊙ h) @ W_h + b_h"]],
);

Unroller.addMistakes(
  { group: "GRU, backward", source: "cells/gru.py", cells: ["gru_before", "gru_after"] },
  ["gradient of the carried h dropped", "h′ is used twice, but only the output's gradient arrives.",
    ["∂h′ = ∂y + ∂h_next", "∂h′ = ∂y"]],
  ["gradient of the output dropped", "h′ is used twice, but only the next step's gradient arrives.",
    ["∂h′ = ∂y + ∂h_next", "∂h′ = ∂h_next"]],
  ["candidate forgotten in the update gate's gradient", "u stands in both terms of h′. Only the first is differentiated.",
    ["∂u = ∂h′ ⊙ (h − n)", "∂u = ∂h′ ⊙ h"]],
  ["update gate's gradient with the wrong sign", "Training moves u away from where it should go.",
    ["∂u = ∂h′ ⊙ (h − n)", "∂u = ∂h′ ⊙ (n − h)"]],
  ["candidate's gradient not scaled by 1 − u", "A candidate that was hardly used is taught as if it were all of h′.",
    ["∂n = ∂h′ ⊙ (1 − u)", "∂n = ∂h′"]],
  ["slope of φ forgotten", "The gradient passes φ as if φ were the identity.",
    ["∂z_n = ∂n ⊙ φ′(z_n)", "∂z_n = ∂n"]],
  ["slope of σ at the reset gate", "σ′ = σ (1 − σ); the second factor is missing.",
    ["∂z_r = ∂r ⊙ r ⊙ (1 − r)", "∂z_r = ∂r ⊙ r"]],
  ["gradient of the kept h dropped", "h is read in three places. The straight way, through u ⊙ h, is lost: it is the longest-lived one.",
    ["∂h = ∂h_kept + ∂h_n + ∂h_gates", "∂h = ∂h_n + ∂h_gates"]],
  ["gradient through the candidate to h dropped", "h is read in three places. The way through the candidate is lost.",
    ["∂h = ∂h_kept + ∂h_n + ∂h_gates", "∂h = ∂h_kept + ∂h_gates"]],
  ["gradient through the gates to h dropped", "h is read in three places. The way through the gates is lost.",
    ["∂h = ∂h_kept + ∂h_n + ∂h_gates", "∂h = ∂h_kept + ∂h_n"]],
  ["gradient through the gates to x dropped", "x is read in two places. The way through the gates is lost: a layer below learns less.",
    ["∂x = ∂x_n + ∂x_gates", "∂x = ∂x_n"]],
);

Unroller.addMistakes(
  { group: "GRU, backward", source: "cells/gru.py", cells: ["gru_before"] },
  ["reset gate's two factors swapped", "Of the product r ⊙ h each factor's gradient needs the other factor.",
    ["∂r = ∂rh ⊙ h", "∂r = ∂rh ⊙ r"], ["∂h_n = ∂rh ⊙ r", "∂h_n = ∂rh ⊙ h"]],
  ["kernel gradient from [x, h] where r was used", "W_n multiplied [x, r ⊙ h], so that is what its gradient is made with.",
    ["∂W_n = [x, r ⊙ h]ᵀ @ ∂z_n", "∂W_n = [x, h]ᵀ @ ∂z_n"]],
);

Unroller.addMistakes(
  { group: "GRU, backward", source: "cells/gru.py", cells: ["gru_after"] },
  ["hidden projection's gradient not reset", "r scaled z_h on the way forward; it must on the way back.",
    ["∂z_h = ∂z_n ⊙ r", "∂z_h = ∂z_n"]],
  ["reset gate's gradient from h in place of z_h", "r multiplied z_h here, and h only in the other form of the cell.",
    ["∂r = ∂z_n ⊙ z_h", "∂r = ∂z_n ⊙ h"]],
);
