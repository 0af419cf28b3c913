"use strict";

/** What all parts use: the content, elements, and how a role is shown. */

const content = JSON.parse(document.getElementById("content").textContent);

const NONE = -1;
const MIXED = -2;

/** Return an element; what is put into it is text unless it is an element itself. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** Return an element of a drawing. */
function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function filled(found, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
  found.append(...children.flat());
  return found;
}

/** Return a name from outside: isolated, so that its letters order nothing beside it. */
function named(text) {
  return element("bdi", {}, text);
}

function counted(count, thing) {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}

function roleTitle(number) {
  if (number === NONE) return "no access";
  return number === MIXED ? "several roles" : content.roles[number].title;
}

function roleSign(number) {
  if (number === NONE) return "";
  return number === MIXED ? "+" : content.roles[number].sign;
}

function roleClass(number) {
  if (number === NONE) return "none";
  return number === MIXED ? "mixed" : `shade-${content.roles[number].shade}`;
}

/** Return a role as its sign and its name, or what else is to be said of it. */
function roleShown(number, said = named(roleTitle(number))) {
  const chip = element("span", { class: `chip ${roleClass(number)}` }, roleSign(number) || "–");
  return element("span", { class: "role" }, chip, " ", said);
}

/** Return the number of somebody's cell in a scope: its own, or that of all who are alike. */
function cellNumber(who, at) {
  return who.cells?.[at] ?? content.alike[who.alike].cells[at] ?? content.nothing;
}

/** Return the lines of the configuration that change somebody's cell in a scope. */
function linesOf(who, at) {
  if (at === 0 || who.cells?.[at] !== undefined) return who.places?.[at] ?? [];
  return [...new Set([...(content.alike[who.alike].places[at] ?? []), ...(who.lines ?? [])])].sort();
}

/** Return what a plan does to a cell: gain, loss, both, or other for the same by another way. */
function effect(cell) {
  if (cell.gained) return cell.lost ? "both" : "gain";
  if (cell.lost) return "loss";
  return cell.was.join() === cell.will.join() ? "" : "other";
}
