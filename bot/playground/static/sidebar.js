/** The list of channels, with what is unread, and the act-as menu. */
import { byId, h, icon } from "./dom.js";
import { place } from "./place.js";
import { store } from "./store.js";
import { say } from "./words.js";

export function drawSidebar() {
  const nav = byId("channels");
  const focus = nav.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const mine = store.mine();
  nav.replaceChildren(
    ...group(say("Channels"), mine.filter((one) => !one.im && !one.archived)),
    ...group(say("Direct messages"), mine.filter((one) => one.im)),
    ...group(say("Archived"), mine.filter((one) => !one.im && one.archived)),
  );
  const all = [...nav.querySelectorAll(".place")];
  const current = all.find((one) => one.dataset.name === focus) ?? all.find((one) => one.hasAttribute("aria-current")) ?? all[0];
  for (const one of all) one.tabIndex = one === current ? 0 : -1;
  if (focus) current?.focus();
}

function group(title, channels) {
  if (!channels.length) return [];
  return [h("h2", { class: "group" }, title), h("ul", { class: "places" }, channels.map((one) => h("li", {}, entry(one))))];
}

export function titleOf(channel) {
  if (!channel.im) return channel.name;
  const other = channel.members.find((one) => one !== store.me);
  return store.users[other]?.real_name ?? channel.name;
}

export function kindOf(channel) {
  if (channel.im) return "person";
  if (channel.archived) return "box";
  return channel.private ? "lock" : "hash";
}

function entry(channel) {
  const { messages, pings } = store.unread(channel);
  const forMe = say("{count} for you", { count: pings });
  const news = [messages && say("{count} unread", { count: messages }), pings && forMe].filter(Boolean).join(", ");
  const node = h("button", {
    class: messages ? "place unread" : "place",
    "aria-current": channel.name === place.channel ? "page" : null,
    "aria-label": news ? `${titleOf(channel)}, ${news}` : titleOf(channel),
    data: { name: channel.name },
    on: { click: () => place.go(channel.name) },
  }, icon(kindOf(channel)), h("span", { class: "name" }, titleOf(channel)));
  if (pings) node.append(h("span", { class: "count ping", title: forMe }, `@ ${pings}`));
  else if (messages) node.append(h("span", { class: "count" }, messages > 99 ? "99+" : messages));
  return node;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export function startSidebar() {
  byId("channels").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...byId("channels").querySelectorAll(".place")];
    const at = Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1);
    for (const one of all) one.tabIndex = one === all[at] ? 0 : -1;
    all[at]?.focus();
  });
  byId("act-as").addEventListener("change", (event) => store.actAs(event.target.value));
  byId("open-side").addEventListener("click", () => openSide(!byId("side").classList.contains("open")));
  byId("main").addEventListener("pointerdown", (event) => !event.target.closest("#open-side") && openSide(false));
}

export function openSide(open) {
  byId("side").classList.toggle("open", open);
  byId("open-side").setAttribute("aria-expanded", String(open));
  if (open) byId("channels").querySelector(".place[tabindex='0']")?.focus();
}

export function drawActAs() {
  const menu = byId("act-as");
  menu.replaceChildren(...store.people.map((one) => h("option", { value: one }, store.users[one].real_name)));
  menu.value = store.me;
}
