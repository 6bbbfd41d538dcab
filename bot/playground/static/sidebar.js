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
    ...archive(mine.filter((one) => !one.im && one.archived)),
  );
  const all = places();
  const current = all.find((one) => one.dataset.name === focus) ?? all.find((one) => one.hasAttribute("aria-current")) ?? all[0];
  for (const one of all) one.tabIndex = one === current ? 0 : -1;
  if (focus) [...nav.querySelectorAll("[data-name]")].find((one) => one.dataset.name === focus)?.focus();
}

function group(title, channels) {
  if (!channels.length) return [];
  return [h("h2", { class: "group" }, title), h("ul", { class: "places" }, channels.map((one) => h("li", {}, entry(one))))];
}

/** What is archived is there for who asks: folded, unless the reader opened it or is in one of them. */
let unfolded = false;
const ARCHIVE = " archive"; // no channel is called so

function archive(channels) {
  if (!channels.length) return [];
  const open = unfolded || channels.some((one) => one.name === place.channel);
  const list = h("ul", { class: "places" }, channels.map((one) => h("li", {}, entry(one))));
  const node = h("details", { open }, h("summary", { class: "group", data: { name: ARCHIVE } }, say("Archived")), list);
  node.querySelector("summary").addEventListener("click", () => (unfolded = !node.open));
  return [node];
}

const places = () => [...byId("channels").querySelectorAll(".place")].filter((one) => one.checkVisibility());

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

/** The name, and what the icon before it says. */
export function fullNameOf(channel) {
  const name = titleOf(channel);
  if (channel.im) return name;
  if (channel.archived) return say("{name}, archived", { name });
  return channel.private ? say("{name}, private", { name }) : name;
}

function entry(channel) {
  const { messages, pings } = store.unread(channel);
  const forMe = say("{count} for you", { count: pings });
  const news = [messages && say("{count} unread", { count: messages }), pings && forMe].filter(Boolean).join(", ");
  const node = h("button", {
    class: messages ? "place unread" : "place",
    "aria-current": channel.name === place.channel ? "page" : null,
    title: titleOf(channel),
    "aria-label": news ? `${fullNameOf(channel)}, ${news}` : fullNameOf(channel),
    data: { name: channel.name },
    on: { click: () => place.go(channel.name) },
  }, icon(kindOf(channel)), nameOf(channel));
  if (pings) node.append(h("span", { class: "count ping", title: forMe }, `@ ${pings}`));
  else if (messages) node.append(h("span", { class: "count" }, messages > 99 ? "99+" : messages));
  return node;
}

/** What is too long for the sidebar loses its middle: rooms of one day begin alike, and are told apart by their ends. */
const ENDING = 9;

function nameOf(channel) {
  const letters = [...titleOf(channel)];
  const ending = letters.splice(letters.length > 2 * ENDING ? -ENDING : letters.length);
  return h("span", { class: "name" }, h("span", {}, letters.join("")), h("span", {}, ending.join("")));
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

export function startSidebar() {
  byId("channels").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const all = places();
    if (!all.includes(document.activeElement)) return;
    event.preventDefault();
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
