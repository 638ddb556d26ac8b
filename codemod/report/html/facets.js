"use strict";

/* The filters beside the list: verdicts, codes with their rules, and folders with how far along each is. */

const MOST_FOLDERS = 200;

function countBy(entries, keys) {
  const counts = new Map();
  for (const entry of entries) for (const key of keys(entry)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function showVerdicts(filters, passing) {
  const counts = countBy(passing, (entry) => [entry.status]);
  for (const tile of document.querySelectorAll(".tile")) {
    const { verdict, count } = tile.dataset;
    const found = counts.get(verdict) ?? 0;
    tile.setAttribute("aria-pressed", String(filters.verdict.has(verdict)));
    tile.querySelector("b").textContent = figure(found);
    tile.querySelector(".of").hidden = found === Number(count);
  }
}

const ALL_CODES = [...countBy(ENTRIES, (entry) => entry.codes)].sort(
  ([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1),
);

function showCodes(filters, passing) {
  const counts = countBy(passing, (entry) => entry.codes);
  const items = ALL_CODES.map(([code]) => {
    const rule = DATA.rules[code];
    const button = element(
      "button",
      {
        type: "button",
        class: `facet ${rule?.kind ?? ""}`,
        "data-code": code,
        "aria-pressed": String(filters.code.has(code)),
      },
      element("b", {}, code),
      element("span", { class: "name" }, rule?.name ?? ""),
      element("span", { class: "number" }, figure(counts.get(code) ?? 0)),
    );
    return element("li", { class: counts.get(code) ? "" : "none" }, button);
  });
  document.getElementById("codes").replaceChildren(...items);
}

/** What the rules of the chosen codes say, each with its example. */
function showRules(filters) {
  const cards = [...filters.code]
    .filter((code) => DATA.rules[code])
    .sort()
    .map((code) => {
      const rule = DATA.rules[code];
      const card = element(
        "section",
        { class: `rule ${rule.kind}`, "aria-label": code },
        element("h2", {}, element("b", {}, code), ` ${rule.name}`),
        element("p", {}, ...prose(rule.summary)),
        element("p", { class: "help" }, ...prose(rule.advice)),
      );
      if (rule.before) {
        card.append(
          codeBlock({ before: rule.before, after: rule.after || null, ahead: "", behind: "", start: 0 }),
        );
      }
      return card;
    });
  document.getElementById("rules").replaceChildren(...cards);
}

/** The rows below a folder: its files, and its folders down to where they part, worst first. */
function folderRows(filters, passing) {
  const top = filters.folder ? `${filters.folder}/` : "";
  const rows = new Map();
  for (const entry of ENTRIES) {
    if (!entry.path.startsWith(top)) continue;
    const [name, ...rest] = entry.path.slice(top.length).split("/");
    const folder = rest.length ? [name, ...rest.slice(0, -1)] : null;
    const row = rows.get(name) ?? { name, folder, found: 0, counts: {} };
    if (folder) row.folder = shared(row.folder, folder);
    row.counts[entry.status] = (row.counts[entry.status] ?? 0) + 1;
    rows.set(name, row);
  }
  for (const entry of passing) {
    if (!entry.path.startsWith(top)) continue;
    rows.get(entry.path.slice(top.length).split("/", 1)[0]).found++;
  }
  return [...rows.values()]
    .map((row) => ({
      ...row,
      label: row.folder ? `${row.folder.join("/")}/` : row.name,
      path: top + (row.folder?.join("/") ?? row.name),
    }))
    .sort(byWorst);
}

function shared(a, b) {
  const end = a.findIndex((part, at) => part !== b[at]);
  return end < 0 ? a : a.slice(0, end);
}

function byWorst(a, b) {
  for (const status of ["error", "blocked", "review", "migrated", "ignored"]) {
    const more = (b.counts[status] ?? 0) - (a.counts[status] ?? 0);
    if (more) return more;
  }
  return a.label < b.label ? -1 : 1;
}

const SVG = "http://www.w3.org/2000/svg";

/** A bar of the sites among some counts, with its figures as its name; nothing where there is no site. */
function bar(counts) {
  const sites = SITES.filter((status) => counts[status]);
  const total = sites.reduce((sum, status) => sum + counts[status], 0);
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "bar");
  made.setAttribute("viewBox", `0 0 ${total || 1} 1`);
  made.setAttribute("preserveAspectRatio", "none");
  made.setAttribute("role", "img");
  const title = document.createElementNS(SVG, "title");
  title.textContent =
    sites.map((status) => `${figure(counts[status])} ${LABELS[status]}`).join(", ") || "no sites";
  made.append(title);
  let start = 0;
  for (const status of sites) {
    const part = document.createElementNS(SVG, "rect");
    const place = { class: status, x: start, width: counts[status], height: 1 };
    for (const [key, value] of Object.entries(place)) part.setAttribute(key, value);
    made.append(part);
    start += counts[status];
  }
  return made;
}

function showFolders(filters, passing) {
  const rows = folderRows(filters, passing);
  const items = rows.slice(0, MOST_FOLDERS).map((row) => {
    const href = `#${fragmentOf({ ...filters, folder: row.path })}`;
    const link = element(
      "a",
      { class: "facet", href },
      element("span", { class: row.folder ? "name folder" : "name" }, row.label),
      element("span", { class: "number" }, figure(row.found)),
      bar(row.counts),
    );
    return element("li", { class: row.found ? "" : "none" }, link);
  });
  if (rows.length > MOST_FOLDERS) {
    items.push(element("li", { class: "rest" }, `and ${figure(rows.length - MOST_FOLDERS)} less urgent`));
  }
  document.getElementById("folders").replaceChildren(...items);
  showTrail(filters);
}

function showTrail(filters) {
  const trail = document.getElementById("trail");
  const parts = filters.folder ? filters.folder.split("/") : [];
  const steps = [["", "all"], ...parts.map((part, at) => [parts.slice(0, at + 1).join("/"), part])];
  trail.replaceChildren();
  steps.forEach(([folder, label], at) => {
    const link = element("a", { href: `#${fragmentOf({ ...filters, folder })}` }, label);
    if (at === steps.length - 1) link.setAttribute("aria-current", "true");
    trail.append(...(at ? [element("span", { class: "slash" }, "/")] : []), link);
  });
  trail.hidden = steps.length === 1;
}
