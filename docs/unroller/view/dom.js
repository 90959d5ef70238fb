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

  // A choice with its label, which stays where it is and follows what `read` returns. Options are [value, words] or
  // [heading, options].
  function choice(page, id, label, read, options, onchange) {
    const select = el("select", { id, onchange: (event) => onchange(event.target.value) });
    for (const [value, words] of options) {
      const inner = Array.isArray(words) ? words.map(([key, text]) => el("option", { value: key }, text)) : null;
      select.append(inner ? el("optgroup", { label: value }, inner) : el("option", { value }, words));
    }
    page.inputs.push(() => (select.value = read()));
    return el("label", { class: "field" }, el("span", {}, label), select);
  }

  Unroller.el = el;
  Unroller.choice = choice;
}
