"use strict";

/** The page: filter, legend, drawing and theme, put together once. */

const form = document.getElementById("filter");
const field = (name) => form.elements[name];

function wish() {
  return {
    principal: field("principal").value.trim(),
    scope: field("scope").value.trim(),
    role: field("role").value,
    changes: field("changes").checked,
    groups: new Set([...form.querySelectorAll("[name=group]:checked")].map((box) => box.value)),
  };
}

function refresh() {
  const { rows, columns } = render(wish());
  document.getElementById("count").value = `${counted(rows.length, "principal")}, `
    + `${counted(columns.length, "scope")}, ${counted(countChanging(rows, columns), "cell")} changing`;
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

function explainPicked(event) {
  const picked = event.target.closest("[data-role]");
  if (!picked || (event.type === "keydown" && !["Enter", " "].includes(event.key))) return;
  event.preventDefault();
  explainRole(Number(picked.dataset.role));
}

document.getElementById("groups").append(...groupBoxes());
document.getElementById("role").append(...roleChoices());
document.getElementById("legend").append(...legend());
const graph = document.getElementById("roles");
graph.append(drawRoles());
graph.addEventListener("click", explainPicked);
graph.addEventListener("keydown", explainPicked);

form.addEventListener("input", refresh);
document.getElementById("clear").addEventListener("click", () => {
  form.reset();
  refresh();
});
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("theme").addEventListener("change", (event) => {
  document.documentElement.dataset.theme = event.target.value;
});

refresh();
document.documentElement.dataset.ready = "";
