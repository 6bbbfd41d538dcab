/** Modals: shows the topmost view that the acting person has open, and sends what is filled in. */
import { byId, h, icon } from "./dom.js";
import { Form, complain } from "./form.js";
import { plain } from "./mrkdwn.js";
import { act } from "./server.js";
import { store } from "./store.js";
import { say } from "./words.js";

let shown = null;
let form = null;
const left = new Map(); // what was filled in in a view when another was put on top of it

export function drawModal() {
  const dialog = byId("modal");
  const view = (store.views[store.me] ?? []).at(-1);
  if (shown && shown.id !== view?.id) left.set(shown.id, form.values());
  forget();
  if (!view) {
    shown = null;
    if (dialog.open) dialog.close();
  } else if (shown?.id !== view.id) open(dialog, view);
  else if (shown.hash !== view.hash) redraw(view);
}

function forget() {
  const there = new Set(Object.values(store.views).flat().map((one) => one.id));
  for (const id of left.keys()) if (!there.has(id)) left.delete(id);
}

function open(dialog, view) {
  shown = view;
  form = new Form(press);
  form.draw(view.blocks);
  form.fill(left.get(view.id) ?? {});
  dialog.replaceChildren(h("form", { novalidate: true, on: { submit } }, top(view), form.body, foot(view)));
  if (!dialog.open) dialog.showModal();
  form.body.querySelector("input, textarea, select")?.focus();
}

/** The same view with other content: what did not change is not touched, so typing goes on undisturbed. */
function redraw(view) {
  const [head, , end] = byId("modal").querySelector("form").children;
  const frame = ({ title, submit, close }) => JSON.stringify([title, submit, close]);
  if (frame(view) !== frame(shown)) {
    head.replaceWith(top(view));
    end.replaceWith(foot(view));
  }
  shown = view;
  form.draw(view.blocks);
}

const closeWord = (view) => plain(view.close?.text ?? say("Cancel"));

function top(view) {
  return h("div", { class: "modal-top" },
    h("h2", { id: "modal-title" }, plain(view.title?.text ?? "")),
    h("button", { type: "button", class: "plain", "aria-label": closeWord(view), on: { click: leave } }, icon("close")));
}

function foot(view) {
  return h("div", { class: "modal-foot" },
    h("button", { type: "button", class: "button", on: { click: leave } }, closeWord(view)),
    view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text)) : null);
}

async function submit(event) {
  event.preventDefault();
  const view = shown;
  const button = event.target.querySelector(".modal-foot .button.primary");
  button?.setAttribute("aria-busy", "true");
  const answer = await act(plain(view.title?.text ?? say("That")), "submit", { user: store.me, view_id: view.id, values: form.values() });
  button?.removeAttribute("aria-busy");
  if (shown?.id === view.id) complain(answer.errors ?? {});
}

/** Something in the modal tells the bot; what was typed into a view that is gone by now is not told. */
async function press(element, block, value) {
  if (!shown?.blocks.some((one) => one.block_id === block.block_id)) return;
  await act(plain(element.text?.text ?? element.placeholder?.text ?? say("That choice")), "press", {
    user: store.me, view_id: shown.id, action_id: element.action_id, block_id: block.block_id, value, values: form.values(),
  });
}

function leave() {
  if (shown) act(say("Close"), "close", { user: store.me, view_id: shown.id });
}

export function startModal() {
  byId("modal").addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
}
