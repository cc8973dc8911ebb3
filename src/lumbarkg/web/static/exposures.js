// What was done before: exercises, with faults, time and load.

import { chipsField, numberField, selectField, threeState } from "./controls.js";
import { h } from "./dom.js";

const FLAG_OF_STATUS = { present: true, absent: false, unknown: undefined };

/** The view: { element, refresh, cardOf(entry) }. */
export function exposuresView(vocabulary, draft) {
  const cards = new Map();
  const list = h("div", { class: "cards" });
  const add = h("button", { type: "button", class: "quiet", onclick: addOne }, "Add an exercise");
  const element = h(
    "section", { class: "block" },
    h("h2", {}, "Exercises done"),
    h("p", { class: "lead" }, "What was done before it began, and how long before."),
    list, add,
  );

  function addOne() {
    const entry = draft.addExposure();
    cards.get(entry).focus();
  }

  function refresh() {
    for (const [entry, card] of cards) {
      if (draft.exposures.includes(entry)) continue;
      card.element.remove();
      cards.delete(entry);
    }
    for (const entry of draft.exposures) {
      if (cards.has(entry)) continue;
      const card = exposureCard(vocabulary, draft, entry, () => add.focus());
      cards.set(entry, card);
      list.append(card.element);
    }
    for (const card of cards.values()) card.refresh();
  }

  refresh();
  return { element, refresh, cardOf: (entry) => cards.get(entry) };
}

function exposureCard(vocabulary, draft, entry, onRemoved) {
  const bind = (name) => ({
    get: () => entry.values[name],
    set: (value) => { entry.values[name] = value; draft.changed(); },
  });
  const flag = (name, legend) => threeState({
    legend,
    get: () => Object.keys(FLAG_OF_STATUS).find((status) => FLAG_OF_STATUS[status] === (entry.values[name] ?? undefined)),
    set: (status) => { entry.values[name] = FLAG_OF_STATUS[status]; draft.changed(); },
  });
  const fields = {
    exercise: selectField({ label: "Exercise", options: vocabulary.exercises, ...bind("exercise") }),
    hoursBeforeOnset: numberField({ label: "Ended", hint: "hours before onset", ...bind("hoursBeforeOnset") }),
    faults: chipsField({ label: "Faults of technique", options: vocabulary.faults, ...bind("faults") }),
    unaccustomed: flag("unaccustomed", "New, or more than usual?"),
    heavyLoad: flag("heavyLoad", "Heavy load?"),
  };
  const element = h(
    "article", { class: "card", "aria-label": "Exercise done" },
    h("div", { class: "card-head" },
      h("h3", {}, "Exercise"),
      h("button", {
        type: "button", class: "remove", "aria-label": "Remove this exercise",
        onclick: () => { draft.remove(entry); onRemoved(); },
      }, "×")),
    h("div", { class: "fields" }, fields.exercise.element, fields.hoursBeforeOnset.element, fields.faults.element),
    fields.unaccustomed.element, fields.heavyLoad.element,
  );
  return {
    element,
    refresh: () => Object.values(fields).forEach((field) => field.refresh()),
    focus: () => fields.exercise.focus(),
    fieldOf: (name) => fields[name] ?? fields.exercise,
    reveal: () => {},
  };
}
