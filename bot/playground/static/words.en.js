/** English words that change with a count; all others stand in the code. */
export const ENGLISH = {
  "{count} reactions {emoji}": { "one": "{count} reaction {emoji}", "other": "{count} reactions {emoji}" },
  "{count} replies": { "one": "{count} reply", "other": "{count} replies" }
};
