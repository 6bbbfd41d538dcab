/** Slack's mrkdwn to DOM nodes. */
import { h, safeLink } from "./dom.js";
import { emoji } from "./emoji.js";
import { store } from "./store.js";
import { slackDate, full } from "./times.js";

const INLINE = new RegExp(
  [
    "<([^<>\\n]+)>",
    "`([^`\\n]+)`",
    "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s*])((?:<[^<>\\n]*>|(?!<[^<>\\n]*>)[^*\\n])*?[^\\s*])\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=[^\\s_])((?:<[^<>\\n]*>|(?!<[^<>\\n]*>)[^_\\n])*?[^\\s_])_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?=[^\\s~])((?:<[^<>\\n]*>|(?!<[^<>\\n]*>)[^~\\n])*?[^\\s~])~(?![\\p{L}\\p{N}~])",
    ":([a-z0-9_+-]{1,40}):",
  ].join("|"),
  "gu",
);

export const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A block of mrkdwn as one element. */
export function mrkdwn(text) {
  const out = h("div", { class: "said" });
  String(text).split(/```([\s\S]*?)```/).forEach((part, index) => {
    if (index % 2) out.append(h("pre", {}, h("code", {}, plain(part.replace(/^\n|\n$/g, "")))));
    else lines(part, out);
  });
  return out;
}

/** plain_text: no formatting, but emoji. */
export function plainText(text) {
  const out = h("span", {});
  String(text).split(/:([a-z0-9_+-]{1,40}):/).forEach((part, index) => {
    out.append(index % 2 ? emoji(part) ?? `:${part}:` : plain(part));
  });
  return out;
}

function lines(text, out) {
  const quoted = /^(?:>|&gt;) ?/;
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    if (quoted.test(line)) {
      if (quote) quote.append("\n");
      else out.append((quote = h("blockquote", {})));
      inline(line.replace(quoted, ""), quote);
      return;
    }
    inline(line, out);
    quote = null;
    if (index < all.length - 1 && !quoted.test(all[index + 1])) out.append("\n");
  });
}

function inline(text, out) {
  let from = 0;
  for (const hit of text.matchAll(INLINE)) {
    out.append(plain(text.slice(from, hit.index)), ...formatted(hit));
    from = hit.index + hit[0].length;
  }
  out.append(plain(text.slice(from)));
}

function formatted([whole, entity, code, bold, italic, strike, name]) {
  if (entity !== undefined) return [linked(entity)];
  if (code !== undefined) return [h("code", {}, plain(code))];
  if (name !== undefined) return [emoji(name) ?? whole];
  const tag = bold !== undefined ? "strong" : italic !== undefined ? "em" : "s";
  const node = h(tag, {});
  inline(bold ?? italic ?? strike, node);
  return [node];
}

function linked(entity) {
  const [target, label] = entity.split(/\|(.*)/s);
  if (target.startsWith("@")) return person(target.slice(1), label);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${store.channelName(target.slice(1)) ?? plain(label ?? target)}`);
  if (target.startsWith("!")) return special(target.slice(1), label);
  if (!safeLink(plain(target)) && label === undefined) return document.createTextNode(`<${plain(entity)}>`);
  return anchor(plain(target), plain(label ?? target.replace(/^mailto:/, "")));
}

export function anchor(address, label) {
  const href = safeLink(address);
  if (!href) return document.createTextNode(label === address ? label : `${label} (${address})`);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

export function person(id, label) {
  const user = store.users[id];
  const mine = id === store.me;
  return h("span", { class: mine ? "mention loud" : "mention" }, `@${user ? user.real_name : plain(label ?? id)}`);
}

export function special(target, label) {
  const [what, ...rest] = target.split("^");
  if (["here", "channel", "everyone"].includes(what)) return h("span", { class: "mention loud" }, `@${what}`);
  if (what === "subteam") return group(rest[0], label);
  if (what === "date") return moment(rest, label);
  return document.createTextNode(label ? plain(label) : `<!${target}>`);
}

export function group(id, label) {
  const known = store.usergroups.find((one) => one.id === id);
  const mine = known?.users.includes(store.me);
  const words = known ? `@${known.handle}` : plain(label ?? id);
  return h("span", { class: mine ? "mention loud" : "mention" }, words);
}

function moment([seconds, pattern, address], label) {
  const words = pattern && slackDate(seconds, plain(pattern));
  if (!words) return document.createTextNode(plain(label ?? ""));
  const time = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: full(seconds) }, words);
  if (!address || !safeLink(plain(address))) return time;
  const link = anchor(plain(address), "");
  link.append(time);
  return link;
}
