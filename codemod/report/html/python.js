"use strict";

/* Python source as coloured pieces, and the difference between two of them. */

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break case class continue def del elif else except finally for " +
    "from global if import in is lambda match nonlocal not or pass raise return try while with yield"
  ).split(" "),
);

const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<string>[a-z]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<number>\d[\w.]*)/,
    /(?<name>[\p{L}_][\p{L}\p{N}\p{M}_]*)/,
    /(?<other>\s+|[^])/,
  ]
    .map((part) => part.source)
    .join("|"),
  "giu",
);

/** The pieces of a text: whole words, with newlines alone, each with the kind of token that it is part of. */
function pieces(text) {
  const found = [];
  for (const token of text.matchAll(TOKEN)) {
    let kind = Object.keys(token.groups).find((name) => token.groups[name] !== undefined);
    if (kind === "name") {
      if (KEYWORDS.has(token[0])) kind = "keyword";
      else if (text[token.index + token[0].length] === "(") kind = "call";
    }
    for (const [word] of token[0].matchAll(/[\p{L}\p{N}\p{M}_]+|\n|[^\S\n]+|[^]/gu)) {
      found.push({ kind, text: word, mark: "" });
    }
  }
  return found;
}

/** The pieces of each line of a text; of no line where the text is empty. */
function lines(text) {
  const rows = text ? [[]] : [];
  for (const piece of pieces(text)) {
    if (piece.text === "\n") rows.push([]);
    else rows[rows.length - 1].push(piece);
  }
  return rows;
}

const TOO_MANY = 400_000;

/** The longest common subsequence of two lists of strings, as pairs of positions. */
function common(a, b) {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const pairs = Array.from({ length: start }, (_, at) => [at, at]);
  pairs.push(...inner(a, b, start, a.length - end, b.length - end));
  for (let at = end; at > 0; at--) pairs.push([a.length - at, b.length - at]);
  return pairs;
}

function inner(a, b, start, endA, endB) {
  const height = endA - start;
  const width = endB - start;
  if (height * width === 0 || height * width > TOO_MANY) return [];
  const best = Array.from({ length: height + 1 }, () => new Uint16Array(width + 1));
  for (let i = height - 1; i >= 0; i--) {
    for (let j = width - 1; j >= 0; j--) {
      best[i][j] =
        a[start + i] === b[start + j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
    }
  }
  const pairs = [];
  for (let i = 0, j = 0; i < height && j < width;) {
    if (a[start + i] === b[start + j]) pairs.push([start + i++, start + j++]);
    else if (best[i + 1][j] >= best[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Mark the pieces of the removed and the added lines that the others do not have. */
function emphasize(removed, added) {
  const [old, now] = [removed.flat(), added.flat()];
  for (const piece of [...old, ...now]) piece.mark = "changed";
  const pairs = common(
    old.map((piece) => piece.text),
    now.map((piece) => piece.text),
  );
  for (const [i, j] of pairs) old[i].mark = now[j].mark = "";
}

/** The rows of a diff: the sign, the number of the line before (0 where there is none), and its pieces. */
function diff(before, after, first) {
  const [old, now] = [lines(before), lines(after)];
  const told = (row) => row.map((piece) => piece.text).join("");
  const rows = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...common(old.map(told), now.map(told)), [old.length, now.length]]) {
    const [removed, added] = [old.slice(i, nextI), now.slice(j, nextJ)];
    if (removed.length && added.length) emphasize(removed, added);
    removed.forEach((row, at) => rows.push({ sign: "-", number: first + i + at, row }));
    added.forEach((row) => rows.push({ sign: "+", number: 0, row }));
    if (nextI < old.length) rows.push({ sign: " ", number: first + nextI, row: old[nextI] });
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return rows;
}
