// The form: its parts in order, and the place of an issue by its JSON Pointer.

import { numberField, selectField } from "./controls.js";
import { h } from "./dom.js";
import { exposuresView } from "./exposures.js";
import { findingsView } from "./findings.js";
import { redFlagsView } from "./red-flags.js";

/**
 * Fill `root` with the form of a draft. `onSubmit` is called when it is sent, `onExample` with an example's case.
 * Returns { refresh, showIssues(issues), focusPath(path), focusFinding(finding) }.
 */
export function formView(root, vocabulary, draft, { onSubmit, onExample, onClear }) {
  const bind = (name) => ({
    get: () => draft[name],
    set: (value) => { draft[name] = value; draft.changed(); },
  });
  const person = {
    setting: selectField({ label: "Setting", options: vocabulary.settings, none: null, ...bind("setting") }),
    age: numberField({ label: "Age", hint: "years", ...bind("age") }),
    sex: selectField({ label: "Sex", options: vocabulary.sexes, ...bind("sex") }),
  };
  const findings = findingsView(vocabulary, draft);
  const redFlags = redFlagsView(vocabulary, draft, findings.open);
  const exposures = exposuresView(vocabulary, draft);
  const parts = [redFlags, findings, exposures, ...Object.values(person)];

  root.replaceChildren(
    examples(vocabulary, onExample),
    h("section", { class: "block" }, h("h2", {}, "Person"),
      h("div", { class: "fields person" }, Object.values(person).map((field) => field.element))),
    redFlags.element, findings.element, exposures.element,
    h("div", { class: "submit-bar" },
      h("button", { type: "submit", class: "primary" }, "Assess"),
      h("button", { type: "button", class: "quiet", onclick: onClear }, "Clear"),
      h("span", { class: "hint" }, "Nothing is stored.")),
  );
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });

  /** The control at a path of the request: `/findings/2/severity` → its field. */
  function place(path) {
    const [part, index, name] = path.split("/").slice(1);
    if (part in person) return { field: person[part] };
    const entry = part === "findings" ? draft.stated[index] : part === "exposures" ? draft.exposures[index] : undefined;
    if (!entry) return undefined;
    const card = findings.cardOf(entry) ?? exposures.cardOf(entry);
    if (card) return { field: card.fieldOf(name), reveal: () => card.reveal(name) };
    const field = redFlags.fieldOf(entry.finding);
    return field && { field };
  }

  const marked = new Set();
  function showIssues(issues) {
    for (const field of marked) field.showIssues([]);
    marked.clear();
    const texts = new Map();
    for (const issue of issues) {
      const found = place(issue.path);
      if (!found) continue;
      found.reveal?.();
      texts.set(found.field, [...(texts.get(found.field) ?? []), [issue.message, issue.remedy].filter(Boolean).join(" ")]);
    }
    for (const [field, lines] of texts) {
      field.showIssues(lines);
      marked.add(field);
    }
  }

  return {
    refresh: () => parts.forEach((part) => part.refresh()),
    showIssues,
    hasPlace: (path) => place(path) !== undefined,
    focusPath(path) {
      const found = place(path);
      found?.reveal?.();
      found?.field.focus();
    },
  };
}

function examples(vocabulary, onExample) {
  if (vocabulary.examples.length === 0) return "";
  return h(
    "div", { class: "examples" },
    h("span", { class: "label" }, "Try an example"),
    h("div", { class: "example-list" }, vocabulary.examples.map((example) =>
      h("button", { type: "button", class: "quiet", onclick: () => onExample(example.case) }, example.title))),
  );
}
