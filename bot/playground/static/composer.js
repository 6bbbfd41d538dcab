/** The box in which a person writes: text is posted, a line that starts with / is a slash command for the bot. */
import { h, icon } from "./dom.js";
import { act } from "./server.js";
import { store } from "./store.js";
import { say } from "./words.js";

const said = [];

/** Draws a box in `home`; `target()` gives {channel, thread, label}. Returns a function that refreshes its words. */
export function composer(home, target, id) {
  const box = h("textarea", { id, rows: 1, autocomplete: "off", spellcheck: "true", maxlength: 40000 });
  const hint = h("span", {});
  const send = h("button", { class: "plain", type: "submit" }, icon("send"));
  const form = h("form", { class: "composer" }, box, h("div", { class: "composer-foot" }, hint, send));
  let recalled = said.length;
  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    said.push(text);
    recalled = said.length;
    box.value = "";
    refresh();
    const answer = await deliver(text, target());
    if (!answer.ok && !box.value) box.value = text;
  };
  const refresh = () => {
    const label = store.ready ? target().label : say("Connecting…");
    const command = box.value.startsWith("/");
    form.classList.toggle("as-command", command);
    for (const one of [box, send]) one.disabled = !store.ready; // before that, nobody acts and there is no channel
    form.setAttribute("aria-busy", String(!store.ready));
    box.placeholder = label;
    send.title = say("Send");
    send.setAttribute("aria-label", send.title);
    box.setAttribute("aria-label", label);
    hint.textContent = !store.ready ? "" : command ? say("A slash command for the bot") : say("You are {person}", { person: store.users[store.me]?.real_name ?? "" });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", refresh);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && (!box.value || box.value === said[recalled]) && recalled > 0) {
      event.preventDefault();
      box.value = said[(recalled -= 1)];
      refresh();
    }
  });
  home.replaceChildren(form);
  refresh();
  return refresh;
}

function deliver(text, { channel, thread }) {
  const [command, rest] = text.split(/\s+(.*)/s);
  if (/^\/[\w-]{1,31}$/.test(command)) {
    return act(command, "command", { user: store.me, channel, command, text: rest ?? "" });
  }
  return act(say("Your message"), "message", { user: store.me, channel, text: escape(text), thread_ts: thread });
}

/** As Slack's own client does: what is typed is text, but @here, @channel and @Name mention. */
function escape(text) {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const people = Object.values(store.users).reduce((all, one) => all.replaceAll(`@${one.real_name}`, `<@${one.id}>`), safe);
  const groups = store.usergroups.reduce((all, one) => all.replaceAll(`@${one.handle}`, `<!subteam^${one.id}>`), people);
  return groups.replace(/(^|\s)@(here|channel|everyone)\b/g, "$1<!$2>");
}
