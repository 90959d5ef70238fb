// The page: one setting, one mistake or none, one moment, one row and step to look into. All of it is in the address.
"use strict";

{
  const { moments, STEPS, ROWS } = Unroller;
  const SECTIONS = ["controls", "chooser", "planted", "stepper", "story", "timeline", "inside", "weights"];
  // What one chooses from lists stays where it is, so that several letters typed there find one word.
  const FOLLOWING = SECTIONS.slice(2);

  const page = { setting: Unroller.start(), mistake: null, moment: 1, row: 0, look: 0 };
  // What follows the computation, by section: numbers to read, and all else that is written anew.
  const following = {};

  // Browsers count how often an address is written, so it follows when a drag has come to rest, for these milliseconds.
  const REST = 250;
  let writing = null;

  function compute() {
    page.right = Unroller.compute(page.setting);
    const mistake = Unroller.findMistake(page.mistake);
    page.result = mistake ? Unroller.compute(page.setting, mistake) : page.right;
  }

  // Show what was computed, in the elements that are there.
  function show() {
    for (const { slots, inputs } of Object.values(following)) {
      for (const slot of slots) Unroller.refreshNumber(slot, page.result, page.right);
      for (const follow of inputs) follow();
    }
    clearTimeout(writing);
    writing = setTimeout(writeAddress, REST);
  }

  function writeAddress() {
    clearTimeout(writing);
    const more = { mistake: page.mistake, moment: page.moment, row: page.row, look: page.look };
    history.replaceState(null, "", `#${Unroller.toAddress(page.setting, more)}`);
  }

  function refresh() {
    compute();
    show();
  }

  // Make the elements of some sections anew, and give the focus back to the one that had it.
  function rebuild(sections = SECTIONS) {
    const focused = document.activeElement;
    const again = focused?.id
      ? `#${focused.id}`
      : focused?.dataset?.path
        ? `[data-path="${focused.dataset.path}"]`
        : null;
    compute();
    for (const name of sections) {
      following[name] = { slots: [], inputs: [] };
      Object.assign(page, following[name]);
      document.getElementById(name).replaceChildren(...Unroller[name](page));
    }
    show();
    if (again && document.activeElement === document.body) document.querySelector(again)?.focus();
  }

  // For those who hear the page.
  const say = (words) => (document.getElementById("said").textContent = words);

  // A setting whose elements differ: dropout shows masks, and windows have lines of their own.
  const shape = () =>
    JSON.stringify([Object.values(page.setting.keep).map((keep) => keep < 1), page.setting.window > 0]);

  page.refresh = refresh;
  page.change = (path, value) => {
    const before = shape();
    Unroller.set(page.setting, path, value);
    if (shape() === before) refresh();
    else rebuild(FOLLOWING);
  };
  page.resize = (sizes) => {
    page.setting = Unroller.changed(page.setting, sizes);
    const mistake = Unroller.findMistake(page.mistake);
    if (mistake && !mistake.cells.includes(page.setting.cell)) page.mistake = null;
    rebuild(FOLLOWING);
  };
  page.plant = (id) => {
    page.mistake = id;
    if (id) {
      page.setting = Unroller.prepared(page.setting, Unroller.findMistake(id));
      page.moment = moments.LAST;
    }
    rebuild(FOLLOWING);
    say(document.getElementById("changes")?.textContent || "No mistake is planted.");
  };
  page.goTo = (moment) => {
    page.moment = Math.min(moments.LAST, Math.max(0, moment));
    page.look = moments.at(page.moment).t;
    rebuild(["inside"]);
    bringIntoView(page.look);
    say(`${moments.title(page.moment)}. ${moments.words(page.setting, page.moment, page.result.L)}`);
  };
  page.lookAt = (row, t) => {
    [page.row, page.look] = [row, t];
    rebuild(["inside"]);
  };
  page.drawMasks = () => {
    for (const [path] of Unroller.leaves(page.setting.masks)) {
      const keep = page.setting.keep[path[0]];
      Unroller.set(page.setting, `masks.${path}`, Number(Math.random() < keep));
    }
    refresh();
  };
  page.share = () => {
    writeAddress();
    const tell = (words) => () => (document.getElementById("shared").textContent = words);
    const failed = tell("The address of this page holds the setting: copy it from the browser.");
    if (!navigator.clipboard) failed();
    else navigator.clipboard.writeText(location.href).then(tell("Copied."), failed);
  };
  page.reset = () => {
    Object.assign(page, { setting: Unroller.start(page.setting.cell), mistake: null, moment: 1, row: 0, look: 0 });
    rebuild();
  };

  // Scroll the time line alone, never the page.
  function bringIntoView(t) {
    const scroll = document.querySelector("#timeline .scroll");
    const column = scroll.querySelector(`th[data-t="${t}"]`);
    scroll.scrollLeft = column.offsetLeft - (scroll.clientWidth - column.offsetWidth) / 2;
  }

  function open() {
    const { setting, more } = Unroller.fromAddress(decodeURI(location.hash));
    const number = (name, most, otherwise) => {
      const value = Number(more[name] ?? NaN);
      return Number.isInteger(value) && value >= 0 && value <= most ? value : otherwise;
    };
    const moment = number("moment", moments.LAST, 1);
    const mistake = Unroller.findMistake(more.mistake);
    Object.assign(page, {
      setting,
      moment,
      row: number("row", ROWS - 1, 0),
      look: number("look", STEPS - 1, moments.at(moment).t),
    });
    page.mistake = mistake && mistake.cells.includes(setting.cell) ? mistake.id : null;
    rebuild();
    writeAddress();
    bringIntoView(page.look);
  }

  // The button says what it will do.
  function followTheme(change) {
    const { dataset } = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const now = dataset.theme || system;
    if (change) dataset.theme = now === "dark" ? "light" : "dark";
    document.getElementById("theme").textContent = (dataset.theme || system) === "dark" ? "Light" : "Dark";
  }

  Unroller.page = page;
  document.getElementById("theme").addEventListener("click", () => followTheme(true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => followTheme(false));
  followTheme(false);
  window.addEventListener("hashchange", open);
  open();
}
