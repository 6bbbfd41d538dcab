/** The menu of recorded payloads that are sent to the bot's own webhooks. */
import { byId, h } from "./dom.js";
import { became } from "./outcome.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const SENDERS = { alertmanager: "Alertmanager", github: "GitHub" };
const sender = (sample) => SENDERS[sample.source] ?? sample.source;
const readable = (text) => text.replaceAll(/[_-]+/g, " ").trim();
const named = (sample, between) => [sample.event, sample.case].filter(Boolean).map(readable).join(between);

export function startSamples() {
  const menu = byId("samples");
  menu.addEventListener("toggle", async (event) => {
    if (event.newState !== "open") return;
    const all = await ask("samples");
    menu.replaceChildren(...(Array.isArray(all) && all.length ? drawn(all) : [nothing()]));
    menu.querySelector("button")?.focus();
  });
}

function drawn(all) {
  const senders = [...new Set(all.map(sender))];
  return [
    h("p", {}, say("Recorded payloads, posted to the bot's real webhooks, signed as their sender would.")),
    ...senders.flatMap((one) => [h("h3", {}, one), ...all.filter((sample) => sender(sample) === one).map(entry)]),
  ];
}

function nothing() {
  return h("p", {}, say("There are no recorded payloads here. They are files named source/event__case.json in the samples folder."));
}

function entry(sample) {
  const node = h("button", {}, named(sample, ": "));
  node.addEventListener("click", async () => {
    node.setAttribute("aria-busy", "true");
    const { good, words } = became(await ask("samples", { name: sample.name }));
    node.removeAttribute("aria-busy");
    toast(`${sender(sample)} ${named(sample, " ")}: ${words}`, !good);
  });
  return node;
}
