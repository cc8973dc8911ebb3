// Urgency, first and unmistakable: the level, what it rests on, what to exclude, and what has not been asked.

import { folded, h } from "./dom.js";
import { capital, count, spellOut, words } from "./format.js";
import { redFlagQuestion } from "./questions.js";
import { findingTags, justificationView, referenceList, statusMark } from "./sources.js";

/** The section of a triage. What has not been asked is part of it only where `context` is given. */
export function triageView(triage, context) {
  const { level, complete } = triage;
  return h(
    "section", { class: "triage", "data-level": level, "aria-labelledby": "triage-statement" },
    h("div", { class: "triage-head" },
      h("p", { class: "eyebrow" }, "Triage"),
      h("h2", { id: "triage-statement", tabindex: "-1" }, triage.statement === level ? words(level) : spellOut(triage.statement, level)),
      triage.action && h("p", { class: "action" }, triage.action),
      h("p", { class: "completeness" }, completeness(triage))),
    h("div", { class: "triage-body" },
      selfCare(triage.selfCare),
      reasons(triage.reasons),
      toExclude(triage),
      context && notAsked(triage.redFlagsNotAsked, context),
      context && !complete && notExcluded(triage.notExcluded)),
  );
}

function completeness({ complete, notExcluded, redFlagsNotAsked }) {
  if (complete) return "Complete: nothing more urgent is left open.";
  const open = notExcluded.length ? `${count(notExcluded.length, "rule")} could still raise it` : "it may still rise";
  const unasked = redFlagsNotAsked.length ? `, ${count(redFlagsNotAsked.length, "group")} of warning signs not fully asked` : "";
  return `Not complete: ${open}${unasked}.`;
}

function selfCare(advice) {
  if (!advice) return null;
  return h(
    "div", { class: "self-care" },
    h("p", {}, advice.text),
    h("p", { class: "small" }, `Rule ${advice.rule}. ${advice.basis} `, statusMark(advice.basisStatus), " ", statusMark(advice.levelStatus, "level")),
    referenceList(advice.references),
  );
}

function reasons(rules) {
  if (rules.length === 0) return null;
  return h("div", { class: "part" }, h("h3", {}, "Because"), h("ul", { class: "rules" }, rules.map(ruleView)));
}

function ruleView(rule) {
  return h(
    "li", {},
    h("p", { class: "rule-head" },
      h("span", { class: "level-tag", "data-level": rule.level }, words(rule.level)),
      h("strong", {}, capital(rule.label)), h("span", { class: "rule-id" }, `Rule ${rule.rule}`), findingTags(rule.findings)),
    h("p", {}, rule.basis, " ", statusMark(rule.basisStatus, "basis"), " ", statusMark(rule.levelStatus, "level")),
    rule.levelLower && h("p", { class: "small" }, `Some sources place it lower (${words(rule.levelLower)}); shown, not used.`),
    rule.note && h("p", { class: "small" }, rule.note),
    folded(`rule ${rule.rule} ${rule.pattern}`, "Sources and reasoning", referenceList(rule.references), justificationView(rule.justification)),
  );
}

function toExclude({ toExclude: conditions, reasons: rules }) {
  if (conditions.length === 0) return null;
  const names = new Map(rules.map((rule) => [rule.pattern, rule.rule]));
  return h(
    "div", { class: "part" }, h("h3", {}, "To be excluded first"),
    h("p", { class: "small" }, "Suspected by a rule above, whatever its probability; outside the ranking."),
    h("ul", { class: "to-exclude" }, conditions.map((condition) => h(
      "li", {}, h("strong", {}, capital(condition.label)), " ",
      h("span", { class: "rule-id" }, condition.rules.map((rule) => `Rule ${names.get(rule) ?? rule}`).join(", "))))),
  );
}

/** The groups of warning signs that are still open, each answerable in place. `context.isAffirmed` says which to open. */
export function notAsked(groups, context) {
  if (groups.length === 0) return null;
  return h(
    "div", { class: "part" }, h("h3", {}, "Not asked yet"),
    h("p", { class: "small" }, "One click answers here and in the form, and assesses again."),
    h("ul", { class: "questions" }, groups.map((group) => redFlagQuestion(group, context))),
  );
}

function notExcluded(patterns) {
  if (patterns.length === 0) return null;
  return folded(
    "not excluded", `What could still raise the level (${patterns.length})`,
    h("ul", { class: "plain columns" }, patterns.map((pattern) => h("li", {}, pattern.label))),
  );
}
