// The form's controls. Each is { element, refresh, focus, showIssues }: `get` reads the draft, `set` writes to it.

import { combobox } from "./combobox.js";
import { h, newId } from "./dom.js";

const ANSWERS = [["present", "Yes"], ["absent", "No"], ["unknown", "Not asked"]];

/** A control with a place for the issues that the server reports about it. */
function control(element, refresh, focusable) {
  const id = newId("issue");
  const place = h("p", { class: "issue", id, hidden: true });
  element.append(place);
  refresh();
  return {
    element,
    refresh,
    focus: () => focusable().focus(),
    showIssues(texts) {
      place.hidden = texts.length === 0;
      place.textContent = texts.join(" ");
      element.classList.toggle("has-issue", texts.length > 0);
      for (const target of element.querySelectorAll("input, select, [role=radiogroup]")) {
        if (texts.length) {
          target.setAttribute("aria-invalid", "true");
          target.setAttribute("aria-describedby", id);
        } else {
          target.removeAttribute("aria-invalid");
          target.removeAttribute("aria-describedby");
        }
      }
    },
  };
}

/** Yes, no or not asked. */
export function threeState({ legend, note, get, set }) {
  const name = newId("answer");
  const legendId = newId("legend");
  const inputs = ANSWERS.map(([value]) => h("input", { type: "radio", name, value, onchange: () => set(value) }));
  const segments = ANSWERS.map(([value, text], i) => h("label", { class: `segment segment-${value}` }, inputs[i], h("span", {}, text)));
  const element = h(
    "div", { class: "three-state" },
    h("div", { class: "three-state-row", role: "radiogroup", "aria-labelledby": legendId },
      h("span", { class: "legend", id: legendId }, legend, note && h("span", { class: "legend-note" }, note)),
      h("span", { class: "segments" }, segments)),
  );
  const refresh = () => {
    const status = get();
    for (const input of inputs) input.checked = input.value === status;
    element.dataset.status = status;
  };
  return control(element, refresh, () => inputs.find((input) => input.checked) ?? inputs[0]);
}

/** A number, typed. */
export function numberField({ label, hint, get, set, units, getUnit, setUnit }) {
  const input = h("input", {
    id: newId("number"), type: "text", inputmode: "decimal", autocomplete: "off", oninput: () => set(input.value),
  });
  const unit = units && h(
    "select", { "aria-label": `${label}: unit`, onchange: () => setUnit(Number(unit.value)) },
    units.map(([factor, name]) => h("option", { value: factor }, name)),
  );
  const element = h(
    "div", { class: "field number" },
    h("label", { for: input.id }, label, hint && h("span", { class: "hint" }, ` ${hint}`)),
    h("div", { class: "joined" }, input, unit),
  );
  const refresh = () => {
    const value = String(get() ?? "");
    if (input.value !== value) input.value = value;
    if (unit) unit.value = String(getUnit());
  };
  return control(element, refresh, () => input);
}

/** One of a short list, or none. */
export function selectField({ label, options, get, set, none = "Not stated" }) {
  const select = h(
    "select", { id: newId("select"), onchange: () => set(select.value) },
    none !== null && h("option", { value: "" }, none),
    options.map((option) => h("option", { value: option.value }, option.label)),
  );
  const element = h("div", { class: "field" }, h("label", { for: select.id }, label), select);
  return control(element, () => { select.value = get() || (none === null ? options[0].value : ""); }, () => select);
}

/** Several of a short list, as boxes to tick. */
export function chipsField({ label, options, get, set }) {
  const boxes = options.map((option) => h("input", {
    type: "checkbox", value: option.value,
    onchange: () => set(boxes.filter((box) => box.checked).map((box) => box.value)),
  }));
  const element = h(
    "div", { class: "field wide", role: "group", "aria-label": label },
    h("span", { class: "label", "aria-hidden": "true" }, label),
    h("div", { class: "chips" }, options.map((option, i) => h("label", { class: "chip" }, boxes[i], h("span", {}, option.label)))),
  );
  return control(element, () => boxes.forEach((box) => { box.checked = (get() ?? []).includes(box.value); }), () => boxes[0]);
}

/** Several of a long list: searched, then shown as tokens. */
export function tokensField({ label, options, get, set }) {
  const labels = new Map(options.map((option) => [option.value, option.label]));
  const search = combobox({
    label, options, placeholder: "Search…", opensEmpty: true,
    onPick: (value) => change([...new Set([...(get() ?? []), value])]),
  });
  const tokens = h("div", { class: "tokens" });
  const element = h("div", { class: "tokens-field" }, search.element, tokens);

  function change(values) {
    set(values);
    refresh();
    search.focus();
  }

  function refresh() {
    const values = get() ?? [];
    tokens.replaceChildren(...values.map((value) => h(
      "span", { class: "token" }, labels.get(value) ?? value,
      h("button", {
        type: "button", class: "remove", "aria-label": `Remove ${labels.get(value) ?? value}`,
        onclick: () => change(values.filter((other) => other !== value)),
      }, "×"),
    )));
  }
  return control(element, refresh, () => search.input);
}
