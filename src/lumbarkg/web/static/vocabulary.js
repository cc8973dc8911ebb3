// The words of the form, looked up by name: what GET /api/v1/form offers.

import { words } from "./format.js";

const asOption = ({ term, label }) => ({ value: term, label });

export class Vocabulary {
  constructor(content) {
    this.settings = content.settings.map((name) => ({ value: name, label: words(name) }));
    this.levels = content.levels;
    this.groups = content.redFlagGroups;
    this.findings = content.findings;
    this.examples = content.examples ?? [];
    for (const name of ["exercises", "faults", "characters", "lateralities", "courses", "locations", "factors", "sexes"]) {
      this[name] = content[name].map(asOption);
    }
    this.searchable = content.findings.map((finding) => ({
      value: finding.finding, label: finding.label, synonyms: finding.synonyms, hint: finding.kind, detail: finding.definition,
    }));
    this.members = new Map(this.groups.flatMap((group) => group.members.map((member) => [member.finding, member])));
    this.groupsByName = new Map(this.groups.map((group) => [group.group, group]));
    this.findingsByName = new Map(this.findings.map((finding) => [finding.finding, finding]));
    this.labels = new Map([
      ...this.groups.map((group) => [group.group, group.label]),
      ...[...this.members.values()].map((member) => [member.finding, member.label]),
      ...this.findings.map((finding) => [finding.finding, finding.label]),
      ...[this.exercises, this.faults, this.characters, this.lateralities, this.courses, this.locations, this.factors, this.sexes]
        .flat().map((option) => [option.value, option.label]),
    ]);
  }

  /** The name that the form uses for a term given by name, CURIE, IRI or label. */
  nameOf(term) {
    const name = String(term).replace(/^.*[:/#]/, "");
    if (this.labels.has(name)) return name;
    return [...this.labels].find(([, label]) => label.toLowerCase() === name.toLowerCase())?.[0] ?? term;
  }

  /** The label of a term, its name where it has none. */
  label(name) {
    return this.labels.get(name) ?? String(name);
  }

  /** Whether a finding is answered by one of the form's own questions. */
  isAskedByGroup(finding) {
    return this.members.has(finding) || this.groupsByName.has(finding);
  }
}

/** The lists from which a finding's qualifiers are chosen, by field. */
export function qualifierOptions(vocabulary) {
  return {
    laterality: vocabulary.lateralities,
    course: vocabulary.courses,
    character: vocabulary.characters,
    location: vocabulary.locations,
    radiatesTo: vocabulary.locations,
    aggravatedBy: vocabulary.factors,
    relievedBy: vocabulary.factors,
  };
}
