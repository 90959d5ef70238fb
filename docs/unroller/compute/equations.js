// Equations as text. "c′ = f ⊙ c + i ⊙ j" is what the page shows and what it computes: there is no second copy.
//
//   ⊙  product entry by entry      @  product of matrices      ᵀ  transposed      [x, h]  side by side
//   σ(z), φ(z) = tanh(z), φ′(z)    where(live, a, b)           sum(v), mean(v) over the rows of the batch
"use strict";

{
  const { number, map, transpose, pair, product, join, split, sum } = Unroller.arrays;

  // No z overflows it, and a small σ has all its digits.
  const sigmoid = (z) => Math.exp(Math.min(z, 0)) / (1 + Math.exp(Math.min(z, -z)));
  const slope = (z) => 1 - Math.tanh(z) * Math.tanh(z);

  const FUNCTIONS = {
    σ: (z) => map(sigmoid, z),
    φ: (z) => map(Math.tanh, z),
    "φ′": (z) => map(slope, z),
    where: (test, a, b) =>
      pair(
        (chosen, value) => (chosen === null ? value : chosen),
        pair((is, value) => (is ? value : null), test, a),
        b,
      ),
    sum,
    mean: (v) => map((value) => value / v.length, sum(v)),
    // W with its square of recurrent weights transposed: only mistakes use it.
    turned: (W) => {
      const inputs = W.length - W[0].length;
      return [...W.slice(0, inputs), ...transpose(W.slice(inputs))];
    },
  };

  const OPERATORS = {
    "+": (a, b) => pair((p, q) => p + q, a, b),
    "−": (a, b) => pair((p, q) => p - q, a, b),
    "⊙": (a, b) => pair((p, q) => p * q, a, b),
    "/": (a, b) => pair((p, q) => p / q, a, b),
    "<": (a, b) => pair((p, q) => Number(p < q), a, b),
    "≤": (a, b) => pair((p, q) => Number(p <= q), a, b),
    "@": product,
  };

  // From what binds least to what binds most.
  const LEVELS = [
    ["<", "≤"],
    ["+", "−"],
    ["⊙", "/", "@"],
  ];
  const TOKEN = /\d+(?:\.\d+)?|∂?[A-Za-zσφ][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*′?|[()[\],+−⊙/@<≤ᵀ]/gu;
  const isName = (token) => /^[∂A-Za-z]/u.test(token);

  const tokens = (text) => text.match(TOKEN) || [];

  // Return the function of a scope {name: matrix} that a text says.
  function parse(text) {
    const left = tokens(text);

    function take(expected) {
      const token = left.shift();
      if (expected !== undefined && token !== expected) throw new Error(`${text}: ${expected} expected, not ${token}`);
      return token;
    }

    function list(end) {
      const found = [level(0)];
      while (left[0] === ",") {
        take(",");
        found.push(level(0));
      }
      take(end);
      return found;
    }

    function level(depth) {
      if (depth === LEVELS.length) return transposed();
      let value = level(depth + 1);
      while (LEVELS[depth].includes(left[0])) {
        const [operator, a, b] = [OPERATORS[take()], value, level(depth + 1)];
        value = (scope) => operator(a(scope), b(scope));
      }
      return value;
    }

    function transposed() {
      const value = atom();
      if (left[0] !== "ᵀ") return value;
      take("ᵀ");
      return (scope) => transpose(value(scope));
    }

    function atom() {
      const token = take();
      if (token === "(") return list(")")[0];
      if (token === "[") {
        const parts = list("]");
        return (scope) => join(...parts.map((part) => part(scope)));
      }
      if (left[0] === "(" && token in FUNCTIONS) {
        take("(");
        const given = list(")");
        return (scope) => FUNCTIONS[token](...given.map((value) => value(scope)));
      }
      if (/^\d/.test(token)) return () => number(Number(token));
      return (scope) => {
        if (!(token in scope)) throw new Error(`${text}: nothing is named ${token}`);
        return scope[token];
      };
    }

    const value = level(0);
    if (left.length) throw new Error(`${text}: ${left[0]} is too much`);
    return value;
  }

  // A line "a, b = text" gives the columns of its result to several names: D to what is of an x, H to all else.
  function equation(line) {
    const [names, text] = line.split(" = ");
    const targets = names.split(", ");
    const value = parse(text);
    const isOfInput = (name) => /^∂?x(_|$)/u.test(name);

    function run(scope) {
      const result = value(scope);
      if (targets.length === 1) return { [targets[0]]: result };
      const widths = targets.map((name) => (isOfInput(name) ? scope.x[0].length : scope.h[0].length));
      const parts = split(result, widths);
      return Object.fromEntries(targets.map((name, k) => [name, parts[k]]));
    }
    return { line, targets, text, run };
  }

  const known = new Map();
  const lines = (text) =>
    text
      .trim()
      .split("\n")
      .map((line) => {
        if (!known.has(line.trim())) known.set(line.trim(), equation(line.trim()));
        return known.get(line.trim());
      });

  // What a sum adds: the parts between the plus signs that are in no bracket.
  function addends(text) {
    const found = [""];
    let depth = 0;
    for (const sign of text) {
      depth += "([".includes(sign) - ")]".includes(sign);
      if (sign === "+" && depth === 0) found.push("");
      else found[found.length - 1] += sign;
    }
    return found.map((part) => part.trim());
  }

  Unroller.equations = { lines, parse, tokens, isName, addends };
}
