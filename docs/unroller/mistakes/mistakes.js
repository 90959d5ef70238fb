// The list of mistakes. Each replaces lines of the right equations by wrong ones, and is named as the planted fault of
// the same file in parity_tests/faults, whose numbers a test compares with the page's.
//
//   [title, what it means, [right line, wrong line], …]
"use strict";

{
  const mistakes = [];

  // Add the mistakes of one file of scratch. `needs` is what a setting must have for them to show, as in an address.
  function add({ group, source, cells, needs = "" }, ...list) {
    for (const [title, means, ...changes] of list) {
      const slug = title.toLowerCase().replace(/′/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
      const id = `${source.replace(/^.*\//, "").replace(".py", "")}-${slug}`;
      mistakes.push({ id, group, source: `scratch/${source}`, cells, needs, title, means, changes });
    }
  }

  Unroller.mistakes = mistakes;
  Unroller.addMistakes = add;
}
