// The ranked causes: each with its bar, and behind it the rows, patterns and axioms that moved it.

import { folded, h, svg } from "./dom.js";
import { capital, figure, percent, precisePercent, words } from "./format.js";
import { contributorsView } from "./guidance.js";
import { findingTags, isMarked, justificationView, marksOf, referenceList, statusMark } from "./sources.js";

const LESS_LIKELY = 0.01;

/** The section of the ranking. */
export function causesView(differential, setting) {
  const likely = differential.filter((cause) => cause.posttestProbability >= LESS_LIKELY);
  const unlikely = differential.filter((cause) => cause.posttestProbability < LESS_LIKELY);
  return h(
    "section", { class: "causes", "aria-labelledby": "causes-title" },
    h("h2", { id: "causes-title" }, "Likely causes, ranked"),
    h("p", { class: "lead" }, `The principal cause, if it is one of these. Setting: ${words(setting)}. Figures are rounded and may not add to 100.`),
    legend(),
    h("ol", { class: "cause-list" }, likely.map(causeView)),
    unlikely.length > 0 && folded(
      "less likely", `Less likely: ${unlikely.length}, each under ${percent(LESS_LIKELY)}`,
      h("ol", { class: "cause-list", start: String(likely.length + 1) }, unlikely.map(causeView))),
  );
}

function legend() {
  return h(
    "p", { class: "legend-line small" },
    h("span", { class: "key" }, sample(svg("rect", { x: 0, y: 4, width: 22, height: 8, rx: 2, class: "bar" })), "probability"),
    h("span", { class: "key" }, sample(whisker(2, 20, "px")), "95 % interval"),
    h("span", { class: "key" }, sample(svg("line", { x1: 11, x2: 11, y1: 0, y2: 16, class: "prior" })), "before any finding"),
  );
}

function sample(...shapes) {
  return svg("svg", { class: "sample", width: 22, height: 16, "aria-hidden": "true" }, shapes);
}

function causeView(cause) {
  const { label, rank, posttestProbability: after, interval: [low, high], pretestProbability: before } = cause;
  const statuses = [cause.prior.status, ...cause.evidence.filter((item) => item.counted).map((item) => item.status)];
  return h(
    "li", { class: "cause" },
    h("details", { "data-key": `cause ${cause.condition}` },
      h("summary", {},
        h("span", { class: "rank", "aria-hidden": "true" }, String(rank)),
        h("span", { class: "cause-name" }, capital(label)),
        h("span", { class: "cause-figure" }, percent(after)),
        chart(cause),
        h("span", { class: "cause-note small" }, `95 % interval ${percent(low)} to ${percent(high)}, before any finding ${percent(before)} `, marksOf(statuses))),
      h("div", { class: "cause-body" },
        arithmetic(cause),
        evidence(cause.evidence),
        patterns(cause),
        contributorsView(cause),
        prior(cause))),
  );
}

function chart({ posttestProbability: after, pretestProbability: before, interval: [low, high] }) {
  const at = (p) => `${p * 100}%`;
  return svg(
    "svg", { class: "chart", width: "100%", height: 18, "aria-hidden": "true", focusable: "false" },
    svg("rect", { x: 0, y: 3, width: "100%", height: 12, rx: 3, class: "track" }),
    [0.25, 0.5, 0.75].map((p) => svg("line", { x1: at(p), x2: at(p), y1: 3, y2: 15, class: "grid" })),
    svg("rect", { x: 0, y: 3, width: at(after), height: 12, rx: 3, class: "bar" }),
    svg("line", { x1: at(before), x2: at(before), y1: 0, y2: 18, class: "prior" }),
    whisker(low * 100, high * 100, "%", 9),
  );
}

function whisker(low, high, unit, y = 8) {
  const at = (x) => `${x}${unit}`;
  return svg(
    "g", { class: "whisker" },
    svg("line", { x1: at(low), x2: at(high), y1: y, y2: y }),
    svg("line", { x1: at(low), x2: at(low), y1: y - 4, y2: y + 4 }),
    svg("line", { x1: at(high), x2: at(high), y1: y - 4, y2: y + 4 }),
  );
}

