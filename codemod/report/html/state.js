"use strict";

/* What the page shows: the entries of the report, and the filters, which live in the address's fragment. */

const DATA = JSON.parse(document.getElementById("data").textContent);

const WOULD_BE = DATA.written ? "" : "would be ";
const LABELS = {
  migrated: `${WOULD_BE}migrated`,
  review: "to review",
  blocked: "blocked",
  ignored: "ignored",
  change: `${WOULD_BE}changed`,
  error: "file error",
  warning: "warning",
};
const figure = (count) => count.toLocaleString("en-US");

const SITES = ["migrated", "review", "blocked", "ignored"];

const FINDINGS = DATA.findings.map(([code, message, help]) => ({
  code,
  message,
  help: help ?? DATA.rules[code].advice,
}));

const ENTRIES = DATA.entries.map(
  ([path, line, column, status, kind, found, start, ahead, before, after, behind], at) => {
    const findings = found.map((number) => FINDINGS[number]);
    const place = `${DATA.paths[path]}:${line}`;
    const subject = status === "change" ? ({ all: "__all__" }[kind] ?? kind) : "";
    const told = findings.map(
      (each) => `${each.code} ${DATA.rules[each.code]?.name ?? ""} ${each.message} ${each.help}`,
    );
    return {
      at,
      path: DATA.paths[path],
      line,
      column,
      status,
      said: subject ? [subject, LABELS[status]] : [LABELS[status], kind],
      findings,
      start,
      ahead,
      behind,
      before: ahead + before + behind,
      after: after === null ? null : ahead + after + behind,
      codes: new Set(findings.map((each) => each.code).filter(Boolean)),
      haystack: [
        place + (column ? `:${column}` : ""),
        LABELS[status],
        subject || kind,
        ahead + before + behind,
        after ?? "",
        ...told,
      ]
        .join("\n")
        .toLowerCase(),
    };
  },
);

/** The filters in a fragment; what makes no sense in it is passed over. */
function parseFragment(fragment) {
  const given = new Map();
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const [key, value = ""] = part.split(/=(.*)/s);
    try {
      given.set(key, decodeURIComponent(value));
    } catch {
      given.set(key, "");
    }
  }
  const several = (key) => (given.get(key) ?? "").split(",").filter(Boolean);
  return {
    verdict: new Set(several("verdict").filter((status) => Object.hasOwn(LABELS, status))),
    code: new Set(several("code").filter((code) => /^CTX\d+$/.test(code))),
    folder: given.get("folder") ?? "",
    text: given.get("text") ?? "",
  };
}

/** The fragment for some filters, empty for none. */
function fragmentOf(filters) {
  const values = {
    verdict: [...filters.verdict].sort().join(","),
    code: [...filters.code].sort().join(","),
    folder: filters.folder,
    text: filters.text,
  };
  const readable = (value) =>
    encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":");
  return Object.entries(values)
    .filter(([, value]) => value)
    .map(([key, value]) => `${key}=${readable(value)}`)
    .join("&");
}

/** The filters with one value of a set switched. */
function toggled(filters, facet, value) {
  const values = new Set(filters[facet]);
  if (!values.delete(value)) values.add(value);
  return { ...filters, [facet]: values };
}

function isUnder(path, folder) {
  return !folder || path === folder || path.startsWith(`${folder}/`);
}

/** The entries that pass all filters, and for each facet those that pass all the others. */
function apply(filters) {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const passing = { all: [], verdict: [], code: [], folder: [] };
  for (const entry of ENTRIES) {
    if (!words.every((word) => entry.haystack.includes(word))) continue;
    const failed = [];
    if (filters.verdict.size && !filters.verdict.has(entry.status)) failed.push("verdict");
    if (filters.code.size && ![...entry.codes].some((code) => filters.code.has(code))) failed.push("code");
    if (!isUnder(entry.path, filters.folder)) failed.push("folder");
    if (failed.length > 1) continue;
    for (const facet of failed.length ? failed : ["all", "verdict", "code", "folder"])
      passing[facet].push(entry);
  }
  return passing;
}
