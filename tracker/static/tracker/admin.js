/* Names for what Django's administration draws without one: choices in rows, and the boxes of its autocompletion. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const text = (element) => (element ? element.textContent.trim().replace(/\s+/g, " ").replace(/:$/, "") : "");
  const named = (field) => (field.labels && field.labels.length) || field.getAttribute("aria-label")
    || field.getAttribute("aria-labelledby");

  // In a table of rows the head of the column names the field.
  function nameOf(field) {
    const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    if (label) return text(label);
    const cell = field.closest("td");
    const head = cell && cell.closest("table").querySelectorAll("thead th")[cell.cellIndex];
    return text(head) || text(field.closest(".form-row, fieldset") && field.closest(".form-row, fieldset").querySelector("label, legend, h2"));
  }

  function giveNames() {
    for (const field of document.querySelectorAll("#content select, #content textarea, #content input:not([type=hidden])")) {
      if (!named(field) && nameOf(field)) field.setAttribute("aria-label", nameOf(field));
    }
    for (const box of document.querySelectorAll(".select2-container")) {
      const field = box.previousElementSibling;
      const name = (field && field.tagName === "SELECT" && nameOf(field)) || text(document.querySelector("#content h1"));
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
        if (part.getAttribute("aria-label") === name) continue;
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", name);
      }
      // What is chosen stands beside the box to type in, so it is no list.
      for (const list of box.querySelectorAll("ul.select2-selection__rendered:not([role])")) list.setAttribute("role", "group");
      for (const item of box.querySelectorAll("ul.select2-selection__rendered > li:not([role])")) item.setAttribute("role", "none");
    }
  }

  giveNames();
  new MutationObserver(giveNames).observe(document.body, { childList: true, subtree: true });
});
