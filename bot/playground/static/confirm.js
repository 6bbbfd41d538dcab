/** The "are you sure" dialog of an element. */
import { byId, h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { say } from "./words.js";

/** Resolves to whether the person went on. */
export function confirmed(ask) {
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const done = (answer) => () => {
      dialog.close();
      resolve(answer);
    };
    const go = ask.style === "danger" ? "button danger" : "button primary";
    dialog.replaceChildren(
      h("div", { class: "modal-top" }, h("h2", { id: "confirm-title" }, plain(ask.title?.text ?? ""))),
      h("div", { class: "modal-body" }, mrkdwn(ask.text?.text ?? "")),
      h("div", { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: done(false) } }, plain(ask.deny?.text ?? say("Cancel"))),
        h("button", { type: "button", class: go, on: { click: done(true) } }, plain(ask.confirm?.text ?? say("Yes")))),
    );
    dialog.addEventListener("cancel", () => resolve(false), { once: true });
    dialog.showModal();
  });
}
