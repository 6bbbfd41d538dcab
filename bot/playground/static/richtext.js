/** rich_text blocks: sections, lists, quotes, code. */
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { anchor, group, person, special } from "./mrkdwn.js";
import { store } from "./store.js";

export function richText(block) {
  return h("div", { class: "said" }, (block.elements ?? []).map(part));
}

function part(element) {
  const inside = (element.elements ?? []).map((one) => (one.elements ? h("li", {}, one.elements.map(piece)) : piece(one)));
  switch (element.type) {
    case "rich_text_list": return h(element.style === "ordered" ? "ol" : "ul", {}, inside);
    case "rich_text_quote": return h("blockquote", {}, inside);
    case "rich_text_preformatted": return h("pre", {}, h("code", {}, inside));
    default: return h("div", {}, inside);
  }
}

function piece(one) {
  return styled(bare(one), one.style ?? {});
}

function bare(one) {
  switch (one.type) {
    case "text": return document.createTextNode(one.text ?? "");
    case "link": return anchor(one.url ?? "", one.text || one.url || "");
    case "emoji": return emoji(one.name) ?? document.createTextNode(`:${one.name}:`);
    case "user": return person(one.user_id);
    case "usergroup": return group(one.usergroup_id);
    case "channel": return h("span", { class: "mention" }, `#${store.channelName(one.channel_id) ?? one.channel_id}`);
    case "broadcast": return special(one.range);
    case "date": return special(`date^${one.timestamp}^${one.format}`, one.fallback);
    default: return document.createTextNode(one.text ?? "");
  }
}

function styled(node, style) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
