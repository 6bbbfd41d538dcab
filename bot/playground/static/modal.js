/** Modals: draws the topmost view that the acting person has open, and sends what is filled in. */
import { blocks } from "./blocks.js";
import { byId, h, icon } from "./dom.js";
import { draw as drawElement } from "./elements.js";
import { plain } from "./mrkdwn.js";
import { act } from "./server.js";
import { store } from "./store.js";

let shown = null;
let fields = new Map();

export function drawModal() {
  const dialog = byId("modal");
  const view = (store.views[store.me] ?? []).at(-1);
  if (!view) {
    shown = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (shown?.id === view.id && shown.hash === view.hash) return;
  const kept = shown?.id === view.id ? values() : {};
  shown = view;
  fields = new Map();
  dialog.replaceChildren(form(view));
  restore(kept);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".modal-body :is(input, textarea, select)")?.focus();
}

function form(view) {
  const close = plain(view.close?.text ?? "Cancel");
  const submit = view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text)) : null;
  return h("form", { novalidate: true, on: { submit: send } },
    h("div", { class: "modal-top" },
      h("h2", { id: "modal-title" }, plain(view.title?.text ?? "")),
      h("button", { type: "button", class: "plain", "aria-label": close, on: { click: leave } }, icon("close"))),
    h("div", { class: "modal-body" }, view.blocks.map(part)),
    h("div", { class: "modal-foot" }, h("button", { type: "button", class: "button", on: { click: leave } }, close), submit));
}

function part(block) {
  if (block.type === "input") return ask(block);
  const drawn = blocks([block], (element, _block, value) => press(element, value));
  for (const element of [block.accessory, ...(block.type === "actions" ? block.elements : [])]) {
    const node = element && drawn.querySelector("select, input, textarea");
    if (node && element.type !== "button" && element.type !== "image") fields.set(element.action_id, { node, read: () => node.value });
  }
  return drawn;
}

function ask(block) {
  const id = `field-${block.block_id}`;
  const notify = (value) => block.dispatch_action && press(block.element, value);
  const drawn = drawElement(block.element, notify, id);
  const choices = drawn.node.classList.contains("choices");
  const words = [plain(block.label?.text ?? ""), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  if (choices) drawn.node.setAttribute("aria-labelledby", `${id}-label`);
  fields.set(block.block_id, drawn);
  return h("div", { class: "ask", data: { block: block.block_id } },
    choices ? h("span", { class: "ask-label", id: `${id}-label` }, words) : h("label", { for: id, id: `${id}-label` }, words),
    drawn.node,
    block.hint ? h("p", { class: "hint" }, plain(block.hint.text)) : null);
}

function values() {
  return Object.fromEntries([...fields].map(([key, field]) => [key, field.read()]));
}

function restore(kept) {
  for (const [key, value] of Object.entries(kept)) {
    const node = fields.get(key)?.node;
    if (node && typeof value === "string" && "value" in node && !node.value) node.value = value;
  }
}

async function send(event) {
  event.preventDefault();
  const button = event.target.querySelector(".button.primary");
  button?.setAttribute("aria-busy", "true");
  const answer = await act(plain(shown?.title?.text ?? "That"), "submit", { user: store.me, view_id: shown?.id, values: values() });
  button?.removeAttribute("aria-busy");
  complain(answer.errors ?? {});
}

function complain(errors) {
  for (const old of document.querySelectorAll("#modal .wrong")) old.remove();
  for (const node of document.querySelectorAll("#modal [aria-invalid]")) node.removeAttribute("aria-invalid");
  for (const [block, why] of Object.entries(errors).reverse()) {
    const home = [...document.querySelectorAll("#modal [data-block]")].find((one) => one.dataset.block === block);
    const field = fields.get(block)?.node;
    const id = `wrong-${block}`;
    home?.append(h("p", { class: "wrong", id }, why));
    field?.setAttribute("aria-invalid", "true");
    field?.setAttribute("aria-describedby", id);
    (field?.matches("input, select, textarea") ? field : field?.querySelector("input"))?.focus();
  }
}

function press(element, value) {
  return act(plain(element.text?.text ?? "That choice"), "press", {
    user: store.me, view_id: shown?.id, action_id: element.action_id, value, values: values(),
  });
}

function leave() {
  const view = shown;
  if (view) act("Close", "close", { user: store.me, view_id: view.id });
}

export function startModal() {
  byId("modal").addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
}
