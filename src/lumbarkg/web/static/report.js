// The report of an answer: an assessment, or a problem with what can still be said.

import { causesView } from "./causes.js";
import { folded, h } from "./dom.js";
import { capital } from "./format.js";
import { adviceView, sensitivityView } from "./guidance.js";
import { nextQuestion } from "./questions.js";
import { findingTags } from "./sources.js";
import { notAsked, triageView } from "./triage.js";

/** What stands in the report before anything was assessed. */
export function emptyReport() {
  return [h(
    "div", { class: "empty" },
    h("h2", {}, "The report will stand here"),
    h("ul", {},
      h("li", {}, "Urgency first, from rules alone. No probability enters it, and no further answer can lower it."),
      h("li", {}, "Then the causes, ranked, each with its interval, its evidence and the axioms it rests on."),
      h("li", {}, "What was not asked stays open, and the report says what to ask next.")),
  )];
}

/** The parts of an assessment. `context` = { vocabulary, draft, answer, focusPath, hasPlace }. */
export function assessmentReport(content, context) {
  const open = content.nextQuestions.filter((question) => question.kind === "redFlagGroup").map((question) => question.term);
  const inTriage = new Set(content.triage.redFlagsNotAsked.flatMap((group) => [group.group, ...group.members.map((member) => member.finding)]));
  const next = content.nextQuestions.filter((question) => !inTriage.has(question.term) || !["redFlagGroup", "finding"].includes(question.kind));
  return [
    triageView(content.triage, { ...context, isAffirmed: (group) => !open.includes(group.group) }),
    issuesView("Please check", content.issues, context),
    questionsView(next, content.stop, context),
    causesView(content.differential, content.setting),
    alsoConsider(content.alsoConsider),
    adviceView(content.advice),
    sensitivityView(content.sensitivity),
    notAssessed(content.notAssessed),
    entered(context),
    colophon(content.disclaimer, content.reasoning),
  ];
}

/** The parts of a problem; a contradictory case still has a triage, with the problem before what else to ask. */
export function problemReport(problem, context) {
  return [
    problem.triage && triageView(problem.triage),
    h("section", { class: "problem", role: "alert" },
      h("h2", {}, problem.title || "The case was not accepted"),
      problem.detail && h("p", {}, problem.detail),
      issueList(problem.issues ?? [], context)),
    problem.triage && unanswered(problem.triage.redFlagsNotAsked, context),
    entered(context),
    problem.disclaimer && colophon(problem.disclaimer),
  ];
}

/** The open groups without those that the form answers: a refusal's triage knows nothing of what was denied. */
function unanswered(groups, { draft, vocabulary, ...context }) {
  const isOpen = (name) => draft.statusOf(name) === "unknown";
  const isAffirmed = ({ group }) => draft.statusOf(group) === "present"
    || vocabulary.groupsByName.get(group)?.members.some((member) => !isOpen(member.finding));
  const left = groups
    .filter(({ group }) => draft.statusOf(group) !== "absent")
    .map((group) => ({ ...group, members: group.members.filter((member) => isOpen(member.finding)) }))
    .filter((group) => group.members.length > 0);
  return left.length > 0 && h("section", {}, notAsked(left, { ...context, draft, vocabulary, isAffirmed }));
}

function issuesView(title, issues, context) {
  if (issues.length === 0) return null;
  return h("section", { class: "problem warning" }, h("h2", {}, title), issueList(issues, context));
}

function issueList(issues, { hasPlace, focusPath }) {
  return h("ul", { class: "issue-list" }, issues.map((issue) => h(
    "li", { class: `severity-${issue.severity}` },
    h("p", {}, issue.message), issue.remedy && h("p", { class: "remedy" }, issue.remedy),
    issue.path && h("p", { class: "small" }, h("code", {}, issue.path),
      hasPlace(issue.path) && [" ", h("button", { type: "button", class: "link", onclick: () => focusPath(issue.path) }, "Go to the field")]))));
}

function questionsView(questions, stop, context) {
  if (questions.length === 0 && !stop) return null;
  return h(
    "section", { class: "next" }, h("h2", {}, "Ask next"),
    stop && h("p", { class: "lead" }, "Nothing has to be asked: no single answer would change the first three causes or the urgency."),
    h("ul", { class: "questions" }, questions.map((question) => nextQuestion(question, context))),
  );
}

function alsoConsider(conditions) {
  if (conditions.length === 0) return null;
  return h(
    "section", { class: "also" }, h("h2", {}, "Also consider"),
    h("p", { class: "lead" }, "Suggested by a pattern: it would explain findings that the first cause does not, or is no hypothesis of this ranking."),
    h("ul", { class: "patterns" }, conditions.map((condition) => h(
      "li", {}, h("strong", {}, capital(condition.label)),
      condition.explains.length > 0 && h("p", {}, "Would explain ", findingTags(condition.explains)),
      condition.patterns.map((match) => h("p", { class: "small" }, `${match.label} `, findingTags(match.findings)))))),
  );
}

function notAssessed(findings) {
  if (findings.length === 0) return null;
  return folded(
    "not assessed", `Not assessed: ${findings.length} findings with evidence that the case says nothing about`,
    h("p", { class: "small" }, "Each contributes a factor of 1."),
    h("ul", { class: "plain columns" }, findings.map((finding) => h("li", {}, finding.label))),
  );
}

/** The case that was sent, in words: for the reader of a printed report. */
function entered({ draft, vocabulary }) {
  const body = draft.toJSON();
  return folded("entered", "The case as it was sent", h(
    "dl", { class: "entered" },
    Object.entries(body).filter(([, value]) => !Array.isArray(value)).map(([name, value]) => [h("dt", {}, name), h("dd", {}, shown(value, vocabulary))]),
    (body.exposures ?? []).map(({ exercise, ...values }) => [h("dt", {}, "exercise"), h("dd", {}, line(exercise, values, vocabulary))]),
    body.findings.map(({ finding, status, ...values }) => [
      h("dt", {}, status === "absent" ? "denied" : status), h("dd", {}, line(finding, values, vocabulary))]),
  ));
}

function line(term, values, vocabulary) {
  const parts = Object.entries(values).map(([name, value]) => `${name} ${shown(value, vocabulary)}`);
  return [term ? vocabulary.label(term) : "not named", ...parts].join(" · ");
}

function shown(value, vocabulary) {
  return [value].flat().map((each) => (each === true ? "yes" : each === false ? "no" : vocabulary.label(each))).join(", ");
}

function colophon(disclaimer, reasoning) {
  return h(
    "footer", { class: "colophon" }, h("p", {}, disclaimer),
    reasoning && h("dl", {},
      h("dt", {}, "Ontology"), h("dd", {}, `version ${reasoning.ontologyVersion}`),
      h("dt", {}, "Digest"), h("dd", {}, h("code", {}, reasoning.ontologyDigest)),
      h("dt", {}, "Engine"), h("dd", {}, `${reasoning.engine}, reasoning ${reasoning.complete ? "complete" : "not complete"}`)),
  );
}
