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
// What is wrong in a folded part could not be shown.
document.addEventListener("invalid", (event) => {
  const fold = event.target.closest("details:not([open])");
  if (fold) fold.open = true;
}, true);
// A form that was changed asks before it is left.
let changed = false;
document.addEventListener("input", (event) => { if (event.target.closest("form.careful")) changed = true; });
document.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

// What is typed into a careful form is kept on the server a second later: a crash, a closed window or an expired
// session loses no more. Each window keeps its own; the server drops it once the form was taken.
const KEEP_AFTER = 1000;
const box = document.getElementById("drafts");
const careful = [...document.querySelectorAll("form.careful[method=post]")];
if (box && careful.length) keepDrafts(box, careful);

function keepDrafts(box, forms) {
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const address = (key, own) => `${box.dataset.url}?form=${encodeURIComponent(key)}&window=${own}`;
  const known = new Map();
  forms.forEach((form, number) => {
    // A form is known by its page and its target: two forms on one page never mix.
    const key = location.pathname + location.search + "#" + (form.getAttribute("action") || number);
    const own = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    const mark = Object.assign(document.createElement("input"), { type: "hidden", name: "draft_window", value: own });
    form.append(mark);
    const said = Object.assign(document.createElement("span"), { className: "saved" });
    said.setAttribute("role", "status");
    (form.querySelector(".actions") || form).append(said);
    let timer = 0, kept = Promise.resolve();
    const typed = () => [...new FormData(form)].filter(([name, value]) =>
      typeof value === "string" && !["csrfmiddlewaretoken", "draft_window"].includes(name));
    const keep = () => {
      timer = 0;
      kept = fetch(address(key, own), { method: "POST", keepalive: true, body: JSON.stringify(typed()),
        headers: { "X-CSRFToken": token(), "Content-Type": "application/json" } })
        .then((answer) => { said.textContent = answer.ok && !answer.redirected ? box.dataset.kept : box.dataset.failed; })
        .catch(() => { said.textContent = box.dataset.failed; });
    };
    form.addEventListener("input", () => { if (!timer) timer = setTimeout(keep, KEEP_AFTER); });
    window.addEventListener("pagehide", () => { if (timer) { clearTimeout(timer); keep(); } });
    form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; });
    for (const way of form.querySelectorAll("[data-cancel]")) way.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // it opens elsewhere
      clearTimeout(timer);
      timer = 0;
      changed = false;
      kept.finally(() => fetch(address(key, own), { method: "DELETE", keepalive: true, headers: { "X-CSRFToken": token() } }));
      dropPaper(form, form.elements.paper?.value, own);
    });
    known.set(key.slice(0, 200), [form, key]);
  });
  // One question for all forms of the page.
  const asked = [...known.keys()].map((key) => `form=${encodeURIComponent(key)}`).join("&");
  fetch(`${box.dataset.url}?${asked}`).then((answer) => answer.ok ? answer.json() : { drafts: [] }).then(({ drafts }) => {
    if (document.querySelector(".problems")) return; // the server has just given the text back
    for (const [name, [form, key]] of known) offer(form, drafts.filter((draft) => draft.form === name), key);
  }).catch(() => {});

  // The newest stands open; what was left in other windows before is folded below it.
  function offer(form, drafts, key) {
    const bars = drafts.map((draft) => barOf(form, draft, key));
    if (!bars.length) return;
    form.before(bars[0]);
    if (bars.length === 1) return;
    const older = Object.assign(document.createElement("details"), { className: "fold" });
    older.append(Object.assign(document.createElement("summary"), { textContent: `${box.dataset.older} (${bars.length - 1})` }));
    older.append(...bars.slice(1));
    form.before(older);
  }

  function barOf(form, draft, key) {
    const bar = document.createElement("div");
    bar.className = "restore";
    bar.setAttribute("role", "status");
    const text = Object.assign(document.createElement("span"), { textContent: `${box.dataset.found} ${draft.at}${titleOf(draft.data)}` });
    const drop = () => fetch(address(key, draft.window), { method: "DELETE", headers: { "X-CSRFToken": token() } });
    const discard = () => { dropPaper(form, draft.data.find(([name]) => name === "paper")?.[1], draft.window); drop(); };
    const button = (label, act) => {
      const one = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: label });
      one.addEventListener("click", () => { act(); bar.remove(); });
      return one;
    };
    bar.append(text, button(box.dataset.restore, () => { fill(form, draft.data); drop(); }), button(box.dataset.discard, discard));
    return bar;
  }

  // The paper beside the form goes with what was typed, unless what is kept of another window names it too.
  function dropPaper(form, paper, window) {
    const url = paper && form.elements.paper?.dataset.url;
    if (url) fetch(`${url.replace("KEY", paper)}?window=${window}`, { method: "DELETE", keepalive: true, headers: { "X-CSRFToken": token() } });
  }

  // What it was to be called, or how it began.
  function titleOf(data) {
    const [, said] = data.find(([name, value]) => /(^|-)(title|name|subject|text)/.test(name) && value.trim()) || [];
    return said ? `: “${said.trim().slice(0, 80)}”` : "";
  }

  const saysMore = (field) => field.type === "checkbox" ? field.checked !== field.defaultChecked
    : field.options ? [...field.options].some((one) => one.selected !== one.defaultSelected)
      : field.value !== field.defaultValue;

  function fill(form, data) {
    // Rows that were added come back first, so that their fields exist.
    for (const [name, value] of data) {
      const total = name.endsWith("-TOTAL_FORMS") && form.querySelector(`[name="${name}"]`);
      const more = total && form.querySelector(`button[name=more][value="${name.replace("-TOTAL_FORMS", "")}"]`);
      for (let guard = 0; more && Number(total.value) < Number(value) && guard < 60; guard += 1) more.click();
    }
    const values = new Map();
    for (const [name, value] of data) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || ["csrfmiddlewaretoken", "draft_window"].includes(field.name)) continue;
      const wanted = values.get(field.name) || [];
      if (field.name === "paper" && field.value && !wanted[0]) continue; // the paper put in since stays beside the form
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else if (field.type !== "file" && wanted.length) field.value = wanted.shift();
    }
    for (const fold of form.querySelectorAll("details.fold:not([open])")) {
      fold.open = [...fold.querySelectorAll("input, select, textarea")].some(saysMore);
    }
    changed = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const paper = form.elements.paper;
    if (!paper?.value) return;
    // The paper that stood beside it comes back, with what was said about it.
    const about = data.filter(([name]) => name.startsWith("paper_"));
    paper.setAttribute("hx-vals", JSON.stringify({ ...Object.fromEntries(about), paper_act: "show" }));
    paper.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// A paper beside the form: dropped anywhere on the page; what it says is taken by a click, or by → in an empty field.
