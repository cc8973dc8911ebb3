// The case as the form holds it, and as the API takes it. Nothing of it is stored anywhere.

export const STATUSES = ["present", "absent", "unknown"];

/** Fields of a finding that hold terms; the last ones hold lists. */
const SINGLE = ["laterality", "course"];
const MANY = ["character", "location", "radiatesTo", "aggravatedBy", "relievedBy"];
const NUMBERS = ["severity", "hoursAfterExercise", "durationHours", "value"];
/** What a denied finding may carry: where it is not, never how bad or how long. */
const OF_DENIED = ["laterality", "location", "radiatesTo"];

/** Property of a question → field of a finding. */
export const FIELD_OF_PROPERTY = {
  severityScore: "severity",
  hoursAfterExercise: "hoursAfterExercise",
  durationHours: "durationHours",
  measuredValue: "value",
  hasCourse: "course",
  hasLaterality: "laterality",
  hasCharacter: "character",
  locatedIn: "location",
  radiatesTo: "radiatesTo",
  aggravatedBy: "aggravatedBy",
  relievedBy: "relievedBy",
};

/** What was typed as a JSON number; what is no number goes as it is, and the server says so. */
function typed(text) {
  const trimmed = String(text).trim();
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

function isEmpty(value) {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

const list = (value) => (isEmpty(value) ? [] : [value].flat());

export class Draft {
  #listeners = [];
  #lastKey = 0;

  constructor() {
    this.clear();
  }

  /** Call `listener` whenever the case changes. */
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  changed() {
    for (const listener of this.#listeners) listener();
  }

  clear() {
    this.setting = "";
    this.age = "";
    this.sex = "";
    this.findings = [];
    this.exposures = [];
    this.changed();
  }

  get isEmpty() {
    return !this.age && !this.sex && this.findings.length === 0 && this.exposures.length === 0;
  }

  // ---------------------------------------------------------------- findings

  entriesOf(finding) {
    return this.findings.filter((entry) => entry.finding === finding);
  }

  /** The status of a finding, over all its entries. */
  statusOf(finding) {
    const statuses = this.entriesOf(finding).map((entry) => entry.status);
    return STATUSES.find((status) => statuses.includes(status)) ?? "unknown";
  }

  /** Answer for a finding as a whole; an answer taken back leaves no entry unless it has a card. */
  answer(finding, status) {
    const entries = this.entriesOf(finding);
    if (entries.length === 0 && status !== "unknown") this.#push(finding, status, false);
    for (const entry of entries) entry.status = status;
    if (status === "unknown") this.findings = this.findings.filter((e) => e.finding !== finding || e.hasCard);
    this.changed();
  }

  /** Answer for a group; unless affirmed, answers to its members without a card are taken back. */
  answerGroup(group, status, members) {
    if (status !== "present") {
      this.findings = this.findings.filter((e) => e.hasCard || !members.includes(e.finding));
    }
    this.answer(group, status);
  }

  /** A card for a finding: the one it has, or a new one. */
  open(finding) {
    let entry = this.entriesOf(finding)[0];
    entry ??= this.#push(finding, "present", true);
    entry.hasCard = true;
    this.changed();
    return entry;
  }

  /** A further entry for the same finding, such as its other side. */
  repeat(finding) {
    const entry = this.#push(finding, "present", true);
    this.changed();
    return entry;
  }

  remove(entry) {
    this.findings = this.findings.filter((e) => e !== entry);
    this.exposures = this.exposures.filter((e) => e !== entry);
    this.changed();
  }

  #push(finding, status, hasCard, values = {}) {
    this.#lastKey += 1;
    const entry = { key: this.#lastKey, finding, status, hasCard, durationUnit: 1, values: { ...values } };
    this.findings.push(entry);
    return entry;
  }

  // ---------------------------------------------------------------- exposures

  addExposure(values = {}) {
    this.#lastKey += 1;
    const entry = { key: this.#lastKey, values: { faults: [], ...values } };
    this.exposures.push(entry);
    this.changed();
    return entry;
  }

  // ---------------------------------------------------------------- from and to JSON

  /** Take over a case. A finding with qualifiers, or asked by no question of the form, gets a card. */
  load(document, vocabulary) {
    const named = (values) => list(values).map((value) => vocabulary.nameOf(value));
    this.clear();
    this.setting = document.setting ?? "";
    this.age = document.age ?? "";
    this.sex = document.sex ? vocabulary.nameOf(document.sex) : "";
    for (const { finding, status = "present", ...stated } of document.findings ?? []) {
      const values = { ...stated };
      for (const field of SINGLE) if (field in values) [values[field]] = named(values[field]);
      for (const field of MANY) if (field in values) values[field] = named(values[field]);
      const name = vocabulary.nameOf(finding);
      this.#push(name, status, !vocabulary.isAskedByGroup(name) || Object.keys(values).length > 0, values);
    }
    for (const { exercise, faults, ...stated } of document.exposures ?? []) {
      this.addExposure({ ...stated, exercise: exercise && vocabulary.nameOf(exercise), faults: named(faults) });
    }
    this.changed();
  }

  /** The findings that are sent, in the order in which the API numbers them. */
  get stated() {
    return this.findings.filter((entry) => entry.status !== "unknown");
  }

  /** The body of a request. */
  toJSON() {
    const body = {};
    if (this.setting) body.setting = this.setting;
    if (!isEmpty(this.age)) body.age = typed(this.age);
    if (this.sex) body.sex = this.sex;
    if (this.exposures.length) body.exposures = this.exposures.map(exposureToJSON);
    body.findings = this.stated.map(findingToJSON);
    return body;
  }
}

function findingToJSON(entry) {
  const found = { finding: entry.finding, status: entry.status };
  for (const field of [...SINGLE, ...MANY, ...NUMBERS]) {
    const value = entry.values[field];
    if (isEmpty(value) || (entry.status === "absent" && !OF_DENIED.includes(field))) continue;
    found[field] = NUMBERS.includes(field) ? typed(value) : value;
  }
  if (typeof found.durationHours === "number") found.durationHours *= entry.durationUnit;
  return found;
}

function exposureToJSON({ values }) {
  const found = {};
  for (const field of ["exercise", "faults", "unaccustomed", "heavyLoad"]) {
    if (!isEmpty(values[field])) found[field] = values[field];
  }
  if (!isEmpty(values.hoursBeforeOnset)) found.hoursBeforeOnset = typed(values.hoursBeforeOnset);
  return found;
}
