/* Only comfort: every page works without it. */
"use strict";

// One more empty row of a formset, from its <template>; without scripts the same button asks the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=more]");
  if (!button) return;
  const template = document.querySelector(`template[data-rows="${button.value}"]`);
  const total = document.querySelector(`[name="${button.value}-TOTAL_FORMS"]`);
  if (!template || !total) return;
  event.preventDefault();
  const place = document.createElement("div");
  place.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
  total.value = String(Number(total.value) + 1);
  const row = place.firstElementChild;
  button.before(row);
  if (window.htmx) window.htmx.process(row);
  const first = row.querySelector("input:not([type=hidden])");
  if (first) first.focus();
});

// Menus close when one clicks elsewhere or presses Escape.
const menus = () => document.querySelectorAll(".account[open], .menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of menus()) menu.open = false;
});
// A form that was changed asks before it is left.
let changed = false;
document.addEventListener("input", (event) => { if (event.target.closest("form.careful")) changed = true; });
document.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
