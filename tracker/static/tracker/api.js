/* Names the boxes that Swagger draws without a name. */
"use strict";

function nameBoxes() {
  for (const box of document.querySelectorAll(".body-param__text:not([aria-label])")) box.setAttribute("aria-label", "Body");
  for (const box of document.querySelectorAll("tr[data-param-name] select:not([aria-label])")) {
    box.setAttribute("aria-label", box.closest("tr").dataset.paramName);
  }
}

new MutationObserver(nameBoxes).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
