// Figures and names as a person reads them.

const NARROW_SPACE = "\u202f";

/** A probability in whole percent; never a rounded 0 or 100. */
export function percent(p) {
  if (p <= 0) return `0${NARROW_SPACE}%`;
  if (p < 0.01) return `<1${NARROW_SPACE}%`;
  if (p > 0.99 && p < 1) return `>99${NARROW_SPACE}%`;
  return `${Math.round(p * 100)}${NARROW_SPACE}%`;
}

/** A probability with two significant digits, for a figure that stands in a table of its own. */
export function precisePercent(p) {
  return `${figure(p * 100, 2)}${NARROW_SPACE}%`;
}

/** A number with at most `digits` significant digits, without exponent. */
export function figure(x, digits = 3) {
  return new Intl.NumberFormat("en", { maximumSignificantDigits: digits, useGrouping: false }).format(x);
}

/** "SameDay" and "general-exerciser" as words. */
export function words(name) {
  const spaced = name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[-_]/g, " ").toLowerCase();
  return capital(spaced);
}

/** A label at the head of a line. */
export function capital(label) {
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** A text with a code name in it, the name spelled out. */
export function spellOut(text, name) {
  return text.replaceAll(name, words(name));
}

/** A number of things: "1 group", "3 groups". */
export function count(n, noun) {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
