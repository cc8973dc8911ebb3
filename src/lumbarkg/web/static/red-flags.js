// The warning signs, asked first: a question a group, and its members once it is affirmed.

import { threeState } from "./controls.js";
import { h } from "./dom.js";
import { count } from "./format.js";

/** The view: { element, refresh, fieldOf(finding) }. */
export function redFlagsView(vocabulary, draft, showCard) {
  const fields = new Map();
  const refreshers = [];
  const tally = h("span", { class: "tally" });
  const element = h(
    "section", { class: "block" },
    h("div", { class: "block-head" }, h("h2", {}, "Warning signs"), tally),
    h("p", { class: "lead" }, "Asked first: they decide how urgent this is. What is left at “not asked” keeps the answer open."),
    vocabulary.groups.map(groupView),
  );

  function groupView(group) {
    const names = group.members.map((member) => member.finding);
    const question = threeState({
      legend: group.question || group.label,
      get: () => draft.statusOf(group.group),
      set: (status) => draft.answerGroup(group.group, status, names),
    });
    fields.set(group.group, question);
    const members = group.members.map(memberView);
    const box = h(
      "div", { class: "members" },
      h("p", { class: "hint" }, "Which of these? Each counts for itself; if it is none of them, answer “no” above."),
      members.map((member) => member.element),
    );
    refreshers.push(() => {
      question.refresh();
      box.hidden = draft.statusOf(group.group) !== "present" && names.every((name) => draft.statusOf(name) === "unknown");
    });
    return h("div", { class: "group" }, question.element, box);
  }

  function memberView(member) {
    const question = threeState({
      legend: member.question || member.label,
      get: () => draft.statusOf(member.finding),
      set: (status) => draft.answer(member.finding, status),
    });
    fields.set(member.finding, question);
    const details = h("button", { type: "button", class: "link", onclick: () => showCard(member.finding) }, "Add details");
    question.element.append(details);
    refreshers.push(() => {
      question.refresh();
      details.hidden = draft.statusOf(member.finding) !== "present";
    });
    return question;
  }

  function refresh() {
    for (const each of refreshers) each();
    const asked = vocabulary.groups.filter((group) =>
      [group.group, ...group.members.map((member) => member.finding)].some((name) => draft.statusOf(name) !== "unknown"));
    tally.textContent = `${asked.length} of ${count(vocabulary.groups.length, "group")} asked`;
  }

  refresh();
  return { element, refresh, fieldOf: (finding) => fields.get(finding) };
}
