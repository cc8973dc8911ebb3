// The SPARQL form: examples, and the answer as a table or as it came.

import { h } from "./dom.js";

const EXAMPLES = [
  ["Classes with their definitions", `SELECT ?class ?label ?definition WHERE {
  ?class a owl:Class ; rdfs:label ?label ; obo:IAO_0000115 ?definition .
} ORDER BY ?label LIMIT 100`],
  ["How the classes are related", `SELECT ?from ?relation ?to WHERE {
  GRAPH lkggraph:relations { ?from ?relation ?to }
} LIMIT 100`],
  ["Claims and where they stand", `SELECT ?claim ?text ?stance WHERE {
  ?claim a lkg:Claim ; lkg:text ?text ; lkg:stance ?stance .
} ORDER BY ?claim`],
  ["Evidence that is not verified", `SELECT ?row ?condition ?status WHERE {
  GRAPH lkggraph:evidence { ?row lkg:evidenceCondition ?condition ; lkg:status ?status }
  FILTER(?status != "verified")
} LIMIT 100`],
  ["How many triples each graph holds", `SELECT ?graph (COUNT(*) AS ?triples) WHERE {
  GRAPH ?graph { ?s ?p ?o }
} GROUP BY ?graph ORDER BY ?graph`],
];
const MOST_ROWS = 1000;

const form = document.getElementById("sparql");
const query = document.getElementById("query");
const example = document.getElementById("example");
const answer = document.getElementById("answer");
const status = document.getElementById("sparql-status");
const prefixes = JSON.parse(document.getElementById("prefixes").dataset.prefixes);

function withPrefixes(text) {
  const used = Object.keys(prefixes).filter(
    (name) => new RegExp(`(^|[^\\w:])${name}:`, "m").test(text) && !new RegExp(`PREFIX\\s+${name}:`, "i").test(text),
  );
  const lines = used.map((name) => `PREFIX ${name}: <${prefixes[name]}>\n`);
  return lines.join("") + text;
}

function shorten(iri) {
  const fitting = Object.entries(prefixes).filter(([, namespace]) => iri.startsWith(namespace) && iri !== namespace);
  fitting.sort((a, b) => b[1].length - a[1].length);
  return fitting.length ? `${fitting[0][0]}:${iri.slice(fitting[0][1].length)}` : iri;
}

function cell(term) {
  if (!term) return "";
  if (term.type !== "uri") return term.value;
  const own = prefixes.lkg;
  const short = shorten(term.value);
  return term.value.startsWith(own) ? h("a", { href: `/lumbarkg/${term.value.slice(own.length)}` }, short) : short;
}

function table(results) {
  const columns = results.head.vars;
  const rows = results.results.bindings.slice(0, MOST_ROWS);
  return h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((name) => h("td", {}, cell(row[name])))))));
}

function show(node, words) {
  answer.replaceChildren(node);
  answer.hidden = false;
  status.textContent = words;
}

async function ask() {
  status.textContent = "Asking …";
  answer.hidden = true;
  try {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { Accept: "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.1" },
      body: new URLSearchParams({ query: query.value }),
    });
    const type = response.headers.get("Content-Type") ?? "";
    if (!response.ok) {
      const problem = await response.json();
      show(h("ul", {}, problem.issues.map((issue) => h("li", {}, `${issue.message} ${issue.remedy}`))), problem.title);
    } else if (type.startsWith("application/sparql-results+json")) {
      const results = await response.json();
      if ("boolean" in results) return show(h("p", {}, results.boolean ? "Yes" : "No"), "Answered.");
      const count = results.results.bindings.length;
      const shown = count > MOST_ROWS ? `, the first ${MOST_ROWS} of them are shown` : "";
      show(table(results), `${count} rows${shown}.`);
    } else {
      show(h("pre", {}, await response.text()), "Answered.");
    }
  } catch (error) {
    status.textContent = "The answer broke off. Try again, or ask for less.";
  }
  return undefined;
}

example.append(...EXAMPLES.map(([name], position) => h("option", { value: String(position) }, name)));
example.addEventListener("change", () => {
  if (example.value !== "") query.value = withPrefixes(EXAMPLES[Number(example.value)][1]);
});
document.getElementById("prefixes").addEventListener("click", () => {
  query.value = withPrefixes(query.value);
  query.focus();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
query.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
query.value = withPrefixes(EXAMPLES[0][1]);
