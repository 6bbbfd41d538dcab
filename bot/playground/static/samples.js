/** The menu of recorded payloads that are sent to the bot's own webhooks. */
import { byId, h } from "./dom.js";
import { ask } from "./server.js";
import { toast } from "./toast.js";

const readable = (text) => text.replaceAll(/[_-]+/g, " ").trim();

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
  const sources = [...new Set(all.map((one) => one.source))];
  return [
    h("p", {}, "Recorded payloads, posted to the bot's real webhooks, signed as their sender would."),
    ...sources.flatMap((source) => [h("h3", {}, source), ...all.filter((one) => one.source === source).map(entry)]),
  ];
}

function nothing() {
  return h("p", {}, "There are no recorded payloads here. They are files named source/event__case.json in the samples folder.");
}

function entry(sample) {
  const node = h("button", {}, h("span", {}, readable(sample.case || sample.event)), h("small", {}, sample.event));
  node.addEventListener("click", async () => {
    node.setAttribute("aria-busy", "true");
    const answer = await ask("samples", { name: sample.name });
    node.removeAttribute("aria-busy");
    const good = answer.status >= 200 && answer.status < 300;
    const words = answer.status ? `the bot answered ${answer.status}.` : answer.said ?? answer.why ?? answer.error;
    toast(`${sample.name}: ${words}${good || !answer.status ? "" : ` ${answer.said ?? ""}`}`, !good);
  });
  return node;
}
