/** What hangs at the head of a channel: its pins, its bookmarks, and a way in for who is not a member. */
import { byId, h, icon, safeLink } from "./dom.js";
import { emoji } from "./emoji.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { act } from "./server.js";
import { store } from "./store.js";
import { full } from "./times.js";
import { language, say } from "./words.js";

let drawn = "";

/** Draws the shelf of a channel; what did not change is not touched, so that the focus stays. */
export function drawShelf(channel) {
  const pins = store.pins(channel.id);
  const out = !channel.im && !channel.private && !channel.archived && !channel.members.includes(store.me);
  const look = JSON.stringify([channel.id, channel.bookmarks, out, store.me, language(), pins.map((one) => [one.ts, one.pinned_at, one.text])]);
  if (look === drawn) return;
  drawn = look;
  const items = [out && join(channel), pins.length && opener(pins.length), ...channel.bookmarks.map(bookmark)].filter(Boolean);
  byId("shelf").hidden = !items.length;
  byId("shelf").replaceChildren(...items.map((one) => h("li", {}, one)));
  if (pins.length) byId("pins").replaceChildren(h("h3", {}, say("Pinned messages")), h("ul", { class: "places" }, pins.map(pinned)));
  else if (byId("pins").matches(":popover-open")) byId("pins").hidePopover();
}

function join(channel) {
  const go = () => act(say("Join the channel"), "join", { user: store.me, channel: channel.id });
  return h("button", { class: "quiet", on: { click: go } }, say("Join the channel"));
}

const opener = (count) => h("button", { class: "quiet", popovertarget: "pins" }, icon("pin"), say("{count} pinned", { count }));

function bookmark(item) {
  const mark = item.emoji ? (emoji(item.emoji.replaceAll(":", "")) ?? item.emoji) : icon("bookmark");
  const name = h("span", {}, plain(item.title));
  const href = safeLink(item.link);
  if (!href) return h("span", { class: "quiet" }, mark, name);
  return h("a", { class: "quiet", href, target: "_blank", rel: "noopener noreferrer" }, mark, name);
}

function pinned(message) {
  const who = store.users[message.user]?.real_name ?? say("Somebody");
  const thread = message.thread_ts ? `&thread=${message.thread_ts}` : "";
  const href = `?channel=${encodeURIComponent(store.channelName(message.channel))}&ts=${message.ts}${thread}`;
  const words = mrkdwn(message.text || "…").textContent.slice(0, 160); // a link holds no other links
  return h("li", {}, h("a", { href, title: full(message.ts), on: { click: () => byId("pins").hidePopover() } }, h("b", {}, who), words));
}
