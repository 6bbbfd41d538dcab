/** The page's own words in the reader's language: in the code they are English, `words.es.js` has the Spanish ones. */
import { ENGLISH } from "./words.en.js";
import { SPANISH } from "./words.es.js";

const KEY = "playground.language";
const WORDS = { en: ENGLISH, es: SPANISH };
const languageOf = (tag) => (tag ?? "").toLowerCase().split("-")[0];

/** What the address asks for, else what was chosen before, else the team's language, else the browser's. */
function preferred() {
  const asked = new URLSearchParams(location.search).get("lang");
  const all = [asked, localStorage.getItem(KEY), document.documentElement.dataset.language, ...navigator.languages];
  return all.map(languageOf).find((one) => Object.hasOwn(WORDS, one)) ?? "en";
}

let current = preferred();

export const language = () => current;

/** What `make(locale)` makes, once for each language; the locale is the reader's own kind of it, such as es-MX. */
export function perLanguage(make) {
  const made = new Map();
  return () => {
    const locale = navigator.languages.find((one) => languageOf(one) === current) ?? current;
    if (!made.has(current)) made.set(current, make(locale));
    return made.get(current);
  };
}

const numbers = perLanguage((locale) => new Intl.NumberFormat(locale));
const plurals = perLanguage((locale) => new Intl.PluralRules(locale));

/** `say("{count} replies", { count })`; where the list has several forms, `count` says which one. */
export function say(english, values = {}) {
  const found = WORDS[current][english] ?? english;
  const words = typeof found === "string" ? found : (found[plurals().select(values.count)] ?? found.other);
  const shown = (value) => (typeof value === "number" ? numbers().format(value) : String(value));
  return words.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? shown(values[name]) : whole));
}

/** Says what stands in the HTML: the text of `data-say`, the aria-label of `data-say-label`. */
export function sayAll() {
  document.documentElement.lang = current;
  for (const node of document.querySelectorAll("[data-say]")) {
    node.dataset.say ||= node.textContent;
    node.textContent = say(node.dataset.say);
  }
  for (const node of document.querySelectorAll("[data-say-label]")) {
    node.dataset.sayLabel ||= node.getAttribute("aria-label");
    node.setAttribute("aria-label", say(node.dataset.sayLabel));
  }
}

/** Takes a language and remembers it; what the address asked for is over. */
export function choose(wanted) {
  current = wanted;
  localStorage.setItem(KEY, wanted);
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  history.replaceState(null, "", url);
  sayAll();
}
