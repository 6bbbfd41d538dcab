/** What became of a payload, in plain words: the webhook's answer names a reason, this says what it means. */
import { heard } from "./heard.js";
import { say } from "./words.js";

const meanings = () => ({
  opened: say("a new card"),
  counted: say("counted only"),
  repeat: say("nothing new in it"),
  updated: say("the card's words changed"),
  new_member: say("joined an open incident"),
  worse: say("it got worse"),
  eased: say("it got milder"),
  partly_resolved: say("some of it is over"),
  resolved: say("over"),
  reopened: say("it fires again"),
  resolve_held: say("it seems over, but it comes and goes"),
  never_seen: say("the end of something never shown"),
  late_copy: say("looks like a late copy, believed if nothing denies it in 30 s"),
  stale: say("older than what is known"),
  duplicate: say("this very delivery came before"),
  tallied: say("counted only"),
  ignored: say("nothing to show for it"),
  unsupported: say("nothing to do for it"),
});

const meaning = (reason) => `${meanings()[reason] ?? say("decided")} (${reason})`;

/** `{good, words}` for the playground's answer to "send this sample". */
export function became(answer) {
  if (!answer.status) return { good: false, words: heard(answer.said ?? answer.why ?? answer.error) };
  const { status, why } = read(answer.said);
  const good = answer.status >= 200 && answer.status < 300;
  if (!good) return { good, words: say("not taken, {why} ({status})", { why: why || status || say("no reason was given"), status: answer.status }) };
  const reasons = answer.status === 202 ? [status] : [...new Set((why ?? "").split(", ").filter(Boolean))];
  return { good, words: [say("taken"), ...reasons.map(meaning)].join(", ") };
}

function read(said) {
  try {
    return JSON.parse(said) ?? {};
  } catch {
    return {};
  }
}
