"use strict";

/** The roles as a drawing: who includes whom, from left to right. */

const NODE = { width: 190, height: 32, gap: 12, between: 90, above: 34 };

function drawRoles() {
  const spots = placed();
  const columns = Math.max(...spots.map((spot) => spot.column), 0) + 1;
  const rows = Math.max(...spots.map((spot) => spot.row), 0) + 1;
  const width = columns * (NODE.width + NODE.between) - NODE.between + 4;
  const height = NODE.above + rows * (NODE.height + NODE.gap);
  const tip = drawn("path", { d: "M 0 0 L 8 4 L 0 8 z" });
  const arrow = { id: "tip", markerWidth: 8, markerHeight: 8, refX: 8, refY: 4, orient: "auto" };
  return drawn(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Roles" },
    drawn("defs", {}, drawn("marker", arrow, tip)),
    headings(spots),
    edges(spots),
    spots.map(node),
  );
}

/** Return for each role where it stands: its column, and its row in it, counted from 0. */
function placed() {
  const filled = [];
  return content.roles.map(({ column }) => {
    const row = filled[column] || 0;
    filled[column] = row + 1;
    return {
      column,
      row,
      x: 2 + column * (NODE.width + NODE.between),
      y: NODE.above + row * (NODE.height + NODE.gap),
    };
  });
}

function headings(spots) {
  return ["account", "workspace"].flatMap((level) => {
    const lefts = spots.filter((_, n) => content.roles[n].level === level).map((spot) => spot.x);
    const place = { class: "level", x: Math.min(...lefts), y: 18 };
    return lefts.length ? [drawn("text", place, `${level} roles`)] : [];
  });
}

function edges(spots) {
  return content.roles.flatMap((role, number) => [
    ...role.base.map((base) => edge(spots[number], spots[base], "base")),
    ...role.implies.map((below) => edge(spots[number], spots[below], "implies")),
  ]);
}

function edge(from, to, kind) {
  const [x, y] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [left, height] = [to.x - 2, to.y + NODE.height / 2];
  const middle = Math.min(NODE.between, Math.max((left - x) / 2, NODE.between / 2));
  const d = `M ${x} ${y} C ${x + middle} ${y} ${left - middle} ${height} ${left} ${height}`;
  return drawn("path", { class: `edge ${kind}`, d, "marker-end": "url(#tip)" });
}

function node({ x, y }, number) {
  const role = content.roles[number];
  const change = role.before === role.after ? "" : " changed";
  const box = { width: NODE.width, height: NODE.height, rx: 5 };
  const sign = { class: `${roleClass(number)} sign`, width: 34, height: NODE.height, rx: 5 };
  return drawn(
    "g",
    {
      class: `node${change}`,
      transform: `translate(${x} ${y})`,
      tabindex: 0,
      role: "button",
      "data-role": number,
    },
    drawn("rect", { class: "box", ...box }),
    drawn("rect", sign),
    drawn("text", { class: `${roleClass(number)} letters`, x: 17, y: 21 }, role.sign),
    drawn("text", { x: 42, y: 21 }, clipped(role.title)),
    drawn("title", {}, `${role.title}, ${role.level} role`),
  );
}

function clipped(name) {
  const letters = [...name];
  return letters.length > 17 ? `${letters.slice(0, 16).join("")}…` : name;
}
