/** The body of a modal: its blocks, what is filled in, and what is wrong with that. */
import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { draw as drawElement } from "./elements.js";
import { heard } from "./heard.js";
import { plain } from "./mrkdwn.js";
import { ENTER, telling, tellsOn } from "./telling.js";
import { say } from "./words.js";

const REACHED = "input, textarea, select, button";
/** What an element begins with does not count: Slack, too, keeps what is filled in when only that changes. */
const looks = (block) => JSON.stringify(block, (key, value) => (key.startsWith("initial_") ? undefined : value));
let count = 0;

export class Form {
  body = h("div", { class: "modal-body" });
  #fields = new Map(); // block_id -> {action_id: {node, read, write, type}}
  #drawn = new Map(); // block_id -> how the block looked when it was drawn
  #press;

  /** `press(element, block, value)` is called when something tells the bot. */
  constructor(press) {
    this.#press = press;
  }

  /** Draws these blocks; one that is as it was keeps its node, any other keeps what was filled in, and the focus. */
  draw(wanted) {
    const old = new Map([...this.body.children].map((node) => [node.dataset.block, node]));
    const before = this.values();
    const types = this.#types();
    const back = held(this.body);
    const nodes = wanted.map((block) => {
      const same = this.#drawn.get(block.block_id) === looks(block);
      return (same && old.get(block.block_id)) || this.#fresh(block, before[block.block_id] ?? {}, types);
    });
    for (const node of old.values()) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, index) => this.body.children[index] !== node && this.body.insertBefore(node, this.body.children[index] ?? null));
    const kept = new Set(wanted.map((block) => block.block_id));
    for (const id of this.#drawn.keys()) if (!kept.has(id)) (this.#drawn.delete(id), this.#fields.delete(id));
    back();
  }

  /** {block_id: {action_id: value}} */
  values() {
    const inside = (fields) => Object.fromEntries(Object.entries(fields).map(([action, one]) => [action, one.read()]));
    return Object.fromEntries([...this.#fields].map(([block, fields]) => [block, inside(fields)]));
  }

  fill(values) {
    for (const [block, fields] of this.#fields) {
      for (const [action, one] of Object.entries(fields)) {
        const value = values[block]?.[action];
        if (value !== undefined && value !== null) one.write(value);
      }
    }
  }

  #fresh(block, before, types) {
    this.#drawn.set(block.block_id, looks(block));
    this.#fields.set(block.block_id, {});
    const node = block.type === "input" ? this.#ask(block) : blocks([block], this.#press, (...what) => this.#keep(...what));
    node.dataset.block = block.block_id;
    for (const [action, one] of Object.entries(this.#fields.get(block.block_id))) {
      const known = types[block.block_id]?.[action] === one.type;
      if (known && before[action] !== null) one.write(before[action]);
    }
    return node;
  }

  #types() {
    const inside = (fields) => Object.fromEntries(Object.entries(fields).map(([action, one]) => [action, one.type]));
    return Object.fromEntries([...this.#fields].map(([block, fields]) => [block, inside(fields)]));
  }

  #keep(element, block, drawn) {
    this.#fields.get(block.block_id)[element.action_id ?? "a0"] = { ...drawn, type: element.type };
  }

  #ask(block) {
    const id = `field-${(count += 1)}`;
    const { element } = block;
    const drawn = drawElement(element, telling(block, element, (value) => this.#press(element, block, value)), id);
    this.#keep(element, block, drawn);
    const choices = drawn.node.classList.contains("choices");
    if (choices) drawn.node.setAttribute("aria-labelledby", `${id}-label`);
    if (block.optional) drawn.node.querySelector("option[value='']")?.removeAttribute("disabled");
    const hints = [block.hint?.text, tellsOn(block, element).includes(ENTER) && say("Press Enter to apply it.")].filter(Boolean);
    if (hints.length) drawn.node.setAttribute("aria-describedby", `${id}-hint`);
    const words = [plain(block.label?.text ?? ""), block.optional ? h("span", { class: "optional" }, " ", say("(optional)")) : null];
    return h("div", { class: "ask", data: { field: id }, on: { input: (event) => settle(event.currentTarget) } },
      choices ? h("span", { class: "ask-label", id: `${id}-label` }, words) : h("label", { for: id, id: `${id}-label` }, words),
      drawn.node,
      hints.length ? h("p", { class: "hint", id: `${id}-hint` }, plain(hints.join(" · "))) : null);
  }
}

/** Shows {block_id: why} beside the inputs, and goes to the first. */
export function complain(errors) {
  const asks = [...document.querySelectorAll("#modal .ask[data-field]")];
  asks.forEach(settle);
  const wrong = asks.filter((one) => errors[one.dataset.block]);
  for (const home of wrong) {
    const id = `${home.dataset.field}-wrong`;
    const field = home.children[1];
    home.append(h("p", { class: "wrong", id, role: "alert" }, heard(errors[home.dataset.block])));
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", [id, field.getAttribute("aria-describedby")].filter(Boolean).join(" "));
  }
  wrong[0]?.querySelector(REACHED)?.focus();
}

/** Takes back what was said to be wrong with one input. */
function settle(home) {
  const field = home.children[1];
  home.querySelector(".wrong")?.remove();
  field.removeAttribute("aria-invalid");
  const hint = home.querySelector(".hint");
  if (hint) field.setAttribute("aria-describedby", hint.id);
  else field.removeAttribute("aria-describedby");
}

/** Remembers where the focus and the caret are; the returned function brings them back if a redraw took them away. */
function held(body) {
  const node = document.activeElement;
  const home = body.contains(node) ? node.closest("[data-block]") : null;
  if (!home) return () => {};
  const at = [...home.querySelectorAll(REACHED)].indexOf(node);
  const { selectionStart: start, selectionEnd: end } = node;
  return () => {
    if (document.activeElement === node) return;
    const again = [...body.children].find((one) => one.dataset.block === home.dataset.block);
    const same = again?.querySelectorAll(REACHED)[at];
    same?.focus();
    if (Number.isInteger(start)) same?.setSelectionRange?.(start, end);
  };
}
