/** What people put on a message: its reactions, and the buttons for a reaction, a pin and the app's shortcuts. */
import { h, icon } from "./dom.js";
import { emoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { act } from "./server.js";
import { store } from "./store.js";
import { say } from "./words.js";

const OFFERED = ["pushpin", "eyes", "white_check_mark", "raised_hands", "+1", "fire", "question", "tada"];

const drawn = (name) => emoji(name) ?? `:${name}:`;
const place = (message) => ({ user: store.me, channel: message.channel, ts: message.ts });

/** The reactions of a message; pressing one adds mine, or takes it away. */
export function marks(message) {
  const all = Object.entries(message.reactions);
  if (!all.length) return null;
  return h("div", { class: "marks" }, all.map(([name, users]) => mark(message, name, users)));
}

function mark(message, name, users) {
  const mine = users.includes(store.me);
  return h("button", {
    class: "mark-one", "aria-pressed": String(mine), title: users.map((one) => store.users[one]?.real_name ?? one).join(", "),
    "aria-label": say("{count} reactions {emoji}", { count: users.length, emoji: `:${name}:` }),
    data: { action: `reaction ${name}` }, on: { click: () => react(message, name, !mine) },
  }, drawn(name), ` ${users.length}`);
}

const react = (message, name, on) => act(say("Reaction"), "react", { ...place(message), name, on });

/** The buttons that open the two menus of a message. */
export function markTools(message) {
  return [tool(say("Add reaction"), "smile", "react", reactions), tool(say("More actions"), "more", "more", actions)];

  function tool(name, look, action, items) {
    const open = (event) => openMenu(event.currentTarget, name, items(message), look === "smile");
    return h("button", { class: "plain", "aria-label": name, title: name, "aria-haspopup": "menu", data: { action }, on: { click: open } }, icon(look));
  }
}

function reactions(message) {
  const mine = (name) => (message.reactions[name] ?? []).includes(store.me);
  return OFFERED.map((name) => ({ name: `:${name}:`, content: drawn(name), act: () => react(message, name, !mine(name)) }));
}

function actions(message) {
  const pin = message.pinned ? say("Unpin from channel") : say("Pin to channel");
  const shortcuts = store.shortcuts.map(({ callback_id, name }) => ({ name, act: () => act(name, "shortcut", { ...place(message), callback_id }) }));
  return [{ name: pin, act: () => act(pin, "pin", { ...place(message), on: !message.pinned }) }, ...shortcuts];
}
