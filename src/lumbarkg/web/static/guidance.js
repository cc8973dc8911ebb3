// What stands beside the ranking: contributors, advice, and which finding would change the answer.

import { folded, h } from "./dom.js";
import { capital, words } from "./format.js";
import { referenceList, statusMark } from "./sources.js";

const ASPECTS = {
  leaveOut: "Leave out",
  modify: "Change",
  substitute: "Instead",
  firstDays: "In the first days",
  returnRule: "Resuming",
  watchFor: "Watch for",
  seeAgain: "See someone when",
};

/** What the case shows that contributes to a cause; a contested link says so. */
export function contributorsView({ contributors }) {
  if (!contributors.length) return null;
  return h(
    "div", { class: "part" }, h("h3", {}, "Contributors"),
    h("ul", { class: "patterns" }, contributors.map((contributor) => h(
      "li", {},
      h("p", {}, h("strong", {}, capital(contributor.label)), " ",
        contributor.contested && h("span", { class: "mark", title: "Only a contested or hypothetical claim says so; it moves no figure." }, "contested")),
      stepsView(contributor.steps)))),
  );
}

/** The advice for each likely cause, what was done first. */
export function adviceView(advice) {
  if (advice.length === 0) return null;
  return h(
    "section", { class: "advice", "aria-labelledby": "advice-title" },
    h("h2", { id: "advice-title" }, "Advice"),
    h("p", { class: "lead" }, "For the first causes, and for what is to be excluded. What the case reports as done comes first."),
    advice.map(causeAdvice),
  );
}

function causeAdvice(cause, index) {
  const body = [
    cause.withheld && h("p", { class: "withheld" }, cause.withheld),
    Object.entries(ASPECTS).filter(([aspect]) => cause[aspect].length > 0).map(([aspect, heading]) => h(
      "div", { class: "part" }, h("h4", {}, heading),
      h("ul", { class: "patterns" }, cause[aspect].map(adviceItem)))),
  ];
  const view = h("div", { class: "advice-body" }, body);
  // The first stands open; the others are remembered as they were left.
  if (index === 0) return h("details", { open: true }, h("summary", {}, capital(cause.label)), view);
  return folded(`advice ${cause.condition}`, capital(cause.label), view);
}

function adviceItem(item) {
  const names = item.about.map((term) => term.label).join(", ");
  const instead = item.insteadOf && `, in place of ${item.insteadOf.label}`;
  return h(
    "li", {},
    h("p", {},
      item.text ?? capital(`${names}${instead ?? ""}`), " ",
      item.reported && h("span", { class: "tag tag-present" }, "done"), " ",
      item.text && statusMark(item.status), " ",
      item.row && h("span", { class: "rule-id" }, `Row ${item.row}${item.grade ? `, grade ${item.grade}` : ""}`)),
    item.keeps?.length > 0 && h("p", { class: "small" }, `Both train: ${item.keeps.map((term) => term.label).join(", ")}.`),
    stepsView(item.steps),
    referenceList(item.references),
  );
}

/** The stated relations behind a link, each with its claims or the mark of a judgement. */
function stepsView(steps) {
  if (steps.length === 0) return null;
  return h("ul", { class: "steps small" }, steps.map((step) => h(
    "li", {}, `${capital(step.subject.label)} ${step.relation.label} ${step.object.label} `,
    step.claims.map((claim) => h("span", { class: "claims", title: claim.text }, `${claim.claim}, ${claim.stance} `)),
    step.claims.length === 0 && statusMark(step.status),
    step.notes.map((note) => ` ${note}`))));
}

/** The findings that decide: turned round, another cause would come first, or the urgency would differ. */
export function sensitivityView(flips) {
  if (flips === null) return null;
  return h(
    "section", { class: "sensitivity" }, h("h2", {}, "What would change the answer"),
    flips.length === 0
      ? h("p", {}, "No single finding: turned round, each leaves the first cause and the urgency as they are.")
      : h("ul", { class: "patterns" }, flips.map((flip) => h(
        "li", {}, h("strong", {}, capital(flip.label)), ` ${flip.flippedTo === "absent" ? "denied" : "present"}: ${changes(flip)}`))),
  );
}

function changes({ first, level }) {
  return [first && `${first.label} would come first`, level && `the urgency would be “${words(level)}”`].filter(Boolean).join(", and ");
}
