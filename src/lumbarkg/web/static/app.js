// The page: the form on one side, the report on the other, and what passes between them.

import { fetchForm, postCase } from "./api.js";
import { h } from "./dom.js";
import { Draft } from "./draft.js";
import { formView } from "./form.js";
import { spellOut } from "./format.js";
import { assessmentReport, emptyReport, problemReport } from "./report.js";
import { Vocabulary } from "./vocabulary.js";

const formRoot = document.getElementById("form");
const reportRoot = document.getElementById("report");
const announcement = document.getElementById("announcement");

async function start() {
  reportRoot.replaceChildren(...emptyReport());
  let content;
  try {
    content = await fetchForm();
  } catch (error) {
    formRoot.replaceChildren(h("p", { class: "notice", role: "alert" }, `${error.message} Reload the page to try again.`));
    return;
  }
  run(new Vocabulary(content), new Draft());
}

function run(vocabulary, draft) {
  let pending;
  let assessed;
  const form = formView(formRoot, vocabulary, draft, {
    onSubmit: () => assess({ reveal: true }),
    onExample(document) {
      draft.load(document, vocabulary);
      assess({ reveal: true });
    },
    onClear() {
      pending?.abort();
      draft.clear();
      assessed = undefined;
      form.showIssues([]);
      show(emptyReport());
    },
  });
  const context = {
    vocabulary, draft, focusPath: form.focusPath, hasPlace: form.hasPlace,
    /** Change the draft by an answer given in the report, and assess again. */
    answer(change) {
      const place = questionIndex(document.activeElement);
      change();
      assess({ returnTo: place });
    },
  };
  const stale = h(
    "p", { class: "stale", hidden: true }, "The form has changed since this report. ",
    h("button", { type: "button", class: "link", onclick: () => assess({ reveal: true }) }, "Assess again"),
  );

  draft.subscribe(() => {
    form.refresh();
    stale.hidden = assessed === undefined || JSON.stringify(draft) === assessed;
  });

  async function assess({ reveal = false, returnTo } = {}) {
    pending?.abort();
    const request = new AbortController();
    pending = request;
    reportRoot.setAttribute("aria-busy", "true");
    try {
      const sent = JSON.stringify(draft);
      const { ok, content } = await postCase(draft, request.signal);
      assessed = sent;
      form.showIssues(content.issues ?? []);
      show(ok ? assessmentReport(content, context) : problemReport(content, context), stale);
      stale.hidden = JSON.stringify(draft) === assessed;
      announcement.textContent = content.triage ? spellOut(content.triage.statement, content.triage.level) : content.title;
      if (reveal) revealReport();
      else if (returnTo !== undefined) focusQuestion(returnTo);
    } catch (error) {
      if (error.name === "AbortError") return;
      show([h("section", { class: "problem", role: "alert" }, h("h2", {}, "No answer"), h("p", {}, `The server could not be reached (${error.message}).`))]);
    } finally {
      if (pending === request) reportRoot.removeAttribute("aria-busy");
    }
  }
}

/** Replace the report; what was unfolded stays unfolded. */
function show(parts, ...before) {
  const open = new Set([...reportRoot.querySelectorAll("details[open][data-key]")].map((part) => part.dataset.key));
  reportRoot.replaceChildren(...before, ...parts.filter(Boolean));
  for (const part of reportRoot.querySelectorAll("details[data-key]")) part.open = open.has(part.dataset.key);
}

function revealReport() {
  reportRoot.scrollTo({ top: 0 });
  const target = reportRoot.querySelector("#triage-statement") ?? reportRoot;
  target.focus({ preventScroll: true });
  if (reportRoot.getBoundingClientRect().top < 0 || reportRoot.getBoundingClientRect().top > innerHeight / 2) {
    reportRoot.scrollIntoView({ block: "start" });
  }
}

/** Which question of the report an element belongs to, and how to return to the one that took its place. */
function questionIndex(element) {
  const question = element?.closest(".question");
  return question ? askedQuestions().indexOf(question) : undefined;
}

function focusQuestion(index) {
  const questions = askedQuestions();
  const next = questions[Math.min(index, questions.length - 1)];
  (next?.querySelector("button, input, select") ?? reportRoot.querySelector("#triage-statement") ?? reportRoot).focus({ preventScroll: true });
}

function askedQuestions() {
  return [...reportRoot.querySelectorAll(".question")].filter((question) => question.querySelector(":scope > .ask"));
}

/** Paper cannot be unfolded: what belongs to the likely causes and the triage is open while it is printed. */
function unfoldForPrint() {
  const folds = () => reportRoot.querySelectorAll("details:not([data-key='less likely'] details, [data-key^='not '])");
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...folds()].filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });
}

unfoldForPrint();
start();
