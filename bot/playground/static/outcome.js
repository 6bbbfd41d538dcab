/** What became of a payload, in plain words: the webhook's answer names a reason, this says what it means. */

const MEANS = {
  opened: "a new card",
  counted: "counted only",
  repeat: "nothing new in it",
  updated: "the card's words changed",
  new_member: "joined an open incident",
  worse: "it got worse",
  eased: "it got milder",
  partly_resolved: "some of it is over",
  resolved: "over",
  reopened: "it fires again",
  resolve_held: "it seems over, but it comes and goes",
  never_seen: "the end of something never shown",
  late_copy: "looks like a late copy, believed if nothing denies it in 30 s",
  stale: "older than what is known",
  duplicate: "this very delivery came before",
  tallied: "counted only",
  ignored: "nothing to show for it",
  unsupported: "nothing to do for it",
};

const meaning = (reason) => `${MEANS[reason] ?? "decided"} (${reason})`;

/** `{good, words}` for the playground's answer to "send this sample". */
export function became(answer) {
  if (!answer.status) return { good: false, words: answer.said ?? answer.why ?? answer.error };
  const { status, why } = read(answer.said);
  const good = answer.status >= 200 && answer.status < 300;
  if (!good) return { good, words: `not taken, ${why || status || "no reason was given"} (${answer.status})` };
  const reasons = answer.status === 202 ? [status] : [...new Set((why ?? "").split(", ").filter(Boolean))];
  return { good, words: ["taken", ...reasons.map(meaning)].join(", ") };
}

function read(said) {
  try {
    return JSON.parse(said) ?? {};
  } catch {
    return {};
  }
}