const paperBox = () => document.getElementById("paper");
if (paperBox()) keepPaper();

function keepPaper() {
  let held = paperBox().querySelector("[name=paper]").value;
  const say = (text) => {
    const line = paperBox().querySelector("[role=alert]");
    if (line) line.textContent = text;
  };
  const unfold = () => { for (const fold of document.querySelectorAll(".paper-fold")) fold.open = true; };
  const take = (button) => {
    const field = document.getElementById(button.dataset.take);
    if (!field) return;
    field.value = button.dataset.value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    button.closest(".said").classList.add("taken");
    button.remove();
    const left = document.querySelectorAll("[data-take]").length;
    if (!left) document.querySelector("[data-take-all]")?.remove();
    return field;
  };
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // else the browser would leave the form to show the file
    paperBox().classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) paperBox().classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    paperBox().classList.remove("over");
    const files = event.dataTransfer.files, input = document.getElementById("id_paper_file");
    if (!input || files.length > 1) return say(paperBox().dataset.two);
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "id_paper_file") return;
    const [file] = event.target.files;
    say("");
    if (file && file.size <= Number(paperBox().dataset.most)) return;
    event.stopPropagation(); // nothing is sent
    if (file) say(paperBox().dataset.large);
    event.target.value = "";
  }, true);
  document.addEventListener("click", (event) => {
    const one = event.target.closest("[data-take]");
    if (one) { event.preventDefault(); take(one)?.focus(); }
    if (event.target.closest("[data-take-all]")) {
      event.preventDefault();
      for (const one of document.querySelectorAll("[data-take]")) {
        const field = document.getElementById(one.dataset.take);
        if (field && (field.options ? field.value === one.dataset.untouched : !field.value)) take(one);
      }
    }
    if (event.target.closest("a[target=paper-frame]")) unfold();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const field = event.target;
    if (!field.matches?.("input") || field.value || event.isComposing) return;
    const one = document.querySelector(`[data-take="${CSS.escape(field.id)}"]`);
    if (one) { event.preventDefault(); take(one); }
  });
  const wide = matchMedia("(min-width: 1101px)");
  const unfoldIfWide = () => { if (wide.matches) unfold(); };
  unfoldIfWide();
  document.addEventListener("htmx:beforeSwap", (event) => {
    // An answer without the box is a page of another kind, as the sign-in.
    if (event.detail.target.id !== "paper" || event.detail.xhr.responseText.includes('id="paper"')) return;
    event.detail.shouldSwap = false;
    say(paperBox().dataset.failed);
  });
  document.addEventListener("htmx:sendError", (event) => { if (event.detail.target?.id === "paper") say(paperBox().dataset.failed); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "paper") return;
    unfoldIfWide();
    for (const one of document.querySelectorAll("[data-take]")) {
      const fold = one.closest("details.fold");
      if (fold) fold.open = true;
    }
    const next = paperBox().querySelector("[data-take-all], select, #id_paper_file"), at = document.activeElement;
    // Who types meanwhile goes on typing.
    if (next && (!at || at === document.body || at.id === "id_paper_file")) next.focus({ preventScroll: true });
    const now = paperBox().querySelector("[name=paper]").value;
    if (now !== held) paperBox().closest("form").dispatchEvent(new Event("input", { bubbles: true }));
    held = now;
  });
}

