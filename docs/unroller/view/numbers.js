// The numbers of the page: those one reads, which follow the computation, and those one may change.
"use strict";

{
  const { el } = Unroller;
  const DRAG_STARTS = 4; // pixels

  // Exactly 0 is "0", as every integer; what is small but not 0 shows that.
  function format(value) {
    if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value).replace("-", "−");
    const size = Math.abs(value);
    const digits = size < 0.0005 || size >= 1e4 ? value.toExponential(0) : value.toFixed(size < 10 ? 3 : 1);
    return digits.replace("-", "−");
  }

  // A number to read. `read(result)` is the number, or undefined where the steps have not got there yet.
  function shown(page, label, read, kind) {
    const element = el("span", { class: `number ${kind}`, "data-label": label });
    page.slots.push({ element, label, read });
    return element;
  }

  function refreshNumber({ element, label, read }, result, right) {
    const value = read(result);
    const was = read(right);
    const differs = value !== undefined && was !== undefined && value !== was;
    const words = value === undefined ? "·" : format(value);
    if (element.textContent !== words) element.textContent = words;
    element.classList.toggle("pending", value === undefined);
    element.classList.toggle("changed", differs);
    element.title =
      value === undefined
        ? `${label}: not computed yet`
        : `${label} = ${value}${differs ? `; without the mistake ${was}` : ""}`;
    // A bar to the right of the middle for what is positive, to the left for what is negative.
    const length = value === undefined ? 0 : 50 * Math.tanh(Math.abs(value));
    element.style.setProperty("--length", `${length}%`);
    element.style.setProperty("--from", `${value < 0 ? 50 - length : 50}%`);
  }

  // A number to change: type, press the arrow keys (with Shift: ten times as much), or drag to the left and right.
  function changeable(page, path, label, { step = 0.1, perPixel = 0.01 } = {}) {
    const input = el("input", {
      class: "given",
      type: "text",
      inputmode: "decimal",
      role: "spinbutton",
      autocomplete: "off",
      "aria-label": label,
      title: `${label}: drag, type, or press ↑ and ↓`,
      "data-path": path,
    });
    const value = () => Unroller.get(page.setting, path);
    // Sums of decimal fractions are rounded, so that 0.1 + 0.2 is 0.3.
    const write = (number) => page.change(path, Math.round(number * 1e6) / 1e6);
    const steps = { ArrowUp: step, ArrowDown: -step, PageUp: 10 * step, PageDown: -10 * step };

    input.addEventListener("keydown", (event) => {
      if (event.key in steps) {
        event.preventDefault();
        write(value() + steps[event.key] * (event.shiftKey ? 10 : 1));
      }
    });
    input.addEventListener("change", () => {
      const typed = Number(input.value.replace("−", "-").replace(",", "."));
      if (input.value.trim() === "" || Number.isNaN(typed)) page.refresh();
      else write(typed);
      refresh(true);
    });
    input.addEventListener("pointerdown", (event) => {
      const from = { x: event.clientX, value: value() };
      let dragging = false;
      function move(moved) {
        const distance = moved.clientX - from.x;
        if (!dragging && Math.abs(distance) < DRAG_STARTS) return;
        dragging = true;
        moved.preventDefault();
        write(Math.round((from.value + distance * perPixel) / (step / 10)) * (step / 10));
        refresh(true);
      }
      function end() {
        input.removeEventListener("pointermove", move);
        if (dragging) input.blur();
      }
      // However fast it goes, the pointer is not lost.
      input.setPointerCapture(event.pointerId);
      input.addEventListener("pointermove", move);
      input.addEventListener("pointerup", end, { once: true });
      input.addEventListener("pointercancel", end, { once: true });
    });

    function refresh(always) {
      const words = String(value()).replace("-", "−");
      if (always || document.activeElement !== input || Number(input.value.replace("−", "-")) !== value())
        input.value = words;
      input.setAttribute("aria-valuenow", value());
    }
    page.inputs.push(refresh);
    return input;
  }

  // A 0 or 1 to switch.
  function switched(page, path, label, words) {
    const button = el("button", { type: "button", class: "switch", "aria-label": label, "data-path": path });
    button.addEventListener("click", () => page.change(path, 1 - Unroller.get(page.setting, path)));
    page.inputs.push(() => {
      const on = Unroller.get(page.setting, path) === 1;
      button.setAttribute("aria-pressed", on);
      button.textContent = words(on);
    });
    return button;
  }

  Object.assign(Unroller, { format, shown, refreshNumber, changeable, switched });
}
