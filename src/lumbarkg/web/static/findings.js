// The findings: a search over names and synonyms, and a card for each one chosen.

import { combobox } from "./combobox.js";
import { chipsField, numberField, selectField, threeState, tokensField } from "./controls.js";
import { h } from "./dom.js";
import { capital } from "./format.js";
import { qualifierOptions } from "./vocabulary.js";

const HOURS = [[1, "hours"], [24, "days"], [168, "weeks"]];
const WITHOUT_QUALIFIERS = "risk factor";
const WITH_VALUE = "test result";
/** Hidden once the finding is denied: how bad, how long and how it goes. */
const OF_PRESENT = ["severity", "hoursAfterExercise", "durationHours", "course", "character", "aggravatedBy", "relievedBy", "value"];

/** The view: { element, refresh, open(finding), cardOf(entry), focusSearch }. */
export function findingsView(vocabulary, draft) {
  const cards = new Map();
  const search = combobox({
    label: "Search findings", options: vocabulary.searchable, placeholder: "A symptom, sign or test result…", onPick: open,
  });
  const list = h("div", { class: "cards" });
  const element = h(
    "section", { class: "block" },
    h("h2", {}, "Findings"),
    h("p", { class: "lead" }, "What is reported, seen or measured, and what was asked and denied."),
    search.element, list,
  );

  function open(finding) {
    const entry = draft.open(finding);
    cards.get(entry).focus();
  }

  function repeat(finding) {
    const entry = draft.repeat(finding);
    cards.get(entry).focus();
  }

  function refresh() {
    const shown = draft.findings.filter((entry) => entry.hasCard);
    for (const [entry, card] of cards) {
      if (shown.includes(entry)) continue;
      card.element.remove();
      cards.delete(entry);
    }
    for (const entry of shown) {
      if (cards.has(entry)) continue;
      const card = findingCard(vocabulary, draft, entry, repeat, search.focus);
      cards.set(entry, card);
      list.append(card.element);
    }
    for (const card of cards.values()) card.refresh();
  }

  refresh();
  return { element, refresh, open, cardOf: (entry) => cards.get(entry), focusSearch: search.focus };
}

function findingCard(vocabulary, draft, entry, repeat, focusSearch) {
  const known = vocabulary.findingsByName.get(entry.finding);
  const label = vocabulary.label(entry.finding);
  const kind = known?.kind ?? "";
  const fields = makeFields(vocabulary, draft, entry, kind);
  const status = threeState({
    legend: "Present?",
    get: () => entry.status,
    set: (value) => { entry.status = value; draft.changed(); },
  });
  const more = h(
    "details", { class: "more" }, h("summary", {}, "Where, what kind, what changes it"),
    ["character", "location", "radiatesTo", "aggravatedBy", "relievedBy"].map((name) => fields[name]?.element),
  );
  const main = h(
    "div", { class: "fields" },
    ["laterality", "course", "severity", "value", "hoursAfterExercise", "durationHours"].map((name) => fields[name]?.element),
  );
  const element = h(
    "article", { class: "card", "aria-label": label },
    h("div", { class: "card-head" },
      h("h3", {}, capital(label)), kind && h("span", { class: "kind" }, kind),
      h("button", {
        type: "button", class: "remove", "aria-label": `Remove ${label}`,
        onclick: () => { draft.remove(entry); focusSearch(); },
      }, "×")),
    known?.definition && h("p", { class: "definition" }, known.definition),
    status.element, main, more,
    h("button", { type: "button", class: "link again", onclick: () => repeat(entry.finding) }, "Report it once more, such as for the other side"),
  );
  more.open = ["character", "location", "radiatesTo", "aggravatedBy", "relievedBy"].some((name) => entry.values[name]?.length);

  function refresh() {
    status.refresh();
    for (const [name, field] of Object.entries(fields)) {
      field.refresh();
      field.element.hidden = entry.status === "unknown" || (entry.status === "absent" && OF_PRESENT.includes(name));
    }
    const used = Object.values(fields).some((field) => !field.element.hidden);
    main.hidden = !used;
    more.hidden = !used;
  }

  refresh();
  return {
    element, refresh,
    focus: () => status.focus(),
    fieldOf: (name) => fields[name] ?? status,
    reveal: (name) => { if (more.contains(fields[name]?.element)) more.open = true; },
  };
}

/** The controls of a finding by field; a field that does not suit its kind is offered only where it has a value. */
function makeFields(vocabulary, draft, entry, kind) {
  const options = qualifierOptions(vocabulary);
  const bind = (name) => ({
    get: () => entry.values[name],
    set: (value) => { entry.values[name] = value; draft.changed(); },
  });
  const makers = {
    laterality: () => selectField({ label: "Side", options: options.laterality, ...bind("laterality") }),
    course: () => selectField({ label: "Course", options: options.course, ...bind("course") }),
    severity: () => numberField({ label: "Severity", hint: "0–10", ...bind("severity") }),
    value: () => numberField({ label: "Measured value", ...bind("value") }),
    hoursAfterExercise: () => numberField({ label: "Onset", hint: "hours after exercise", ...bind("hoursAfterExercise") }),
    durationHours: () => numberField({
      label: "Duration", ...bind("durationHours"), units: HOURS,
      getUnit: () => entry.durationUnit,
      setUnit: (factor) => { entry.durationUnit = factor; draft.changed(); },
    }),
    character: () => chipsField({ label: "Character", options: options.character, ...bind("character") }),
    location: () => tokensField({ label: "Where", options: options.location, ...bind("location") }),
    radiatesTo: () => tokensField({ label: "Radiates to", options: options.radiatesTo, ...bind("radiatesTo") }),
    aggravatedBy: () => tokensField({ label: "Aggravated by", options: options.aggravatedBy, ...bind("aggravatedBy") }),
    relievedBy: () => tokensField({ label: "Relieved by", options: options.relievedBy, ...bind("relievedBy") }),
  };
  const suits = (name) => name in entry.values || (name === "value" ? kind === WITH_VALUE : kind !== WITHOUT_QUALIFIERS);
  return Object.fromEntries(Object.entries(makers).filter(([name]) => suits(name)).map(([name, make]) => [name, make()]));
}
