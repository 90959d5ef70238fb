// Matrices as lists of rows, with NumPy's rule for shapes: an axis of size 1 is stretched to fit the other.
// A row of the batch is a row here, so a state is [B, H], a bias [1, H], "live" [B, 1] and a plain number [1, 1].
"use strict";

const Unroller = {};

{
  const number = (value) => [[value]];
  const fill = (rows, columns, value = 0) => Array.from({ length: rows }, () => Array(columns).fill(value));
  const map = (f, a) => a.map((row) => row.map((value) => f(value)));
  const transpose = (a) => a[0].map((_, k) => a.map((row) => row[k]));

  function stretch(a, b, what) {
    if (a !== b && a !== 1 && b !== 1) throw new Error(`shapes do not fit: ${a} and ${b} ${what}`);
    return Math.max(a, b);
  }

  // f of every pair of entries.
  function pair(f, a, b) {
    const rows = stretch(a.length, b.length, "rows");
    const columns = stretch(a[0].length, b[0].length, "columns");
    const entry = (m, i, k) => m[m.length === 1 ? 0 : i][m[0].length === 1 ? 0 : k];
    return fill(rows, columns).map((row, i) => row.map((_, k) => f(entry(a, i, k), entry(b, i, k))));
  }

  // a @ b
  function product(a, b) {
    if (a[0].length !== b.length) throw new Error(`a product of ${a[0].length} columns and ${b.length} rows`);
    return a.map((row) => b[0].map((_, k) => row.reduce((sum, value, i) => sum + value * b[i][k], 0)));
  }

  // [a, b, …], side by side.
  const join = (...parts) => parts[0].map((_, i) => parts.flatMap((part) => part[i]));

  // The columns of a, cut into parts of the given widths.
  function split(a, widths) {
    let start = 0;
    return widths.map((width) => {
      const part = a.map((row) => row.slice(start, start + width));
      start += width;
      return part;
    });
  }

  const sum = (a) => [a[0].map((_, k) => a.reduce((total, row) => total + row[k], 0))];

  Unroller.arrays = { number, fill, map, transpose, pair, product, join, split, sum };
}