/** The product in one line: what it was before, times the ratios that count. */
function arithmetic({ pretestProbability, posttestProbability, evidence: items, prior: source }) {
  const ratios = items.filter((item) => item.counted);
  const factors = ratios.flatMap((item) => [" × ", h("span", { class: isMarked(item.status) && "judged" }, figure(item.likelihoodRatio))]);
  return h(
    "p", { class: "arithmetic" },
    h("span", { class: isMarked(source.status) && "judged" }, precisePercent(pretestProbability)), factors,
    ratios.length === 0 && " (no row of evidence counts)",
    `, then shared out over all causes: ${precisePercent(posttestProbability)}`,
  );
}

function evidence(items) {
  if (items.length === 0) return null;
  return h("div", { class: "part" }, h("h3", {}, "Evidence"), h("ul", { class: "evidence" }, items.map(evidenceRow)));
}

function evidenceRow(item) {
  const { counted, likelihoodRatio: ratio } = item;
  const effect = !counted || ratio === 1 ? "neutral" : ratio > 1 ? "raises" : "lowers";
  return h(
    "li", { class: `row row-${effect}${counted ? "" : " not-counted"}` },
    h("span", { class: "ratio" },
      h("span", { class: "ratio-figure" }, shownRatio(item)),
      h("span", { class: "small" }, counted ? effect.replace("neutral", "no change") : "not counted")),
    h("div", { class: "row-text" },
      h("p", {}, h("strong", {}, capital(item.label)), " ",
        h("span", { class: `tag tag-${item.state}` }, item.state === "absent" ? "denied" : item.state), " ", statusMark(item.status)),
      h("p", { class: "small" }, rowReason(item)),
      referenceList(item.references),
      item.note && h("p", { class: "small" }, item.note)),
  );
}

/** The ratio as it counts; the table's own where it does not; a dash where the table has none. */
function shownRatio({ counted, likelihoodRatio, publishedRatio }) {
  if (counted) return `× ${figure(likelihoodRatio)}`;
  return publishedRatio === null ? "–" : figure(publishedRatio);
}

function rowReason(item) {
  const parts = [item.counted ? `Counts: ${item.reason}` : `Not counted: ${item.reason}`];
  if (item.counted && item.damping !== 1) {
    parts.push(`table value ${figure(item.publishedRatio)}, damped to the power ${figure(item.damping)} because it speaks of a broader class`);
  }
  if (item.setting && !item.settingMatches) parts.push(`measured in another setting (${words(item.setting).toLowerCase()})${item.counted ? ", so its interval is wider" : ""}`);
  return `${parts.join("; ")}. Row ${item.row}.`;
}

function patterns({ condition, patterns: matches, justification }) {
  if (matches.length === 0) return null;
  const proofs = new Map(justification.map((proof) => [proof.pattern, proof]));
  return h(
    "div", { class: "part" }, h("h3", {}, "Patterns"),
    h("ul", { class: "patterns" }, matches.map((match) => h(
      "li", {},
      h("p", {}, h("strong", {}, capital(match.label)), " ",
        h("span", { class: "relation" }, match.relation === "suggests" ? "suggests it" : "argues against it"), " ", findingTags(match.findings)),
      proofs.has(match.pattern) && folded(`proof ${condition} ${match.pattern}`, "Justification", justificationView(proofs.get(match.pattern)))))),
  );
}

function prior({ prior: source, pretestProbability }) {
  return h(
    "div", { class: "part" }, h("h3", {}, "Before any finding"),
    h("p", {}, `${precisePercent(pretestProbability)} in the setting ${words(source.setting).toLowerCase()}, row ${source.row} `, statusMark(source.status)),
    source.note && h("p", { class: "small" }, source.note),
    referenceList(source.references),
  );
}
