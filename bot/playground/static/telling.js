/** When an element tells the bot what a person does in it: Slack's rules for dispatch_action. */

const TEXTS = new Set(["plain_text_input", "email_text_input", "url_text_input", "number_input"]);
const PAUSE = 300;
export const ENTER = "on_enter_pressed";
export const TYPED = "on_character_entered";

/** What an input in which one types tells of; nothing for all others. */
export function tellsOn(block, element) {
  if (!block.dispatch_action || !TEXTS.has(element.type)) return [];
  return element.dispatch_action_config?.trigger_actions_on ?? [ENTER];
}

/** A function (value, how) for the element, which calls `send(value)` when Slack would; false when it would not. */
export function telling(block, element, send) {
  if (block.type !== "input" || (block.dispatch_action && !TEXTS.has(element.type))) return (value) => send(value);
  const on = tellsOn(block, element);
  let timer = null;
  return (value, how) => {
    if (!on.includes(how)) return false;
    clearTimeout(timer);
    if (how === ENTER) send(value);
    else timer = setTimeout(() => send(value), PAUSE);
    return true;
  };
}
