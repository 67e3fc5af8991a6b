"use strict";
const blocks = [...document.querySelectorAll("#report tbody")].map((body) => ({
  body,
  rows: [...body.rows].map((row) => ({ row, text: null })),
}));
const search = document.getElementById("search");
const state = document.getElementById("state");
const found = document.getElementById("found");

function matches(entry, words) {
  if (state.value && entry.row.className !== state.value) return false;
  if (!words.length) return true;
  entry.text ??= entry.row.textContent.toLowerCase();
  return words.every((word) => entry.text.includes(word));
}

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { body, rows } of blocks) {
    let visible = 0;
    for (const entry of rows) {
      const hit = matches(entry, words);
      if (entry.row.hidden === hit) entry.row.hidden = !hit;
      visible += hit;
    }
    body.hidden = !visible;
    count += visible;
  }
  found.textContent = `${count.toLocaleString("en")} shown`;
}

let waiting;
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 150);
});
state.addEventListener("change", show);
document.getElementById("tools").hidden = false;
show();
