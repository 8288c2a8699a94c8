/* Names the boxes that Swagger draws without a name. */
"use strict";

function nameBoxes() {
  for (const box of document.querySelectorAll(".body-param__text:not([aria-label])")) box.setAttribute("aria-label", "Body");
}

new MutationObserver(nameBoxes).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
