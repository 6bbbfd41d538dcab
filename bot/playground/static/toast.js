/** Short notices above everything else; errors stay until they are closed. */
import { byId, h, icon } from "./dom.js";
import { say } from "./words.js";

export function toast(words, bad = false) {
  const close = h("button", { class: "plain", "aria-label": say("Dismiss"), on: { click: () => node.remove() } }, icon("close"));
  const node = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, words), close);
  const place = byId("toasts");
  if (place.matches(":popover-open")) place.hidePopover();
  place.showPopover(); // anew, so that no menu or dialog that was opened since is above it
  place.append(node);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (!bad) setTimeout(() => node.remove(), 6000);
}
