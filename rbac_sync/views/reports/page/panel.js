"use strict";

/** The panel that explains one cell or one role. */

const panel = document.getElementById("panel");
const explanation = document.getElementById("explanation");
const MOST_OPEN = 12;

function show(heading, ...parts) {
  explanation.replaceChildren(element("h2", {}, heading), ...parts.flat());
  panel.dataset.open = "";
  panel.scrollTop = 0;
}

function explainCell(who, at) {
  const cell = content.cells[cellNumber(who, at)];
  const scope = content.scopes[at];
  const notes = [
    who.note ? [named(who.name), `: ${who.note}`] : [],
    scope.note ? [named(scope.place), `: ${scope.note}`] : [],
  ];
  show(
    [named(who.name), " in ", named(scope.place)],
    notes.filter((note) => note.length).map((note) => element("p", { class: "hint" }, note)),
    rolesOf(cell),
    permissions("gain", "gains", content.sets[cell.gained]),
    permissions("loss", "loses", content.sets[cell.lost]),
    effect(cell) ? places(linesOf(who, at)) : [],
    ways(effect(cell) ? "After the plan" : "How", cell.will),
    effect(cell) ? ways("Before the plan", cell.was) : [],
  );
}

function rolesOf(cell) {
  const before = cell.before === cell.after ? [] : [roleShown(cell.before), " → "];
  return element("p", {}, before, roleShown(cell.after));
}

function ways(heading, numbers) {
  const items = numbers.map((number) => {
    const way = content.ways[number];
    return element("li", {}, way.shut, named(way.text), permissions("", "", content.sets[way.granted]));
  });
  const list = items.length ? element("ul", { class: "ways" }, items) : element("p", {}, "no access");
  return [element("h3", {}, heading), list];
}

/** Return permissions by number; of those that come or go some are shown without being asked. */
function permissions(kind, verb, numbers) {
  if (kind && !numbers.length) return [];
  const items = numbers.map((number) => {
    const { name, title } = content.permissions[number];
    return element("li", {}, element("code", {}, named(name)), title ? ` ${title}` : "");
  });
  const open = kind && numbers.length <= MOST_OPEN ? { open: "" } : {};
  return element(
    "details",
    { class: `set ${kind}`, ...open },
    element("summary", {}, `${verb} ${counted(numbers.length, "permission")}`.trim()),
    element("ul", {}, items),
  );
}

function places(found) {
  const items = found.map((place) => element("li", {}, element("code", {}, named(place))));
  return items.length ? [element("h3", {}, "Because of"), element("ul", {}, items)] : [];
}

function explainRole(number) {
  const role = content.roles[number];
  const [before, after] = [role.before, role.after].map((set) => content.sets[set] || []);
  const fate = role.before === NONE ? "; new" : role.after === NONE ? "; will be gone" : "";
  const kind = `${role.custom ? "custom" : "built-in"} ${role.level} role${fate}`;
  show(
    roleShown(number),
    element("p", { class: "hint" }, kind),
    role.description ? element("p", {}, named(role.description)) : [],
    role.base.map((base) => element("p", {}, "builds on ", roleShown(base))),
    role.implies.map((below) => element("p", {}, "is ", roleShown(below), " in every workspace")),
    permissions("gain", "gains", without(after, before)),
    permissions("loss", "loses", without(before, after)),
    element("h3", {}, "Grants"),
    permissions("", "", role.after === NONE ? before : after),
  );
}

function without(numbers, others) {
  return numbers.filter((number) => !others.includes(number));
}
