// Questions that are answered in place: an answer goes into the form, and the case is assessed again.

import { FIELD_OF_PROPERTY } from "./draft.js";
import { h, newId } from "./dom.js";
import { spellOut } from "./format.js";
import { qualifierOptions } from "./vocabulary.js";

/** A group of warning signs: one question, or one for each open member once the group is affirmed. */
export function redFlagQuestion(group, context) {
  const { vocabulary, draft, answer, isAffirmed } = context;
  const known = vocabulary.groupsByName.get(group.group);
  if (!isAffirmed(group)) {
    const members = known?.members.map((member) => member.finding) ?? [];
    return h("li", { class: "question" }, yesNo(group.question, (status) => answer(() => draft.answerGroup(group.group, status, members))));
  }
  return h(
    "li", { class: "question affirmed" },
    h("p", { class: "small" }, "Affirmed; each of these counts for itself:"),
    h("ul", { class: "questions" }, group.members.map((member) => h("li", { class: "question" }, yesNo(
      vocabulary.members.get(member.finding)?.question || member.label,
      (status) => answer(() => draft.answer(member.finding, status)),
    )))),
  );
}

/** A next question of the answer. */
export function nextQuestion(question, context) {
  const { draft, answer } = context;
  const asked = {
    finding: () => yesNo(question.question, (status) => answer(() => draft.answer(question.term, status))),
    redFlagGroup: () => yesNo(question.question, (status) => answer(() => draft.answerGroup(question.term, status, []))),
    quantity: () => typedAnswer(question, context),
    qualifier: () => chosenAnswer(question, context),
  }[question.kind];
  return h("li", { class: "question" }, asked?.() ?? h("p", {}, question.question), h("p", { class: "small" }, why(question, context)));
}

function why({ label, property, reason, separates }, { vocabulary }) {
  const about = property in FIELD_OF_PROPERTY ? `About ${label}. ` : "";
  const moved = separates?.length ? ` A yes would move most: ${separates.map((cause) => cause.label).join(", ")}.` : "";
  return about + vocabulary.levels.reduce((text, level) => spellOut(text, level.name), reason) + moved;
}

function yesNo(text, onAnswer) {
  const id = newId("question");
  return h(
    "div", { class: "ask", role: "group", "aria-labelledby": id }, h("span", { id, class: "ask-text" }, text),
    h("span", { class: "ask-buttons" },
      h("button", { type: "button", class: "answer", onclick: () => onAnswer("present") }, "Yes"),
      h("button", { type: "button", class: "answer", onclick: () => onAnswer("absent") }, "No")),
  );
}

function typedAnswer(question, context) {
  const input = h("input", { id: newId("asked"), type: "text", inputmode: "decimal", autocomplete: "off", required: true });
  return answerForm(question, input, () => {
    if (input.value.trim()) state(question, input.value, context);
  });
}

function chosenAnswer(question, context) {
  const options = qualifierOptions(context.vocabulary)[FIELD_OF_PROPERTY[question.property]] ?? [];
  const select = h(
    "select", { id: newId("asked") }, h("option", { value: "" }, "Choose…"),
    options.map((option) => h("option", { value: option.value }, option.label)),
  );
  return answerForm(question, select, () => {
    if (select.value) state(question, select.value, context);
  });
}

function answerForm(question, control, onAnswer) {
  const submit = (event) => {
    event.preventDefault();
    onAnswer();
  };
  return h(
    "form", { class: "ask", novalidate: true, onsubmit: submit },
    h("label", { for: control.id, class: "ask-text" }, question.question),
    h("span", { class: "ask-buttons" }, control, h("button", { type: "submit", class: "answer" }, "Answer")),
  );
}

/** Write a value where the question asks for it: the case itself, or the first matching finding that lacks it. */
function state(question, value, { draft, answer }) {
  answer(() => {
    const field = FIELD_OF_PROPERTY[question.property];
    if (!field) {
      draft.age = value;
      draft.changed();
      return;
    }
    const entries = draft.entriesOf(question.term).filter((entry) => entry.status === "present");
    const entry = entries.find((each) => !each.values[field]?.length) ?? entries[0] ?? draft.open(question.term);
    const isList = !["laterality", "course"].includes(field) && question.kind === "qualifier";
    entry.values[field] = isList ? [...(entry.values[field] ?? []), value] : value;
    if (field === "durationHours") entry.durationUnit = 1;
    entry.hasCard = true;
    draft.changed();
  });
}
