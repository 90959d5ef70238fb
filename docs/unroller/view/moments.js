// A moment is how far the steps have got: T forward, then the loss, then T backward.
"use strict";

{
  const T = Unroller.STEPS;
  const LAST = 2 * T + 1;

  const forwardDone = (moment, t) => moment > t;
  const lossDone = (moment) => moment > T;
  const backwardDone = (moment, t) => moment > 2 * T - t;

  // Where the steps are: {direction, t}.
  function at(moment) {
    if (moment === 0) return { direction: "start", t: 0 };
    if (moment <= T) return { direction: "forward", t: moment - 1 };
    if (moment === T + 1) return { direction: "loss", t: T - 1 };
    return { direction: "backward", t: LAST - moment };
  }

  function title(moment) {
    const { direction, t } = at(moment);
    const titles = { start: "Start", forward: `Forward, t = ${t}`, loss: "The loss", backward: `Backward, t = ${t}` };
    return titles[direction];
  }

  const listed = (rows) => `${rows.length > 1 ? "Rows" : "Row"} ${rows.join(", ").replace(/, (\d+)$/, " and $1")}`;

  // What happens at a moment, in words.
  function words(setting, moment, L) {
    const { direction, t } = at(moment);
    const memory = Unroller.cells[setting.cell].state.includes("c");
    if (direction === "start") {
      return `Every row has an initial state: h${memory ? " and c" : ""}. Nothing is computed yet. Press Next.`;
    }
    if (direction === "loss") {
      const outputs = setting.counted.flat().filter((is) => is).length;
      return `L = ${Unroller.format(L)}: ½ (output − target)² of ${outputs} outputs, and the final states times the numbers at the end. From here the gradients go back.`;
    }
    const rows = [...setting.lengths.keys()];
    const living = rows.filter((row) => t < setting.lengths[row]);
    const ended = rows.filter((row) => t >= setting.lengths[row]);
    const said = [];
    if (direction === "forward") {
      if (living.length)
        said.push(`${listed(living)}: the cell reads x and the old state, and gives an output and a new state.`);
      if (ended.length) said.push(`${listed(ended)}: past the end, so the output is 0 and the old state is copied.`);
    } else {
      if (living.length)
        said.push(
          `${listed(living)}: the gradients of the output and of the new state add, and go back through the cell to x, to the old state and to the weights.`,
        );
      if (ended.length)
        said.push(
          `${listed(ended)}: past the end, so the state's gradient is handed through untouched; x and the weights get exactly 0.`,
        );
      if (setting.window && t > 0 && t % setting.window === 0)
        said.push(`A window starts here: what would go on to t = ${t - 1} is cut off.`);
    }
    return said.join(" ");
  }

  Unroller.moments = { LAST, forwardDone, lossDone, backwardDone, at, title, words };
}
