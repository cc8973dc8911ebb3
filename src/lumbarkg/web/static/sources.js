// Where a figure or rule comes from, and how far it was verified.

import { h } from "./dom.js";

const MARKS = {
  judgement: ["judgement", "Set by judgement: no study gives it."],
  unverified: ["not verified", "Taken from a source that has not been checked."],
};
const READINGS = {
  abstract: "from the abstract",
  secondary: "from a secondary source",
  computed: "computed from published figures",
};

/** Whether a status must be marked wherever its figure is shown. */
export function isMarked(status) {
  return status in MARKS;
}

/** A mark for what rests on judgement or was not verified; a quiet word otherwise. */
export function statusMark(status, of = "") {
  if (!status) return null;
  const prefix = of && `${of}: `;
  if (!isMarked(status)) return h("span", { class: "reading" }, prefix + (READINGS[status] ?? status));
  const [text, title] = MARKS[status];
  return h("span", { class: `mark mark-${status}`, title }, prefix + text);
}

/** The marks that a set of statuses calls for, each once. */
export function marksOf(statuses) {
  return Object.keys(MARKS).filter((status) => statuses.includes(status)).map((status) => statusMark(status));
}

/** A list of references: citation, address, and a mark where one is due. */
export function referenceList(references) {
  if (!references?.length) return null;
  return h("ul", { class: "references" }, references.map((reference) => h(
    "li", {},
    reference.citation || reference.key,
    reference.doi && [" ", h("a", {
      href: `https://doi.org/${encodeURI(reference.doi)}`, rel: "noopener noreferrer", target: "_blank",
    }, `doi:${reference.doi}`)],
    isMarked(reference.status) && [" ", statusMark(reference.status)],
  )));
}

/** The axioms and assertions that suffice for one conclusion. */
export function justificationView({ assertions, axioms }) {
  return h(
    "div", { class: "justification" },
    h("p", { class: "label" }, "From what was stated"),
    h("ul", { class: "assertions" }, assertions.map((assertion) => h("li", {}, assertion))),
    h("p", { class: "label" }, "by these axioms"),
    h("ul", { class: "axioms" }, axioms.map(({ axiom, claims }) => h(
      "li", {}, h("code", {}, axiom), claims?.length > 0 && h("span", { class: "claims" }, ` ${claims.join(", ")}`)))),
  );
}

/** Findings a conclusion rests on, in one line. */
export function findingTags(findings) {
  return h("span", { class: "tags" }, findings.map((finding) => h(
    "span", { class: `tag tag-${finding.status}` }, finding.label, finding.status === "absent" && " denied")));
}
