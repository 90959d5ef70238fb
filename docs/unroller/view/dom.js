// Elements of the page: el("button", { class: "small", onclick: f }, "text", …).
"use strict";

{
  function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value);
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  }

  // A choice among few, with its label.
  function choice(label, value, options, onchange, attributes = {}) {
    const select = el("select", { ...attributes, onchange: (event) => onchange(event.target.value) });
    for (const [key, text] of options) select.append(el("option", { value: key, selected: key === String(value) }, text));
    return el("label", { class: "field" }, el("span", {}, label), select);
  }

  Unroller.el = el;
  Unroller.choice = choice;
}
