"use strict";
// Everything works without this file; with it, numbers and the preview are live.

// The message: a column is inserted where the cursor stands, and the preview follows the typing.
const writing = document.getElementById("writing");
if (writing) {
  const message = document.getElementById("message");
  const row = document.getElementById("row");
  const preview = document.getElementById("preview");
  let timer = 0, asked = 0;
  const show = async () => {
    const mine = ++asked;
    const answer = await fetch(writing.dataset.preview, { method: "POST", body: new FormData(writing) });
    const html = await answer.text();
    if (answer.ok && mine === asked) preview.innerHTML = html;
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(show, 150); };
  const step = (by) => (event) => {
    event.preventDefault();
    row.value = Math.max(1, (parseInt(row.value, 10) || 1) + by);
    show();
  };
  writing.addEventListener("input", soon);
  soon();  // something may have been typed before this script was there
  document.getElementById("before").addEventListener("click", step(-1));
  document.getElementById("after").addEventListener("click", step(1));
  for (const chip of writing.querySelectorAll("button[name=insert]")) {
    chip.addEventListener("click", (event) => {
      event.preventDefault();
      message.setRangeText(`{${chip.value}}`, message.selectionStart, message.selectionEnd, "end");
      message.focus();
      soon();
    });
  }
}

// A button that sends is pressed once, however often it is clicked.
for (const form of document.querySelectorAll("form.once")) {
  form.addEventListener("submit", () => setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }));
}

// A running campaign: the server sends the same part of the page again whenever it has changed.
const live = document.getElementById("live");
if (live && live.dataset.from) {
  const stream = new EventSource(live.dataset.from);
  stream.addEventListener("figures", (event) => { live.innerHTML = JSON.parse(event.data); });
  stream.addEventListener("turned", () => { stream.close(); location.reload(); });
}
