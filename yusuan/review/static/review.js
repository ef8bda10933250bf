"use strict";
// Choosing a cell lights up its box on the page and loads its figure; keys do what buttons do.

const all = (query, root = document) => [...root.querySelectorAll(query)];

function mark(cell, name, reveal) {
  for (const one of all("[data-cell]")) {
    if (one.dataset.cell !== cell || one.classList.contains("other")) continue;
    one.classList.add(name);
    if (reveal) one.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function light(cell) {
  for (const name of ["chosen", "related"]) for (const one of all("." + name)) one.classList.remove(name);
  if (!cell) return;
  for (const other of all("#panel a.other")) mark(other.dataset.cell, "related", false);
  mark(cell, "chosen", true);
}

let asked = 0; // the latest choice wins, whichever answer comes first

async function choose(cell) {
  const main = document.querySelector("main[data-doc]");
  if (!main) return;
  const mine = ++asked;
  main.dataset.cell = cell;
  light(cell);
  const answer = await fetch(`/figure/${main.dataset.doc}?` + new URLSearchParams({ cell }));
  if (!answer.ok || mine !== asked) return;
  const text = await answer.text();
  if (mine !== asked) return;
  document.getElementById("panel").innerHTML = text;
  const address = new URL(location.href);
  address.search = new URLSearchParams({ cell });
  history.replaceState(null, "", address);
  light(cell);
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest("td[data-cell], rect[data-cell]");
  if (cell) choose(cell.dataset.cell);
});

function follow(id) {
  const link = document.getElementById(id);
  if (link) link.click();
}

// A key chooses what to do; then Enter goes from field to field and at last decides.
function press(key) {
  const form = document.querySelector("#panel form.decide");
  const button = form && form.querySelector(`button[data-key="${key}"]`);
  if (!button) return;
  for (const one of all("button.on", form)) one.classList.remove("on");
  button.classList.add("on");
  const project = key === "r" && form.elements.column.querySelector('option[value="project_id"]');
  if (project) project.selected = true;
  go(form);
}

function go(form) {
  const button = form.querySelector("button.on");
  const output = form.querySelector("output");
  if (!button) {
    if (output) output.textContent = "先选 a c p choose a, c or p first (Esc, then the key)";
    return;
  }
  const needs = ["c", "r"].includes(button.dataset.key) ? [form.elements.new, form.elements.why] : [form.elements.why];
  const empty = needs.find((field) => !field.value.trim());
  if (empty) empty.focus();
  else button.click();
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest("#panel form.decide");
  if (event.key !== "Enter" || event.isComposing || !form || !event.target.matches("input")) return;
  event.preventDefault();
  go(form);
});

function step(by) {
  const rows = all("table.queue tbody tr");
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("chosen"));
  const next = Math.min(Math.max(at + by, 0), rows.length - 1);
  rows.forEach((row, i) => row.classList.toggle("chosen", i === next));
  rows[next].querySelector("a.item").focus();
}

function move(rows, columns) {
  const from = document.querySelector("td.chosen");
  if (!from) return;
  const line = from.parentElement;
  const target = columns
    ? line.cells[from.cellIndex + columns]
    : (rows > 0 ? line.nextElementSibling : line.previousElementSibling)?.cells[from.cellIndex];
  if (target) choose(target.dataset.cell);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const acts = {
    j: () => step(1), k: () => step(-1), n: () => follow("next"), q: () => follow("queue"),
    "[": () => follow("before"), "]": () => follow("after"),
    a: () => press("a"), c: () => press("c"), p: () => press("p"), r: () => press("r"),
    ArrowRight: () => move(0, 1), ArrowLeft: () => move(0, -1),
    ArrowDown: () => move(1, 0), ArrowUp: () => move(-1, 0),
  };
  const act = acts[event.key];
  if (!act || (event.key.startsWith("Arrow") && !document.querySelector("td.chosen"))) return;
  event.preventDefault();
  act();
});

const start = document.querySelector("main[data-cell]");
if (start) light(start.dataset.cell);
