/** Times in the reader's own zone and language. */
import { perLanguage } from "./words.js";

/** A function of a date that formats it in the page's language. */
function format(options) {
  const formatted = perLanguage((locale) => new Intl.DateTimeFormat(locale, options));
  return (date) => formatted().format(date);
}

const ofDay = format({ hour: "numeric", minute: "2-digit" });
const withSeconds = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const complete = format({ dateStyle: "full", timeStyle: "medium" });
const numbers = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const short = format({ month: "short", day: "numeric", year: "numeric" });
const middle = format({ month: "long", day: "numeric", year: "numeric" });
const long = format({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const relative = perLanguage((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));

export const dateOf = (ts) => new Date(Number.parseFloat(ts) * 1000);
export const clock = (ts) => ofDay(dateOf(ts));
export const full = (ts) => complete(dateOf(ts));
export const sameDay = (one, other) => dateOf(one).toDateString() === dateOf(other).toDateString();

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

function pretty(date, plain) {
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  return Math.abs(days) <= 1 ? relative().format(days, "day") : plain(date);
}

export function dayName(ts) {
  const words = pretty(dateOf(ts), long);
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function ago(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const steps = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return relative().format(Math.round(seconds / size), unit);
}

const TOKENS = {
  date_num: numbers,
  date: middle,
  date_short: short,
  date_long: long,
  date_pretty: (date) => pretty(date, middle),
  date_short_pretty: (date) => pretty(date, short),
  date_long_pretty: (date) => pretty(date, long),
  time: ofDay,
  time_secs: withSeconds,
  ago,
};

/** Slack's <!date^seconds^format>: the format filled in, or null when it cannot be. */
export function slackDate(seconds, pattern) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => (Object.hasOwn(TOKENS, token) ? TOKENS[token](date) : whole));
}
