"use strict";

{
  const all = ["rnn", "lstm", "peephole", "gru_before", "gru_after"];

  Unroller.addMistakes(
    { group: "Past the end of a row, forward", source: "loop.py", cells: all },
    ["state not copied past the end", "The cell's own state of a dead step is carried on. The final state of a short row is no longer that of its last step.",
      ["h_out = where(live, drop_h(h′), h_in)", "h_out = drop_h(h′)"], ["c_out = where(live, c′, c_in)", "c_out = c′"]],
    ["state zeroed past the end", "The outputs are right, but every short row's final state is lost.",
      ["h_out = where(live, drop_h(h′), h_in)", "h_out = where(live, drop_h(h′), 0)"],
      ["c_out = where(live, c′, c_in)", "c_out = where(live, c′, 0)"]],
    ["outputs not zeroed past the end", "A sum or a mean over time then counts outputs of padding.",
      ["output = where(live, drop_y(h′), 0)", "output = drop_y(h′)"]],
    ["state not carried", "Every step starts from the initial state: there is no memory at all.",
      ["h_out = where(live, drop_h(h′), h_in)", "h_out = h"], ["c_out = where(live, c′, c_in)", "c_out = c"]],
  );

  Unroller.addMistakes(
    { group: "Past the end of a row, forward", source: "engines.py", cells: all },
    ["one step too many", "Steps are counted from 0, so t < T_b is right. With ≤ each row reads a step of its padding.",
      ["live = t < T_b", "live = t ≤ T_b"]],
  );

  Unroller.addMistakes(
    { group: "Past the end of a row, forward", source: "arguments.py", cells: all },
    ["initial state ignored", "The sequence starts from zeros, whatever is given: a series cut into batches forgets at each cut.",
      ["h_in = h_0", "h_in = 0 ⊙ h_0"], ["c_in = c_0", "c_in = 0 ⊙ c_0"]],
  );

  Unroller.addMistakes(
    { group: "Past the end of a row, backward", source: "loop.py", cells: all },
    ["gradient of a copied state let into the cell", "The cell of a dead step gets the gradient of a state that it did not make, and teaches the weights with padding.",
      ["∂h_next = drop_h(where(live, ∂h_out, 0))", "∂h_next = drop_h(∂h_out)"],
      ["∂c_next = where(live, ∂c_out, 0)", "∂c_next = ∂c_out"]],
    ["gradient of a copied state dropped", "The derivative of a copy is 1. Without it a short row's final state teaches nothing.",
      ["∂h_in = where(live, ∂h, ∂h_out)", "∂h_in = ∂h"], ["∂c_in = where(live, ∂c, ∂c_out)", "∂c_in = ∂c"]],
    ["gradient not carried", "Each step gets the gradient of the final state in the place of the next step's.",
      ["∂h_in = where(live, ∂h, ∂h_out)", "∂h_in = ∂h_out"], ["∂c_in = where(live, ∂c, ∂c_out)", "∂c_in = ∂c_out"]],
    ["gradient of the last step only", "The weights' gradient is overwritten at each step, not added to. What stays is the step visited last, t = 0.",
      ["total = total + step", "total = step"]],
  );

  Unroller.addMistakes(
    { group: "Past the end of a row, backward", source: "unroll/static.py", cells: all },
    ["gradient of the final state ignored", "A loss on the final state, as of a classifier, teaches nothing.",
      ["∂h_out = g_h", "∂h_out = 0 ⊙ g_h"], ["∂c_out = g_c", "∂c_out = 0 ⊙ g_c"]],
  );

  Unroller.addMistakes(
    { group: "Past the end of a row, backward", source: "loop.py", cells: all, needs: "lengths.1=3&counted.4.1=1" },
    ["gradient of the outputs past the end let in", "A dead output is the constant 0, and no loss on it may teach. Here it does.",
      ["∂y = drop_y(where(live, ∂output, 0))", "∂y = drop_y(∂output)"]],
  );

  Unroller.addMistakes(
    { group: "Windows", source: "unroll/truncated.py", cells: all, needs: "window=2" },
    ["state not carried to the next window", "Each window starts anew: the memory is cut as well as the gradient.",
      ["h = where(live, h_in, 0)", "h = where(live, where(cut, h_0, h_in), 0)"],
      ["c = where(live, c_in, 0)", "c = where(live, where(cut, c_0, c_in), 0)"],
      ["h_out = where(live, drop_h(h′), h_in)", "h_out = where(live, drop_h(h′), where(cut, h_0, h_in))"],
      ["c_out = where(live, c′, c_in)", "c_out = where(live, c′, where(cut, c_0, c_in))"]],
    ["lengths not counted down", "Every window sees the whole length again, so a row that has ended comes back to life.",
      ["live = t < T_b", "live = t − start < T_b"]],
    ["gradient of the final state given to every window", "The final state's loss belongs to the last window alone.",
      ["∂h_in_cut = where(cut, 0, ∂h_in)", "∂h_in_cut = where(cut, g_h, ∂h_in)"],
      ["∂c_in_cut = where(cut, 0, ∂c_in)", "∂c_in_cut = where(cut, g_c, ∂c_in)"]],
    ["weights' gradient of the first window only", "The windows' gradients are overwritten, not added.",
      ["total = total + step", "total = where(ends, step, total + step)"]],
    ["gradient of the final state dropped", "The last window is treated like the others, whose final state has no loss of its own.",
      ["∂h_out = g_h", "∂h_out = 0 ⊙ g_h"], ["∂c_out = g_c", "∂c_out = 0 ⊙ g_c"]],
  );
}
