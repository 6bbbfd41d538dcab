/** Block Kit and attachments to DOM nodes. */
import { h, icon } from "./dom.js";
import { draw } from "./elements.js";
import { anchor, mrkdwn, plain, plainText } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { telling } from "./telling.js";
import { say } from "./words.js";

const textOf = (text) => (text?.type === "mrkdwn" ? mrkdwn(text.text ?? "") : h("div", { class: "said" }, plainText(text?.text ?? "")));

/** `send(element, block, value)` is called when the person acts; `keep(element, block, drawn)` gets what was drawn. */
export function blocks(all, send, keep = () => {}) {
  return h("div", { class: "blocks" }, all.map((block) => one(block, { send, keep })));
}

function one(block, to) {
  switch (block.type) {
    case "header": return h("h3", { class: "block-header" }, plainText(block.text?.text ?? ""));
    case "section": return section(block, to);
    case "context": return h("div", { class: "block-context" }, (block.elements ?? []).map((item) => (item.type === "image" ? picture(item) : textOf(item))));
    case "divider": return h("hr", { class: "block-divider" });
    case "actions": return h("div", { class: "block-actions" }, (block.elements ?? []).map((item) => element(item, block, to)));
    case "image": return h("figure", { class: "said" }, block.title ? h("figcaption", {}, plainText(block.title.text ?? "")) : null, picture(block));
    case "rich_text": return richText(block);
    case "markdown": return h("div", { class: "said" }, block.text ?? "");
    case "input": return h("div", { class: "ask" }, h("span", { class: "ask-label" }, plain(block.label?.text ?? "")), element(block.element, block, to));
    default: return h("p", { class: "block-unknown" }, say("(a {type} block is not drawn here)", { type: block.type }));
  }
}

function section(block, to) {
  const fields = block.fields ? h("div", { class: "block-fields" }, block.fields.map(textOf)) : null;
  const said = h("div", { class: "said-and-fields said" }, block.text ? textOf(block.text) : null, fields);
  const side = block.accessory ? (block.accessory.type === "image" ? picture(block.accessory) : element(block.accessory, block, to)) : null;
  return h("div", { class: "block-section" }, said, side);
}

function element(item, block, { send, keep }) {
  const drawn = draw(item, telling(block, item, (value) => send(item, block, value)));
  keep(item, block, drawn);
  return drawn.node;
}

/** A file of the workspace is shown. Nothing is loaded from elsewhere: the alternative text stands for other pictures. */
function picture(image) {
  const alt = plain(image.alt_text ?? image.title?.text ?? say("Picture"));
  const file = image.slack_file?.id ?? /\/playground\/files\/(F\w+)/.exec(image.slack_file?.url ?? "")?.[1];
  const src = `/playground/files/${encodeURIComponent(file ?? "")}`;
  if (file) return h("a", { class: "picture-file", href: src, target: "_blank", rel: "noopener" }, h("img", { src, alt }));
  return h("span", { class: "picture", role: "img", "aria-label": image.alt_text ?? "" }, icon("eye"), alt);
}

const NAMED = { good: "#3a9d5d", warning: "#e0a21b", danger: "#d6342b" };

export function attachments(all, send) {
  return h("div", { class: "attachments" }, all.map((item) => attachment(item, send)));
}

function attachment(item, send) {
  const title = item.title && (item.title_link ? anchor(item.title_link, plain(item.title)) : plain(item.title));
  const pairs = (item.fields ?? []).map((pair) => h("div", {}, h("strong", {}, plain(pair.title ?? "")), mrkdwn(pair.value ?? "")));
  const node = h("div", { class: "attachment" },
    item.pretext ? mrkdwn(item.pretext) : null,
    item.author_name ? h("div", { class: "attachment-small" }, plain(item.author_name)) : null,
    title ? h("div", { class: "attachment-title said" }, title) : null,
    item.text ? mrkdwn(item.text) : null,
    pairs.length ? h("div", { class: "block-fields" }, pairs) : null,
    item.blocks ? blocks(item.blocks, send) : null,
    !item.text && !item.blocks && !title && item.fallback ? h("div", { class: "said" }, plain(item.fallback)) : null,
    item.footer ? h("div", { class: "attachment-small" }, plain(item.footer)) : null);
  const colour = NAMED[item.color] ?? (/^#?[0-9a-f]{6}$/i.test(item.color ?? "") ? `#${item.color.replace("#", "")}` : null);
  if (colour) node.style.borderLeftColor = colour;
  return node;
}
