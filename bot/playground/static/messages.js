/** Lists of messages: a node for each, drawn anew only when its message changed. */
import { attachments, blocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { heard } from "./heard.js";
import { marks, markTools } from "./marks.js";
import { mrkdwn } from "./mrkdwn.js";
import { place } from "./place.js";
import { act } from "./server.js";
import { store } from "./store.js";
import { clock, dayName, full, sameDay } from "./times.js";
import { language, say } from "./words.js";

const FOLLOWS_SECONDS = 300;

/** Fills `list` with `messages`; `inside` says that this is the thread pane. */
export function drawList(list, messages, inside) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const held = document.activeElement?.closest?.("[data-action]");
  const focus = held && list.contains(held) ? [held.closest(".message").dataset.key, held.dataset.action] : null;
  const wanted = messages.flatMap((message, index) => {
    const before = messages[index - 1];
    const parts = [reuse(old, message, before, inside)];
    if (!inside && (!before || !sameDay(before.ts, message.ts))) parts.unshift(day(old, message.ts));
    if (inside && index === 0 && messages.length > 1) parts.push(rule(messages.length - 1));
    return parts;
  });
  wanted.forEach((node, index) => list.children[index] !== node && list.insertBefore(node, list.children[index] ?? null));
  while (list.children.length > wanted.length) list.lastElementChild.remove();
  if (focus && !list.contains(held)) refocus(list, focus);
}

function refocus(list, [key, action]) {
  const node = [...list.children].find((one) => one.dataset.key === key);
  const same = [...(node?.querySelectorAll("[data-action]") ?? [])].find((one) => one.dataset.action === action);
  (same ?? node?.querySelector("button, a"))?.focus();
}

function reuse(old, message, before, inside) {
  const look = [language(), follows(before, message, inside), store.pinged(message), store.me, place.thread === message.ts && !inside].join();
  const known = old.get(message.ts);
  if (known && known.message === message && known.dataset.look === look) return known;
  const node = draw(message, follows(before, message, inside), inside);
  node.message = message;
  Object.assign(node.dataset, { key: message.ts, look });
  return node;
}

function day(old, ts) {
  const name = dayName(ts);
  return old.get(name) ?? h("div", { class: "day", role: "separator", data: { key: name } }, name);
}

function rule(count) {
  return h("div", { class: "thread-rule", data: { key: `rule ${count}` } }, say("{count} replies", { count }));
}

function follows(before, message, inside) {
  if (!before || message.broadcast || before.broadcast || message.visible_to || before.visible_to || (inside && !message.thread_ts)) return false;
  const soon = Number(message.ts) - Number(before.ts) < FOLLOWS_SECONDS;
  return soon && before.user === message.user && sameDay(before.ts, message.ts) && !before.reply_count && !message.blocks.length;
}

function draw(message, close, inside) {
  const user = store.users[message.user];
  const pinged = store.pinged(message) ? "pinged" : "";
  const open = place.thread === message.ts && !inside ? "open" : "";
  const name = user?.real_name ?? message.user;
  return h("article", { tabindex: -1, class: `message ${close ? "follows" : ""} ${pinged} ${open}`, "aria-label": `${name}, ${clock(message.ts)}` },
    close ? stamp(message) : avatar(message.user),
    h("div", { class: "body" },
      close ? null : h("div", { class: "by" }, h("b", {}, name), message.bot_id ? h("span", { class: "app" }, say("APP")) : null, stamp(message)),
      notes(message, inside),
      content(message),
      marks(message),
      inside ? null : replies(message)),
    tools(message, inside));
}

function stamp(message) {
  const name = store.channelName(message.channel);
  const thread = message.thread_ts ? `&thread=${message.thread_ts}` : "";
  const href = `?channel=${encodeURIComponent(name)}&ts=${message.ts}${thread}`;
  return h("a", { class: "at", href, title: full(message.ts), "aria-label": full(message.ts) }, clock(message.ts));
}

