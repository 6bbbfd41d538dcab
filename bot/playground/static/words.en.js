/** English words that change with a count; all others stand in the code. */
export const ENGLISH = {
  "{count} replies": { "one": "{count} reply", "other": "{count} replies" }
};
