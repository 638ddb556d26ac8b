"use strict";

/* The page as a whole: what a click or key does, and the way between the fragment and what is shown. */

const list = new SiteList(document.getElementById("list"));
const search = document.getElementById("search");
let filters = parseFragment(location.hash);

function show() {
  const passing = apply(filters);
  showVerdicts(filters, passing.verdict);
  showCodes(filters, passing.code);
  showRules(filters);
  showFolders(filters, passing.folder);
  list.show(passing.all, filters);
  if (search.value !== filters.text) search.value = filters.text;
  const isFiltered = fragmentOf(filters) !== "";
  const [found, all] = [passing.all.length, ENTRIES.length].map(figure);
  document.getElementById("count").textContent = isFiltered
    ? `Showing ${found} of ${all}`
    : `Showing all ${all}`;
  document.getElementById("clear").hidden = !isFiltered;
  document.getElementById("nothing").hidden = passing.all.length > 0;
  document.getElementById("filtered").textContent = isFiltered ? `Filtered by ${fragmentOf(filters)}` : "";
}

/** Show with other filters, as a new step of the browser's history or in place of the last one. */
function go(next, isStep = true) {
  const fragment = fragmentOf(next);
  if (fragment === fragmentOf(filters)) return;
  filters = next;
  history[isStep ? "pushState" : "replaceState"](null, "", `#${fragment}`);
  show();
  const main = document.querySelector("main");
  if (main.getBoundingClientRect().top < 0) main.scrollIntoView();
}

function say(text) {
  document.getElementById("said").textContent = text;
}

async function copy(button) {
  const { place } = button.dataset;
  try {
    await navigator.clipboard.writeText(place);
  } catch {
    copyBySelection(place);
  }
  button.textContent = "Copied";
  say(`Copied ${place}`);
  setTimeout(() => (button.textContent = "Copy"), 1500);
}

/** For pages without the clipboard's own interface, as those from a plain http server. */
function copyBySelection(text) {
  const area = element("textarea", { class: "unseen", "aria-hidden": "true" });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("a[href^='#'], button");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches("a")) {
    event.preventDefault();
    go(parseFragment(target.getAttribute("href")));
  } else if (target.dataset.verdict) go(toggled(filters, "verdict", target.dataset.verdict));
  else if (target.dataset.code) {
    go(toggled(filters, "code", target.dataset.code));
    document.querySelector(`button[data-code="${target.dataset.code}"]`).focus({ preventScroll: true });
  } else if (target.id === "clear") {
    go(parseFragment(""));
    search.focus();
  } else if (target.id === "unfold") {
    target.setAttribute("aria-expanded", String(target.getAttribute("aria-expanded") === "false"));
  } else if (target.matches(".copy")) copy(target);
});

let isTyping = false;
search.addEventListener("focus", () => (isTyping = false));
search.addEventListener("input", () => {
  go({ ...filters, text: search.value }, !isTyping);
  isTyping = true;
});

const KEYS = {
  j: () => list.move(1),
  k: () => list.move(-1),
  "/": () => search.select(),
  c: () => document.activeElement.closest("article")?.querySelector(".copy").click(),
};
const KEYS_IN_LIST = {
  ArrowDown: KEYS.j,
  ArrowUp: KEYS.k,
  Home: () => list.focus(0),
  End: () => list.focus(list.shown.length - 1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search) {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    search.blur();
    list.move(1);
    return;
  }
  const inList = event.target.matches("article") ? KEYS_IN_LIST : {};
  const act = inList[event.key] ?? KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

window.addEventListener("popstate", () => {
  filters = parseFragment(location.hash);
  show();
});
window.addEventListener("beforeprint", () => list.print());
window.addEventListener("afterprint", () => list.printed());

for (const tile of document.querySelectorAll(".tile")) tile.disabled = false;
document.getElementById("review").hidden = false;
show();
