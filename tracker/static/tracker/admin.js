/* Names for what Django's administration draws without one: fields in rows, and the boxes of its autocompletion. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const FIELDS = "#content select, #content textarea, #content input:not([type=hidden])";
  const words = (element) => (element ? element.textContent.trim().replace(/\s+/g, " ").replace(/:$/, "") : "");

  // By its label; in a row, by the head of its column; or else by the group that it stands in.
  function nameOf(field) {
    if (field.labels && field.labels.length) return words(field.labels[0]);
    const cell = field.closest("td");
    const group = field.closest(".form-row, fieldset");
    return words(cell && cell.closest("table").querySelectorAll("thead th")[cell.cellIndex])
      || words(group && group.querySelector("label, legend, h2"));
  }

  function nameFields() {
    for (const field of document.querySelectorAll(FIELDS)) {
      const isNamed = field.labels.length || field.hasAttribute("aria-label") || field.hasAttribute("aria-labelledby");
      if (!isNamed && nameOf(field)) field.setAttribute("aria-label", nameOf(field));
    }
  }

  // Select2 names its boxes after what is chosen, not after what is asked.
  function nameBoxes() {
    const open = document.querySelector("select + .select2-container--open");
    for (const box of document.querySelectorAll(".select2-container")) {
      const drawnFor = (box.matches("select + *") ? box : open)?.previousElementSibling;  // choices open at the page's end
      const name = drawnFor ? nameOf(drawnFor) : words(document.querySelector("#content h1"));
      for (const part of box.querySelectorAll("[role=combobox], [role=textbox], .select2-search__field")) {
        part.removeAttribute("aria-labelledby");
        part.setAttribute("aria-label", name);
        if (part.hasAttribute("aria-owns")) part.setAttribute("aria-controls", part.getAttribute("aria-owns"));
      }
      // What is chosen stands beside the box to type in, so it is no list.
      for (const list of box.querySelectorAll("ul.select2-selection__rendered")) list.setAttribute("role", "group");
      for (const item of box.querySelectorAll("ul.select2-selection__rendered > li")) item.setAttribute("role", "none");
    }
  }

  // Rows that are wider than a phone scroll in their frame, which the keyboard must reach.
  for (const frame of document.querySelectorAll(".inline-group")) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  }
  const nameAll = () => { nameFields(); nameBoxes(); };
  nameAll();
  new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
});