// Lists of options below a text box: the box keeps the focus and names the option that Enter would take.
const optionsOf = (list) => [...list.querySelectorAll("[role=option]")];

function choose(text, list, option) {
  for (const other of optionsOf(list)) other.setAttribute("aria-selected", String(other === option));
  if (!option) return text.removeAttribute("aria-activedescendant");
  option.id = option.id || `${list.id || "option"}-${optionsOf(list).indexOf(option)}`;
  text.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

const chosen = (list) => optionsOf(list).find((option) => option.getAttribute("aria-selected") === "true");

function moveBy(text, list, key) {
  const all = optionsOf(list), now = all.indexOf(chosen(list));
  if (all.length) choose(text, list, all[key === "ArrowDown" ? (now + 1) % all.length : now > 0 ? now - 1 : all.length - 1]);
}

// An organisation by what people call it. The server finds; a browser's own list hides what does not begin as typed.
// Boxes come and go with rows and parts of the page: the page listens for all of them.
(() => {
  const boxOf = (event) => event.target.closest?.("[role=combobox][data-suggest]");
  const listOf = (text) => text.nextElementSibling;
  let asked = null, timer = 0, taking = false;
  const show = (text, on) => {
    listOf(text).hidden = !on;
    text.setAttribute("aria-expanded", String(on));
    if (!on) text.removeAttribute("aria-activedescendant");
  };
  const fold = (said) => said.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
  // Those whom other boxes of the form name already, as the participants for a commitment.
  const named = (text) => {
    if (!text.dataset.first) return [];
    const names = [...document.querySelectorAll(text.dataset.first)].map((one) => one.value.trim());
    return [...new Set(names)].filter((name) => name && fold(name).includes(fold(text.value.trim())));
  };
  const optionOf = (name) => {
    const option = Object.assign(document.createElement("div"), { textContent: name });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.value = name;
    return option;
  };
  const offerFirst = (text) => {
    const list = listOf(text), first = named(text);
    for (const option of optionsOf(list)) if (first.includes(option.dataset.value)) option.remove();
    list.prepend(...first.map(optionOf));
  };
  document.addEventListener("focusin", (event) => {
    const text = boxOf(event);
    if (!text?.dataset.first) return;
    text.removeAttribute("list"); // the browser's own, for pages without scripts
    if (text.value) return;
    listOf(text).replaceChildren();
    offerFirst(text);
    show(text, optionsOf(listOf(text)).length > 0);
  });
  const ask = (text) => {
    if (asked) asked.abort();
    asked = new AbortController();
    fetch(`${text.dataset.suggest}?q=${encodeURIComponent(text.value)}`, { signal: asked.signal })
      .then((answer) => answer.ok ? answer.text() : "")
      .then((page) => {
        const list = listOf(text), before = chosen(list)?.dataset.value;
        list.innerHTML = page;
        offerFirst(text);
        const found = optionsOf(list);
        show(text, document.activeElement === text && found.length > 0);
        // A late answer replaces what the arrows had chosen: chosen still if it is offered again, else named no more.
        if (!list.hidden) choose(text, list, found.find((option) => option.dataset.value === before));
      })
      .catch(() => {});
  };
  const take = (text, option) => {
    taking = true;
    text.value = option.dataset.value;
    for (const name of ["input", "change"]) text.dispatchEvent(new Event(name, { bubbles: true }));
    taking = false;
    show(text, false);
  };
  document.addEventListener("input", (event) => {
    const text = boxOf(event);
    if (!text || taking) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(text), 150);
  });
  document.addEventListener("keydown", (event) => {
    const text = boxOf(event);
    if (!text || event.isComposing) return; // an input method is at work, as for Vietnamese
    const list = listOf(text);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(text); else moveBy(text, list, event.key);
    } else if (list.hidden) {
      return;
    } else if (event.key === "Enter" && chosen(list)) {
      event.preventDefault();
      take(text, chosen(list));
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      show(text, false);
    }
  });
  document.addEventListener("focusout", (event) => {
    const text = boxOf(event);
    if (text) { clearTimeout(timer); show(text, false); }
  });
  // The box keeps the focus while an option is pressed.
  document.addEventListener("mousedown", (event) => { if (event.target.closest?.(".suggested")) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.(".suggested [role=option]");
    if (option) take(option.closest(".suggested").previousElementSibling, option);
  });
})();

