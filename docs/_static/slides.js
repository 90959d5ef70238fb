// One slide at a time: arrow keys, space, Page Up and Down, Home and End; a click on the right or left half. n: notes.
const slides = [...document.querySelectorAll(".slide")];
const notes = document.querySelectorAll(".note");
let now = 0;

function show(number) {
  now = Math.max(0, Math.min(slides.length - 1, number));
  slides.forEach((slide, index) => (slide.hidden = index !== now));
  history.replaceState(null, "", `#${now + 1}`);
  fit(slides[now]);
}

// Make the letters of a slide smaller until it is in view.
function fit(slide) {
  for (let size = 1.5; size >= 0.8; size -= 0.1) {
    slide.style.fontSize = `${size}rem`;
    if (slide.getBoundingClientRect().bottom <= innerHeight) break;
  }
}

const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in steps) show(now + steps[event.key]);
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else if (event.key === "n") {
    notes.forEach((note) => (note.hidden = !note.hidden));
    fit(slides[now]);
  } else return;
  event.preventDefault();
});
document.querySelector("article").addEventListener("click", (event) => {
  if (!event.target.closest("a")) show(now + (event.clientX < innerWidth / 3 ? -1 : 1));
});
addEventListener("resize", () => fit(slides[now]));
document.body.classList.add("shown");
show(Number(location.hash.slice(1) || 1) - 1);
