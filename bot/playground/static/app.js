/** Starts the page: the stream fills the store, the store and the address decide what is drawn. */
import { composer } from "./composer.js";
import { byId, h, icon } from "./dom.js";
import { follower } from "./follower.js";
import { startLanguage } from "./language.js";
import { drawList, spoken } from "./messages.js";
import { startMenu } from "./menu.js";
import { drawModal, startModal } from "./modal.js";
import { plain } from "./mrkdwn.js";
import { followOwnLinks, place } from "./place.js";
import { startSamples } from "./samples.js";
import { follow } from "./server.js";
import { drawShelf } from "./shelf.js";
import { drawActAs, drawSidebar, fullNameOf, kindOf, openSide, startSidebar, titleOf } from "./sidebar.js";
import { store } from "./store.js";
import { startTheme } from "./theme.js";
import { say } from "./words.js";

/** Where the address says, if the person who acts may see it. */
function here() {
  const named = store.byName(place.channel);
  return store.sees(named) ? named : store.mine()[0];
}
const botName = () => store.users[store.bot]?.name ?? "bot";

const channelEnd = follower(byId("scroll"));
const threadEnd = follower(byId("thread-scroll"));

function drawChannel() {
  const channel = here();
  const messages = store.inChannel(channel.id);
  byId("title").replaceChildren(icon(kindOf(channel)), titleOf(channel));
  byId("title").setAttribute("aria-label", fullNameOf(channel));
  byId("topic").textContent = channel.archived ? say("Archived: nothing can be posted here.") : plain(channel.topic || channel.purpose);
  drawShelf(channel);
  document.title = `${titleOf(channel)} · Playground`;
  channelEnd.draw(channel.id, () => {
    if (messages.length) {
      byId("list").querySelector(".empty")?.remove();
      drawList(byId("list"), messages, false);
    } else byId("list").replaceChildren(empty());
  });
  if (document.visibilityState === "visible") store.markRead(channel.id);
}

function drawThread() {
  const channel = here();
  const replies = place.thread ? store.inThread(channel.id, place.thread) : [];
  const open = replies.length > 0;
  byId("thread").hidden = !open;
  byId("frame").classList.toggle("with-thread", open);
  if (!open) return;
  byId("thread-where").textContent = `#${channel.name}`;
  threadEnd.draw(place.thread, () => drawList(byId("thread-list"), replies, true));
}

function empty() {
  return h("div", { class: "empty" },
    h("span", { class: "mark", "aria-hidden": "true" }, icon("moon")),
    h("h3", {}, say("All is quiet here")),
    h("p", {}, say("Send a recorded alert to the bot and watch what it makes of it, or type /{bot} help in the box below.", { bot: botName() })),
    h("p", {}, say("Nothing leaves this machine: this is a small Slack of its own.")),
    h("p", {}, say("The language above is the page's; Sereno speaks the policy's language.")),
    h("button", { class: "quiet", popovertarget: "samples" }, icon("sample"), say("Send a sample")));
}

let linked = null; // not yet known
function drawLink() {
  byId("link-state").classList.toggle("on", linked === true);
  byId("link-state").textContent = linked ? say("Live") : linked === null ? say("Connecting…") : say("Reconnecting…");
}

function drawAll() {
  if (!store.ready) return;
  drawActAs();
  drawChannel();
  drawThread();
  drawSidebar();
  refreshBoxes();
  drawModal();
}

function seek() {
  const wanted = place.seek ?? "";
  const node = [...document.querySelectorAll(".message")].findLast((one) => one.dataset.key === wanted);
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("found");
}

function closeThread() {
  const key = place.thread;
  place.go(here().name);
  const node = [...byId("list").children].find((one) => one.dataset.key === key);
  (node?.querySelector(".replies") ?? byId("box"))?.focus();
}

function readOut(message) {
  const line = h("p", {}, spoken(message));
  byId("spoken").append(line);
  while (byId("spoken").children.length > 5) byId("spoken").firstElementChild.remove();
}

function invitation(channel) {
  const names = { name: titleOf(channel), bot: botName() };
  return channel.im ? say("Message {name}, or type /{bot} help", names) : say("Message #{name}, or type /{bot} help", names);
}

const boxes = [
  composer(byId("composer"), () => ({ channel: here()?.id, thread: null, label: here() ? invitation(here()) : "" }), "box"),
  composer(byId("thread-composer"), () => ({ channel: here()?.id, thread: place.thread, label: say("Reply…") }), "thread-box"),
];
const refreshBoxes = () => boxes.forEach((refresh) => refresh());

store.addEventListener("all", drawAll);
store.addEventListener("channel", () => drawSoon(drawChannel, drawSidebar));
store.addEventListener("views", drawModal);
/** Draws soon, once, however many changes come: a storm of edits must not freeze the page. */
const stale = new Set();
function drawSoon(...parts) {
  if (!stale.size) {
    setTimeout(() => {
      const due = [...stale];
      stale.clear();
      for (const draw of due) draw();
    }, 20);
  }
  for (const part of parts) stale.add(part);
}

function follows(message) {
  const own = message.user === store.me || message.visible_to === store.me;
  if (!message.thread_ts || message.broadcast) channelEnd.came(own);
  if (message.thread_ts && message.thread_ts === place.thread) threadEnd.came(own);
}

store.addEventListener("message", ({ detail: { message, fresh } }) => {
  if (message.channel === here().id) {
    if (fresh) follows(message);
    drawSoon(drawChannel, drawThread);
  }
  drawSoon(drawSidebar);
  if (fresh && message.user !== store.me && store.sees(store.channels.get(message.channel))) readOut(message);
});
place.addEventListener("change", () => {
  openSide(false);
  drawAll();
  seek();
});
addEventListener("popstate", () => place.fromAddress(store.mine()[0]?.name));
document.addEventListener("visibilitychange", () => store.ready && drawAll());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], :popover-open")) return;
  if (byId("side").classList.contains("open")) openSide(false);
  else if (place.thread) closeThread();
});
byId("close-thread").addEventListener("click", closeThread);

followOwnLinks(document.body);
startSidebar();
startSamples();
startMenu();
startModal();
startTheme();
startLanguage(() => {
  byId("samples").hidePopover();
  drawLink();
  drawAll();
});
drawLink();
follow((on) => {
  linked = on;
  drawLink();
  if (on && !place.channel) place.fromAddress(store.mine()[0]?.name);
});