export function avatar(id, small = false) {
  const size = small ? "avatar small" : "avatar";
  if (id === store.bot) return h("span", { class: `${size} who-bot`, "aria-hidden": "true" }, icon("moon"));
  const at = store.people.indexOf(id);
  const letters = (store.users[id]?.real_name ?? "?").split(" ").map((one) => one[0]).join("").slice(0, 2);
  return h("span", { class: `${size} who-${at < 0 ? "x" : at}`, "aria-hidden": "true" }, letters);
}

function notes(message, inside) {
  const all = [];
  if (message.visible_to) all.push(h("div", { class: "note" }, icon("eye"), say("Only visible to you")));
  if (message.pinned) all.push(h("div", { class: "note" }, icon("pin"), say("Pinned")));
  if (message.broadcast && inside) all.push(h("div", { class: "note" }, icon("hash"), say("Also sent to the channel")));
  if (message.broadcast && !inside) {
    const go = () => place.go(store.channelName(message.channel), message.thread_ts);
    all.push(h("div", { class: "note" }, icon("reply"), h("button", { class: "replies", on: { click: go } }, say("replied to a thread"))));
  }
  return all;
}

function content(message) {
  if (message.deleted) return h("div", { class: "gone" }, heard(message.text));
  const send = (element, block, value) => act(labelOf(element), "press", {
    user: store.me, channel: message.channel, ts: message.ts, action_id: element.action_id, block_id: block.block_id, value,
  });
  const edited = message.edited ? h("span", { class: "edited", title: full(message.edited) }, say("(edited)")) : null;
  if (message.blocks.length) return [blocks(message.blocks, send), attachments(message.attachments, send), edited && h("div", {}, edited)];
  const said = message.text ? mrkdwn(message.text) : h("div", { class: "said" });
  if (edited) said.append(" ", edited);
  return [said, message.attachments.length ? attachments(message.attachments, send) : null, ...(message.files ?? []).map(file)];
}

const file = (one) => h("div", { class: "said" }, h("a", { href: `/playground/files/${one.id}`, download: one.name }, `📄 ${one.name}`));

const labelOf = (element) => element.text?.text ?? element.placeholder?.text ?? say("That choice");

function replies(message) {
  if (!message.reply_count) return null;
  const go = () => place.go(store.channelName(message.channel), message.ts);
  return h("button", { class: "replies", data: { action: "open thread" }, on: { click: go } },
    h("span", { class: "faces" }, message.reply_users.slice(0, 4).map((one) => avatar(one, true))),
    say("{count} replies", { count: message.reply_count }),
    h("small", {}, say("last at {time}", { time: clock(message.latest_reply) })));
}

function tools(message, inside) {
  if (message.visible_to || message.deleted) return null;
  const reply = () => {
    place.go(store.channelName(message.channel), message.thread_ts ?? message.ts);
    document.querySelector("#thread-composer textarea")?.focus();
  };
  const remove = () => act(say("Delete"), "delete", { channel: message.channel, ts: message.ts });
  return h("div", { class: "tools" }, markTools(message),
    inside ? null : h("button", { class: "plain", "aria-label": say("Reply in thread"), title: say("Reply in thread"), data: { action: "reply" }, on: { click: reply } }, icon("reply")),
    h("button", { class: "plain", "aria-label": say("Delete message"), title: say("Delete message"), data: { action: "delete" }, on: { click: remove } }, icon("bin")));
}

/** One line of what a message says, for the spoken log. */
export function spoken(message) {
  const drawn = h("div", {}, content(message));
  for (const time of drawn.querySelectorAll("button, select")) time.remove();
  const where = store.channels.get(message.channel)?.im ? say("a direct message") : `#${store.channelName(message.channel)}`;
  const who = store.users[message.user]?.real_name ?? say("Somebody");
  return say("{who} in {where}: {words}", { who, where, words: drawn.textContent.slice(0, 240) });
}
