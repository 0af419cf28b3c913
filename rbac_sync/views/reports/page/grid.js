"use strict";

/** The matrix: a row a principal, a column a scope; what is shown of it, and moving about in it. */

const MOST_CELLS = 25000;
const EFFECTS = {
  gain: "gains permissions",
  loss: "loses permissions",
  both: "gains and loses permissions",
  other: "the same permissions, by another way or term",
};
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const matrix = document.getElementById("matrix");
const effects = content.cells.map(effect);
const patterns = content.cells.map(pattern);
const alikeChanging = content.alike.map((alike) => changing(alike.cells));
let shown = { rows: [], columns: [] };

/** Return what a cell looks like: most are alike, and a copy is made faster than an element. */
function pattern(cell, number) {
  const gone = cell.after === NONE && cell.before !== NONE;
  const sign = roleSign(gone ? cell.before : cell.after);
  const was = gone ? `was ${roleTitle(cell.before)}` : "";
  const said = [sign, was, roleTitle(cell.after), EFFECTS[effects[number]]].filter(Boolean).join(", ");
  const kinds = [roleClass(cell.after), effects[number], gone ? "gone" : ""];
  return element("td", { class: kinds.join(" ").trim(), "aria-label": said }, sign);
}

/** Show the rows and columns that have something that fits; what does not is faded. */
function render(wish, most = MOST_CELLS) {
  const fits = content.cells.map((cell, number) =>
    (wish.role === "" || [cell.after, cell.before].includes(Number(wish.role)))
    && (!wish.changes || effects[number] !== ""));
  const strict = wish.role !== "" || wish.changes;
  const scopes = [...content.scopes.keys()].filter((at) => matches(content.scopes[at].name, wish.scope));
  const rows = content.principals.filter((who) =>
    wish.groups.has(who.group)
    && matches(`${who.name} ${who.note ?? ""}`, wish.principal)
    && (!strict || scopes.some((at) => fits[cellNumber(who, at)])));
  const columns = strict ? scopes.filter((at) => rows.some((who) => fits[cellNumber(who, at)])) : scopes;
  const room = Math.max(1, Math.floor(most / Math.max(columns.length, 1)));
  shown = { rows: rows.slice(0, room), columns };
  const left = rows.length - shown.rows.length;
  matrix.replaceChildren(table(fits), ...(left > 0 ? [more(left, wish)] : []));
  return { rows, columns };
}

/** Return the scopes, by number, in which one of *cells* changes. */
function changing(cells = {}) {
  return Object.keys(cells).map(Number).filter((at) => effects[cells[at]]);
}

/** Return how many cells of these rows and columns change. */
function countChanging(rows, columns) {
  const visible = new Set(columns);
  return rows.reduce((count, who) => {
    const shared = alikeChanging[who.alike].filter((at) => who.cells?.[at] === undefined);
    return count + [...changing(who.cells), ...shared].filter((at) => visible.has(at)).length;
  }, 0);
}

function matches(text, wish) {
  const folded = text.toLowerCase();
  return wish.toLowerCase().split(/\s+/).every((word) => folded.includes(word));
}

function more(left, wish) {
  const button = element("button", { type: "button" }, `Show ${counted(left, "more principal")}`);
  button.addEventListener("click", () => render(wish, Infinity));
  return button;
}

function table(fits) {
  const scopes = shown.columns.map((at) => content.scopes[at]);
  const heads = scopes.map((scope) =>
    element("th", { scope: "col", title: scope.name, class: scope.note ? "passing" : "" },
      element("span", {}, named(scope.name))));
  const head = element("thead", {}, element("tr", {}, element("th", {}, "Principal"), heads));
  const found = element("table", { role: "grid", "aria-label": "Access" }, head);
  for (const group of new Set(shown.rows.map((who) => who.group))) {
    const rows = shown.rows.filter((who) => who.group === group);
    const title = element("th", { scope: "rowgroup" }, `${group} (${rows.length.toLocaleString("en")})`);
    const fill = element("td", { class: "fill", colspan: Math.max(heads.length, 1) });
    const above = element("tr", { class: "group" }, title, fill);
    found.append(element("tbody", {}, above, rows.map((who) => row(who, fits))));
  }
  found.style.setProperty("--columns", heads.length);
  const first = found.querySelector("tr[data-row] td");
  if (first) first.tabIndex = 0;
  return found;
}

function row(who, fits) {
  const note = who.note ? [" ", element("small", {}, who.note)] : [];
  const head = element("th", { scope: "row", title: who.name }, named(who.name), note);
  const found = element("tr", { "data-row": shown.rows.indexOf(who) }, head);
  for (const at of shown.columns) {
    const number = cellNumber(who, at);
    const cell = patterns[number].cloneNode(true);
    if (!fits[number]) cell.classList.add("faded");
    found.append(cell);
  }
  return found;
}

/** Explain the cell, and mark it as the one that is explained. */
function choose(cell) {
  matrix.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
  cell.setAttribute("aria-selected", "true");
  focusOn(cell);
  const detail = { who: shown.rows[cell.parentNode.dataset.row], at: shown.columns[cell.cellIndex - 1] };
  explainCell(detail.who, detail.at);
  matrix.dispatchEvent(new CustomEvent("explained", { detail }));
}

/** Return the cell of the principal *name* in a scope, if it is shown. */
function cellAt(name, at) {
  const [row, column] = [shown.rows.findIndex((who) => who.name === name), shown.columns.indexOf(at)];
  const found = matrix.querySelector(`tr[data-row="${row}"]`);
  return column < 0 ? undefined : found?.cells[column + 1];
}

function focusOn(cell) {
  const last = matrix.querySelector("td[tabindex]");
  if (last) last.removeAttribute("tabindex");
  cell.tabIndex = 0;
  cell.focus();
}

function move(cell, [down, right]) {
  const rows = [...matrix.querySelectorAll("tr[data-row]")];
  const row = rows[rows.indexOf(cell.parentNode) + down];
  const next = row?.cells[cell.cellIndex + right];
  if (next?.matches("td")) focusOn(next);
}

function cellOf(event) {
  return event.target.closest("tr[data-row] td");
}

matrix.addEventListener("click", (event) => {
  const cell = cellOf(event);
  if (cell) choose(cell);
});

matrix.addEventListener("keydown", (event) => {
  const cell = cellOf(event);
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in STEPS) move(cell, STEPS[event.key]);
  else if (event.key === "Enter" || event.key === " ") choose(cell);
  else return;
  event.preventDefault();
});
