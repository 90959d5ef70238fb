"use strict";

{
  const all = ["rnn", "lstm", "peephole", "gru_before", "gru_after"];
  const right = {
    x: "x = drop_x(where(live, x_t, 0))",
    output: "output = where(live, drop_y(h′), 0)",
    state: "h_out = where(live, drop_h(h′), h_in)",
    y: "∂y = drop_y(where(live, ∂output, 0))",
    next: "∂h_next = drop_h(where(live, ∂h_out, 0))",
    input: "∂x_t = drop_x(∂x)",
  };

  Unroller.addMistakes(
    { group: "Dropout", source: "cells/dropout.py", cells: all, needs: "keep.x=0.8&keep.y=0.6&keep.h=0.5" },
    ["scale by keep_prob forgotten", "What is kept is not divided by keep_prob. When dropout is off, all numbers are larger than in training.",
      [right.x, "x = m_x ⊙ where(live, x_t, 0)"],
      [right.output, "output = where(live, m_y ⊙ h′, 0)"],
      [right.state, "h_out = where(live, m_h ⊙ h′, h_in)"],
      [right.y, "∂y = m_y ⊙ where(live, ∂output, 0)"],
      [right.next, "∂h_next = m_h ⊙ where(live, ∂h_out, 0)"],
      [right.input, "∂x_t = m_x ⊙ ∂x"]],
    ["input mask on the output's probability", "x is dropped with one probability and scaled with another. Its mean changes.",
      [right.x, "x = m_x ⊙ where(live, x_t, 0) / p_y"]],
    ["state's gradient not dropped", "What was dropped had no influence, and still gets a gradient.",
      [right.next, "∂h_next = where(live, ∂h_out, 0)"]],
    ["input's gradient not dropped", "A layer below is taught by inputs that were dropped.",
      [right.input, "∂x_t = ∂x"]],
  );
}
