"use strict";

/** The page: filter, legend, drawing, theme and address, put together once. */

const form = document.getElementById("filter");
const field = (name) => form.elements[name];
const boxes = () => [...form.querySelectorAll("[name=group]")];
const anythingChanges = content.cells.some((cell) => effect(cell));

/** The cell that the panel explains, as the address names it; else nothing. */
let explained = {};

function wish() {
  return {
    principal: field("principal").value.trim(),
    scope: field("scope").value.trim(),
    role: field("role").value,
    changes: field("changes").checked,
    groups: new Set(boxes().filter((box) => box.checked).map((box) => box.value)),
  };
}

function refresh() {
  const { rows, columns } = render(wish());
  document.getElementById("count").value = `${counted(rows.length, "principal")}, `
    + `${counted(columns.length, "scope")}, ${counted(countChanging(rows, columns), "cell")} changing`;
}

/** Write the filter and the explained cell into the address, so that it can be sent to somebody. */
function keepAddress() {
  const { principal, scope, role, changes, groups } = wish();
  const hidden = boxes().map((box) => box.value).filter((group) => !groups.has(group));
  const state = { principal, scope, role, ...explained };
  if (changes !== anythingChanges) state.changes = changes ? "only" : "all";
  if (hidden.length) state.without = hidden.join(",");
  const told = new URLSearchParams(Object.entries(state).filter(([, value]) => value));
  history.replaceState(null, "", `#${told}`);
}

/** Show what the address says. */
function followAddress() {
  const state = new URLSearchParams(location.hash.slice(1));
  const hidden = (state.get("without") ?? "").split(",");
  reset();
  for (const name of ["principal", "scope", "role"]) field(name).value = state.get(name) ?? "";
  if (state.has("changes")) field("changes").checked = state.get("changes") === "only";
  for (const box of boxes()) box.checked = !hidden.includes(box.value);
  explained = {};
  refresh();
  if (state.has("who")) explainNamed(state.get("who"), state.get("in"));
}

/** Explain the cell of a principal in a workspace, or in the account; show all if it is hidden. */
function explainNamed(who, workspace) {
  const at = content.scopes.findIndex(({ name }, n) => workspace === null || (n && name === workspace));
  if (!cellAt(who, at)) {
    form.reset();
    field("changes").checked = false;
    refresh();
  }
  const cell = cellAt(who, at);
  if (!cell) return;
  choose(cell);
  cell.scrollIntoView({ block: "center", inline: "center" });
}

function groupBoxes() {
  return [...new Set(content.principals.map((who) => who.group))].map((group) => {
    const box = element("input", { type: "checkbox", name: "group", value: group, checked: "" });
    return element("label", {}, box, ` ${group}`);
  });
}

function roleChoices() {
  return [...content.roles.keys(), MIXED, NONE].map((number) => {
    const level = number < 0 ? "" : ` (${content.roles[number].level})`;
    return element("option", { value: number }, `${roleTitle(number)}${level}`);
  });
}

/** Return a line for each level, one for what stands for several roles, one for the marks. */
function legend() {
  const used = new Set(content.cells.flatMap((cell) => [cell.before, cell.after]));
  const lines = ["account", "workspace"].map((level) =>
    [...content.roles.keys()]
      .filter((number) => content.roles[number].level === level && used.has(number))
      .map((number) => roleShown(number)));
  const several = "several roles, none of which grants all of it";
  if (used.has(MIXED)) lines[1].push(roleShown(MIXED, several));
  const marks = Object.entries(EFFECTS).map(([kind, said]) =>
    element("span", { class: "role" }, element("span", { class: `chip none ${kind}` }), ` ${said}`));
  return [["Account", lines[0]], ["Workspaces", lines[1]], ["The plan", marks]]
    .filter(([, shown]) => shown.length)
    .map(([name, shown]) => element("p", {}, element("b", {}, name), " ", shown.flat()));
}

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** Return how long ago a time was, as people say it. */
function age(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, size] = UNITS.find((each) => Math.abs(seconds) >= each[1]) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en").format(Math.trunc(seconds / size), unit);
}

function explainPicked(event) {
  const picked = event.target.closest("[data-role]");
  if (!picked || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
  event.preventDefault();
  explainRole(Number(picked.dataset.role));
}

document.getElementById("groups").append(...groupBoxes());
document.getElementById("role").append(...roleChoices());
document.getElementById("legend").append(...legend());
document.querySelector("details.legend").open = matchMedia("(min-width: 70rem)").matches;
for (const time of document.querySelectorAll("time")) time.after(` (${age(time.dateTime)})`);
const graph = document.getElementById("roles");
graph.append(drawRoles());
graph.addEventListener("click", explainPicked);
graph.addEventListener("keydown", explainPicked);

function reset() {
  form.reset();
  field("changes").checked = anythingChanges;
}

form.addEventListener("input", () => {
  refresh();
  keepAddress();
});
document.getElementById("clear").addEventListener("click", () => {
  reset();
  refresh();
  keepAddress();
});
form.addEventListener("submit", (event) => event.preventDefault());
matrix.addEventListener("explained", ({ detail: { who, at } }) => {
  explained = at ? { who: who.name, in: content.scopes[at].name } : { who: who.name };
  keepAddress();
});
document.getElementById("close").addEventListener("click", () => {
  delete panel.dataset.open;
  explained = {};
  keepAddress();
});
document.getElementById("theme").addEventListener("change", (event) => {
  document.documentElement.dataset.theme = event.target.value;
});
addEventListener("hashchange", followAddress);
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});

followAddress();
document.documentElement.dataset.ready = "";
