/** Short notices above everything else; they go by themselves, but not while somebody points at them. */
import { byId, h, icon } from "./dom.js";
import { say } from "./words.js";

const STAYS_MS = 6000;
const BAD_STAYS_MS = 20000;

export function toast(words, bad = false) {
  const close = h("button", { class: "plain", "aria-label": say("Dismiss"), on: { click: () => node.remove() } }, icon("close"));
  const node = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, words), close);
  const place = byId("toasts");
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover(); // anew, so that no menu or dialog that was opened since is above it
  place.append(node);
  while (place.children.length > 4) place.firstElementChild.remove();
  const go = () => (node.matches(":hover, :focus-within") ? setTimeout(go, STAYS_MS) : node.remove());
  setTimeout(go, bad ? BAD_STAYS_MS : STAYS_MS);
}
