// The search box of the reference: looks through names, labels and synonyms, and leads to the page of a term.

const MOST = 12;
const form = document.getElementById("search");
const input = document.getElementById("search-words");
const list = document.getElementById("search-results");
const status = document.getElementById("search-status");
let entries = null;
let found = [];
let chosen = -1;

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

async function load() {
  if (entries === null) {
    const answer = await fetch(form.dataset.index);
    if (!answer.ok) throw new Error(`The search index answered ${answer.status}.`);
    entries = (await answer.json()).map((entry) => ({
      ...entry,
      texts: [entry.label, entry.name, ...(entry.synonyms ?? [])].map((text) => ({ text, plain: plain(text) })),
    }));
  }
  return entries;
}

/* How well one text fits, smaller is better: equal, a beginning, the beginning of a word, every word somewhere. */
function fit(text, wanted, words) {
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  if (text.includes(` ${wanted}`)) return 2;
  return words.every((word) => text.includes(word)) ? 3 : Infinity;
}

function search(written) {
  const wanted = plain(written.trim());
  const words = wanted.split(/\s+/);
  return entries
    .map((entry) => {
      const fits = entry.texts.map((text) => fit(text.plain, wanted, words));
      const best = Math.min(...fits);
      const place = fits.indexOf(best);
      const { text } = entry.texts[Math.max(place, 0)];
      return { entry, rank: best + (place > 1 ? 0.5 : 0), length: text.length, via: place > 1 ? text : "" };
    })
    .filter((match) => match.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.length - b.length || a.entry.label.localeCompare(b.entry.label));
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function show() {
  const all = input.value.trim() ? search(input.value) : [];
  found = all.slice(0, MOST);
  chosen = found.length ? 0 : -1;
  list.replaceChildren(
    ...found.map(({ entry, via }, position) => {
      const item = element("li", "", "");
      item.id = `search-result-${position}`;
      item.setAttribute("role", "option");
      item.append(element("span", "", entry.label), element("span", "sort", entry.kind));
      if (via) item.append(element("span", "also", `also called ${via}`));
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => open(entry));
      return item;
    }),
  );
  const open_ = Boolean(input.value.trim());
  if (open_ && !found.length) list.append(element("li", "none", "No term has these words."));
  list.hidden = !open_;
  input.setAttribute("aria-expanded", String(open_));
  const count = all.length > MOST ? `the first ${MOST} of ${all.length} terms` : `${all.length} terms`;
  status.textContent = open_ ? count : "";
  mark();
}

function mark() {
  [...list.querySelectorAll("[role=option]")].forEach((item, position) => {
    item.setAttribute("aria-selected", String(position === chosen));
    if (position === chosen) item.scrollIntoView({ block: "nearest" });
  });
  if (chosen < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", `search-result-${chosen}`);
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function open(entry) {
  location.href = form.dataset.base + entry.name.split("/").map(encodeURIComponent).join("/");
}

input.addEventListener("focus", () => load().catch(() => {}));
input.addEventListener("input", () => load().then(show, (problem) => (status.textContent = String(problem))));
input.addEventListener("blur", close);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  if (list.hidden || !found.length) return;
  chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
  mark();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!list.hidden && chosen >= 0) open(found[chosen].entry);
});
form.hidden = false;