// The palette: Ctrl+K from anywhere; what it offers comes from the server, through the same gate as every page.
const palette = document.getElementById("palette");
if (palette) openPalette(palette);

function openPalette(palette) {
  const text = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  let asked = null, timer = 0;
  const ask = () => {
    if (asked) asked.abort();
    asked = new AbortController();
    fetch(`${palette.dataset.url}?q=${encodeURIComponent(text.value)}`, { signal: asked.signal })
      .then((answer) => answer.ok ? answer.text() : "")
      .then((page) => { list.innerHTML = page; choose(text, list, optionsOf(list)[0]); list.dataset.for = text.value; })
      .catch(() => {});
  };
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 80); });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is at work, as for Vietnamese
    // Chromium empties a search box first; who presses Escape wants to be where they were.
    if (event.key === "Escape") { event.preventDefault(); return palette.close(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveBy(text, list, event.key);
    } else if (event.key === "Enter" && chosen(list) && list.dataset.for === text.value) {
      event.preventDefault();
      chosen(list).click();
    }
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (palette.open) return palette.close();
    text.value = "";
    palette.showModal();
    text.focus();
    ask();
  });
}

// A page that is one form is for typing: the first field has the focus, and no letter is a shortcut.
const pageForm = document.querySelector("form[data-page-form]");
if (pageForm && !location.hash && !document.querySelector("main .problems")) {
  const field = [...pageForm.elements].find((one) => one.matches("input, select, textarea") && one.offsetParent && !one.closest("[data-aside]"));
  if (field) field.focus({ preventScroll: true });
}

// A meeting goes on by the arrows of the keyboard, or of what one holds to a projector.
if (document.querySelector(".walk")) document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rel = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
  const link = rel && document.querySelector(`.walk a[rel=${rel}]`);
  if (link) { event.preventDefault(); link.click(); }
});

// Single keys, for those who left them on: never in a field, never while an input method composes.
const keys = document.getElementById("keys");
if (keys && "on" in keys.dataset && !pageForm) listenToKeys(keys);

function listenToKeys(keys) {
  const places = new Map([...keys.querySelectorAll("[data-keys]")].map((one) => [one.dataset.keys, one.dataset.url]));
  let first = "", timer = 0;
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
    if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const pressed = first ? `${first} ${event.key}` : event.key;
    clearTimeout(timer);
    first = "";
    if (places.has(pressed)) location.assign(places.get(pressed));
    else if (pressed === "g") { first = "g"; timer = setTimeout(() => { first = ""; }, 1500); return; }
    else if (pressed === "?") keys.showModal();
    else if (pressed === "/") document.getElementById("find").focus();
    else if (pressed === "j" || pressed === "k") step(pressed === "j" ? 1 : -1);
    else if (pressed === "e") { const edit = document.querySelector("a[data-key=e]"); if (edit) edit.click(); else return; }
    else return;
    event.preventDefault();
  });

  function step(by) {
    const lines = [...document.querySelectorAll("main th[scope=row] a, main ul.plain > li > a")];
    const now = lines.indexOf(document.activeElement);
    const next = lines[now < 0 ? (by > 0 ? 0 : lines.length - 1) : now + by];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
}
