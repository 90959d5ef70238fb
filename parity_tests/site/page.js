// What view.py asks a page of the site. Each function returns a line for each thing that is wrong.
globalThis.look = {
  // Open what is folded, and put slides one below the other, so that all of a page is looked at.
  unfold() {
    for (const details of document.querySelectorAll("details")) details.open = true;
    document.body.classList.remove("shown");
  },

  // What is not in view whole at the present width.
  outOfView() {
    const found = [];
    const width = document.documentElement.clientWidth;
    const article = document.querySelector("article") ?? document.body;
    const name = (element) => {
      const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 60);
      found.push(`out of view: ${element.tagName.toLowerCase()}: ${text}`);
    };
    const looked = "pre, math, td, th, dt, p, li, img, svg, figure, h1, h2, h3";
    for (const element of article.querySelectorAll(looked)) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest("defs, [data-scrolls]")) continue;
      const cut = element.matches("pre, td, th, dt") && element.scrollWidth > element.clientWidth + 1;
      if (box.right > width + 1 || box.left < -1 || (cut && element.clientWidth)) name(element);
    }
    if (document.documentElement.scrollWidth > width) found.push("the page is wider than the window");
    return found;
  },

  // Equations and pictures that are not shown.
  notShown() {
    const found = [];
    for (const math of document.querySelectorAll("article math")) {
      const box = math.getBoundingClientRect();
      // What stands in a hidden part, such as the notes of a slide, is not meant to be shown.
      if (math.parentElement.checkVisibility() && !(box.width > 0 && box.height > 0)) found.push(`no mathematics: ${math.textContent}`);
    }
    const walker = document.createTreeWalker(document.querySelector("article") ?? document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const raw = walker.currentNode.data.match(/\\(frac|odot|partial|text|sigma)(?![a-z])|\$\$/);
      if (raw && !walker.currentNode.parentElement.closest("pre, code, script")) found.push(`raw LaTeX: ${raw[0]}`);
    }
    for (const picture of document.querySelectorAll("article img")) {
      const source = picture.getAttribute("src");
      if (!(picture.complete && picture.naturalWidth > 0)) found.push(`no picture: ${source}`);
      if (!picture.alt.trim()) found.push(`no text alternative: ${source}`);
    }
    return found;
  },

  // Text that can hardly be told from what is behind it: the contrast that WCAG 2 asks for is 4.5.
  faint() {
    const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const light = (colour) => {
      const [red, green, blue] = numbers(colour).map((c) => linear(c / 255));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element) => {
      for (let parent = element; parent; parent = parent.parentElement) {
        const colour = getComputedStyle(parent).backgroundColor;
        if ((numbers(colour)[3] ?? 1) > 0.5) return colour;
      }
      return "rgb(255, 255, 255)";
    };
    const found = new Set();
    const seen = new Set();
    for (const element of document.querySelectorAll("article :is(p, li, td, th, h1, h2, math, .highlight span)")) {
      // One of each kind: what is of one kind, in parts of one kind, has one colour.
      const kind = `${element.tagName} ${element.className} ${element.parentElement.className}`;
      if (seen.has(kind) || !element.textContent.trim()) continue;
      seen.add(kind);
      const [low, high] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < 4.5) found.add(`contrast ${contrast.toFixed(1)}: ${element.tagName} ${element.className}`);
    }
    return [...found];
  },
};
