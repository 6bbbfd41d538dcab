/** Talks to the playground's own endpoints, and follows its stream. */
import { heard } from "./heard.js";
import { store } from "./store.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const HOME = "/playground/ui/";

/** Posts JSON; returns the answer's body. Never throws: a failure is `{ok: false, why}`. */
export async function ask(path, body) {
  try {
    const got = await fetch(HOME + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return await got.json();
  } catch {
    return { ok: false, why: say("The playground does not answer. Is it still running?") };
  }
}

/** Something done to the bot: says so when the bot did not take it. */
export async function act(what, path, body) {
  const answer = await ask(path, body);
  if (!answer.ok && !Object.keys(answer.errors ?? {}).length) {
    const bot = store.users[store.bot]?.real_name ?? say("The bot");
    const late = answer.status === null && /3 s/.test(answer.why ?? "");
    if (path === "command" && answer.status === 404) toast(say("{bot} does not know {command}.", { bot, command: what }), true);
    else if (late) toast(say("{what}: {bot} did not answer in 3 s.", { what, bot }), true);
    else toast(`${what}: ${heard(answer.why || answer.error || "") || say("it was refused.")}`, true);
  }
  return answer;
}

export function follow(onState) {
  const source = new EventSource(`${HOME}stream`);
  source.addEventListener("state", (event) => {
    store.load(JSON.parse(event.data));
    onState(true);
  });
  for (const what of ["message", "ephemeral", "gone", "channel", "ping", "views"]) {
    source.addEventListener(what, (event) => store.apply(what, JSON.parse(event.data)));
  }
  source.addEventListener("error", () => {
    onState(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => follow(onState), 2000);
  });
}
