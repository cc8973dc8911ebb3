// A search box over names and synonyms with a list of matches, after the ARIA combobox pattern.

import { h, newId } from "./dom.js";
import { capital } from "./format.js";

const SHOWN = 40;

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** How well a name answers a query: lower is better, undefined is not at all. */
function distance(name, query) {
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  const parts = name.split(" ");
  const asked = query.split(" ");
  if (asked.every((word) => parts.some((part) => part.startsWith(word)))) return 2;
  if (asked.every((word) => name.includes(word))) return 4;
  return undefined;
}

function match(option, query) {
  if (!query) return { option, score: 0 };
  const own = distance(option.plainLabel, query);
  let best = own === undefined ? undefined : { option, score: own };
  option.plainSynonyms.forEach((synonym, index) => {
    const score = distance(synonym, query);
    if (score !== undefined && (best === undefined || score + 0.5 < best.score)) {
      best = { option, score: score + 0.5, via: option.synonyms[index] };
    }
  });
  return best;
}

/**
 * A combobox that hands each pick to `onPick` and empties itself.
 * `options` are `{ value, label, synonyms?, hint?, detail? }`; `opensEmpty` lists all of them before anything is typed.
 */
export function combobox({ label, options, onPick, placeholder, opensEmpty = false }) {
  const known = options.map((option) => ({
    ...option,
    synonyms: option.synonyms ?? [],
    plainLabel: plain(option.label),
    plainSynonyms: (option.synonyms ?? []).map(plain),
  }));
  const listId = newId("list");
  let matches = [];
  let active = -1;

  const input = h("input", {
    id: newId("search"), type: "text", role: "combobox", placeholder, spellcheck: "false", autocomplete: "off",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
    oninput: update, onfocus: update, onkeydown: onKey, onblur: close,
  });
  const box = h("ul", { id: listId, role: "listbox", "aria-label": label, class: "matches", hidden: true });
  const tally = h("span", { class: "visually-hidden", role: "status" });
  const element = h(
    "div", { class: "combobox field" }, h("label", { for: input.id }, label), h("div", { class: "combobox-box" }, input, box), tally,
  );

  function update() {
    const query = plain(input.value);
    if (!query && !opensEmpty) return close();
    const all = known.map((option) => match(option, query)).filter(Boolean);
    if (query) {
      all.sort((a, b) => a.score - b.score || a.option.label.length - b.option.label.length
        || a.option.label.localeCompare(b.option.label));
    }
    matches = all.slice(0, SHOWN);
    box.replaceChildren(...matches.map(row));
    if (matches.length === 0) box.append(h("li", { class: "none" }, "Nothing is known by that name."));
    if (all.length > SHOWN) box.append(h("li", { class: "none" }, `${all.length - SHOWN} more: keep typing.`));
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    tally.textContent = query ? `${all.length} found` : "";
    activate(query && matches.length ? 0 : -1);
  }

  function row({ option, via }, index) {
    return h(
      "li", {
        role: "option", id: `${listId}-${index}`, "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(), onclick: () => pick(index),
      },
      h("span", { class: "match-label" }, capital(option.label), via && h("span", { class: "via" }, ` · ${via}`)),
      option.hint && h("span", { class: "match-hint" }, option.hint),
      option.detail && h("span", { class: "match-detail" }, option.detail),
    );
  }

  function activate(index) {
    active = index;
    [...box.querySelectorAll("[role=option]")].forEach((item, i) => {
      item.setAttribute("aria-selected", String(i === index));
      if (i === index) item.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) input.setAttribute("aria-activedescendant", `${listId}-${index}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    box.hidden = true;
    matches = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(index) {
    const { option } = matches[index];
    input.value = "";
    close();
    onPick(option.value);
  }

  function onKey(event) {
    const last = matches.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden) {
        update();
      } else if (last >= 0) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        activate(active + step > last ? 0 : active + step < 0 ? last : active + step);
      }
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) pick(active);
    } else if (event.key === "Escape" && !box.hidden) {
      event.preventDefault();
      close();
    }
  }

  return { element, input, focus: () => input.focus() };
}
