// How equations look: z_i with a small i, the same names as in the text of the equation.
"use strict";

{
  const { el, format } = Unroller;
  const { tokens, isName } = Unroller.equations;
  const WORDS = new Set([
    "live",
    "out",
    "output",
    "target",
    "counted",
    "where",
    "sum",
    "mean",
    "turned",
    "cut",
    "start",
    "ends",
    "forget_bias",
    "total",
    "step",
  ]);
  const SPACED = new Set(["+", "−", "⊙", "/", "@", "<", "≤"]);

  function symbol(name) {
    const plain = name.replace("∂", "");
    const adjoint = name.startsWith("∂") ? el("span", { class: "partial" }, "∂") : null;
    if (WORDS.has(plain)) return el("span", { class: "symbol word" }, adjoint, plain.replace("_", " "));
    const [letter, ...below] = plain.replace("′", "").split("_");
    const prime = plain.endsWith("′") ? "′" : null;
    const index = below.length ? el("sub", {}, below.join(" ")) : null;
    return el("span", { class: "symbol" }, adjoint, el("i", {}, letter), prime, index);
  }

  const spaced = (token) => (SPACED.has(token) ? ` ${token} ` : token === "," ? ", " : token);

  function formula(text) {
    return tokens(text).map((token) => (isName(token) ? symbol(token) : spaced(token)));
  }

  function equation({ targets, text }) {
    const names = targets.flatMap((name, k) => (k ? [", ", symbol(name)] : [symbol(name)]));
    return el("span", { class: "equation" }, names, " = ", formula(text));
  }

  // The text with every name replaced by its numbers; null where a product of matrices would make that long.
  function withNumbers(text, scope, row) {
    if (/[@ᵀ[]|sum|mean/u.test(text) || !/[⊙+−/,<≤]/u.test(text)) return null;
    const value = (token) => {
      if (!(token in scope)) return spaced(token);
      const numbers = scope[token][Math.min(row, scope[token].length - 1)];
      const words = numbers.map((number) => (number < 0 ? `(${format(number)})` : format(number)));
      return words.length === 1 ? words[0] : `(${words.join("; ")})`;
    };
    // No second pair of brackets where one is there, or a comma.
    return tokens(text)
      .map(value)
      .join("")
      .replace(/([(,;] ?)\((−[^()]+)\)(?=[),;])/gu, "$1$2");
  }

  Object.assign(Unroller, { symbol, formula, equation, withNumbers });
}
