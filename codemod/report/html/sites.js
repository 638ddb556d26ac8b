"use strict";

/* The list of entries. Only what is near the window is in the page: the list is cut into chunks that are filled
   when they come near, and emptied when they go. */

const CHUNK = 40;
const LONG = 20;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Prose with what stands in backquotes set as code. */
function prose(text) {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? element("code", {}, part) : part));
}

/** Source without the indentation that all lines of `model` share. */
function dedent(text, model) {
  const margins = model
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => line.match(/^[ \t]*/)[0].length);
  const margin = Math.min(...margins, 200);
  return text.replace(/^[ \t]*/gm, (space) => space.slice(margin));
}

function spans(row) {
  const merged = [];
  for (const piece of row) {
    const last = merged.at(-1);
    if (last && last.kind === piece.kind && last.mark === piece.mark) last.text += piece.text;
    else merged.push({ ...piece });
  }
  return merged.map(({ kind, text, mark }) => {
    if (mark) return element("mark", { class: `${kind} ${mark}` }, text);
    return kind === "other" ? text : element("span", { class: kind }, text);
  });
}

/** The rows of an entry's source: the difference, or where nothing changes the source with the site marked. */
function sourceRows({ before, after, ahead, behind, start }) {
  const old = dedent(before, before || after);
  if (after !== null) return diff(old, dedent(after, before || after), start);
  const found = lines(old);
  if (ahead.trim() || behind.trim()) {
    const cut = before.split("\n", 1)[0].length - old.split("\n", 1)[0].length;
    markFrom(found[0], ahead.length - cut, found.length > 1 ? Infinity : old.length - behind.length);
  }
  return found.map((row, at) => ({ sign: " ", number: start + at, row }));
}

function markFrom(row, start, end) {
  let at = 0;
  for (const piece of row) {
    if (at >= start && at < end) piece.mark = "here";
    at += piece.text.length;
  }
}

/** Source as a block of numbered lines; with an `after`, as the difference. */
function codeBlock(source) {
  const rows = sourceRows(source);
  const block = element("div", { class: source.start ? "code" : "code bare" });
  for (const { sign, number, row } of rows) {
    const said = { "-": "removed: ", "+": "added: " }[sign];
    block.append(
      element(
        "div",
        { class: { "-": "row removed", "+": "row added", " ": "row" }[sign] },
        element(
          "span",
          { class: "gutter", "aria-hidden": "true" },
          number && source.start ? String(number) : "",
        ),
        element("span", { class: "sign", "aria-hidden": "true" }, sign),
        element("code", {}, ...(said ? [element("span", { class: "unseen" }, said)] : []), ...spans(row)),
      ),
    );
  }
  return rows.length > LONG ? folded(block, rows.length) : block;
}

function folded(block, count) {
  block.classList.add("folded");
  const more = element("button", { type: "button", class: "more" }, `Show all ${count} lines`);
  more.addEventListener("click", () => {
    block.classList.remove("folded");
    more.remove();
  });
  return element("div", {}, block, more);
}

function findingItem(finding, filters) {
  const item = element("li", finding.code ? {} : { class: "plain" });
  const rule = DATA.rules[finding.code];
  if (rule) {
    const href = `#${fragmentOf({ ...filters, code: new Set([finding.code]) })}`;
    item.append(
      element(
        "a",
        { class: "coded", href, title: rule.summary },
        element("b", {}, finding.code),
        ` ${rule.name}`,
      ),
    );
  }
  item.append(element("p", { class: "message" }, ...prose(finding.message)));
  if (finding.help) item.append(element("p", { class: "help" }, ...prose(finding.help)));
  return item;
}

function article(entry, position, count, filters) {
  const place = `${entry.path}:${entry.line}`;
  const made = element("article", {
    class: `site ${entry.status}`,
    tabindex: "0",
    "aria-posinset": String(position + 1),
    "aria-setsize": String(count),
    "aria-label": `${entry.path} line ${entry.line}, ${entry.said.filter(Boolean).join(" ")}`,
    "data-position": String(position),
  });
  const copy = element(
    "button",
    { type: "button", class: "copy", "data-place": place, "aria-label": `Copy ${place}` },
    "Copy",
  );
  made.append(
    element(
      "div",
      { class: "line" },
      element(
        "span",
        { class: "place" },
        entry.column ? `${entry.line}:${entry.column}` : String(entry.line),
      ),
      element("span", { class: "status" }, entry.said[0]),
      element("span", { class: "kind" }, entry.said[1]),
      copy,
    ),
  );
  if (entry.before || entry.after) made.append(codeBlock(entry));
  if (entry.findings.length) {
    made.append(
      element("ul", { class: "findings" }, ...entry.findings.map((each) => findingItem(each, filters))),
    );
  }
  return made;
}

