/** Short notices in the corner; errors stay until they are closed. */
import { byId, h, icon } from "./dom.js";

export function toast(words, bad = false) {
  const close = h("button", { class: "plain", "aria-label": "Dismiss", on: { click: () => node.remove() } }, icon("close"));
  const node = h("div", { class: bad ? "toast bad" : "toast" }, h("span", {}, words), close);
  const place = byId("toasts");
  place.append(node);
  while (place.children.length > 4) place.firstElementChild.remove();
  if (!bad) setTimeout(() => node.remove(), 6000);
}