/** The heading of a file: each of its folders, and itself, is a link that filters by it. */
function fileHeading(path, filters) {
  const parts = path.split("/");
  const heading = element("h2", { class: "path" });
  parts.forEach((part, at) => {
    const folder = parts.slice(0, at + 1).join("/");
    const href = `#${fragmentOf({ ...filters, folder })}`;
    heading.append(
      ...(at ? [element("span", { class: "slash" }, "/"), element("wbr")] : []),
      element("a", { href }, part),
    );
  });
  return heading;
}

class SiteList {
  constructor(root) {
    this.root = root;
    this.shown = [];
    this.chunks = [];
    this.active = -1;
    this.printing = false;
    this.observer = new IntersectionObserver((seen) => this.scrolled(seen), { rootMargin: "1200px 0px" });
    root.addEventListener("focusin", (event) => {
      const site = event.target.closest("article");
      if (site) this.active = Number(site.dataset.position);
    });
  }

  show(entries, filters) {
    this.shown = entries;
    this.filters = filters;
    this.active = -1;
    this.chunks = [];
    for (let start = 0; start < entries.length; start += CHUNK) this.chunks.push(this.chunk(start));
    this.root.replaceChildren(...this.chunks.map((chunk) => chunk.box));
    if (this.chunks.length) this.fill(this.chunks[0]);
    this.watch();
  }

  chunk(start) {
    const box = element("div", { class: "chunk", "data-chunk": String(start / CHUNK), role: "presentation" });
    const chunk = { box, start, end: Math.min(start + CHUNK, this.shown.length), filled: false };
    let height = 0;
    for (let at = start; at < chunk.end; at++) height += this.estimate(at, at === start);
    box.style.height = `${height}px`;
    return chunk;
  }

  estimate(at, isFirst) {
    const entry = this.shown[at];
    const rows = entry.before.split("\n").length + (entry.after === null ? 0 : 1);
    const heading = isFirst || entry.path !== this.shown[at - 1].path ? 52 : 0;
    return heading + 62 + 20 * Math.min(rows, LONG) + 50 * entry.findings.length;
  }

  fill(chunk) {
    if (chunk.filled) return;
    chunk.filled = true;
    const files = [];
    for (let at = chunk.start; at < chunk.end; at++) {
      const entry = this.shown[at];
      if (at === chunk.start || entry.path !== this.shown[at - 1].path) {
        files.push(element("section", { class: "module" }, fileHeading(entry.path, this.filters)));
      }
      files.at(-1).append(article(entry, at, this.shown.length, this.filters));
    }
    chunk.box.replaceChildren(...files);
    chunk.box.style.height = "";
  }

  empty(chunk, height) {
    if (!chunk.filled || this.printing || chunk.box.contains(document.activeElement)) return;
    chunk.filled = false;
    chunk.box.style.height = `${height}px`;
    chunk.box.replaceChildren();
  }

  watch() {
    this.observer.disconnect();
    for (const { box } of this.chunks) this.observer.observe(box);
  }

  scrolled(seen) {
    for (const { target, isIntersecting, boundingClientRect } of seen) {
      const chunk = this.chunks[Number(target.dataset.chunk)];
      if (chunk?.box !== target) continue;
      if (isIntersecting) this.fill(chunk);
      else this.empty(chunk, boundingClientRect.height);
    }
  }

  /** Move the focus by some sites; from nowhere, to the first that is seen. */
  move(step) {
    if (!this.shown.length) return;
    const from = this.active < 0 ? this.firstSeen() - Math.sign(step) : this.active;
    this.focus(Math.max(0, Math.min(this.shown.length - 1, from + step)));
  }

  firstSeen() {
    const seen = [...this.root.querySelectorAll("article")].find(
      (site) => site.getBoundingClientRect().top > 90,
    );
    return seen ? Number(seen.dataset.position) : 0;
  }

  focus(position) {
    this.fill(this.chunks[Math.floor(position / CHUNK)]);
    const site = this.root.querySelector(`article[data-position="${position}"]`);
    site.focus({ preventScroll: true });
    site.scrollIntoView({ block: "nearest" });
  }

  print() {
    this.printing = true;
    this.chunks.forEach((chunk) => this.fill(chunk));
  }

  printed() {
    this.printing = false;
    this.watch();
  }
}
