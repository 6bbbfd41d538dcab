/** One menu for the whole page, opened below the button that was pressed; the keyboard moves in it as in any menu. */
import { byId, h } from "./dom.js";

const GAP = 4;
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };

/** `items` are {name, content, act}; `wide` puts them side by side, as emoji are. */
export function openMenu(button, label, items, wide = false) {
  const menu = byId("menu");
  menu.setAttribute("aria-label", label);
  menu.classList.toggle("wide", wide);
  menu.replaceChildren(...items.map((item) => entry(menu, item)));
  menu.showPopover();
  const at = button.getBoundingClientRect();
  menu.style.left = `${Math.max(GAP, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - GAP))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(at.bottom + GAP, innerHeight - menu.offsetHeight - GAP))}px`;
  menu.firstElementChild.focus();
}

function entry(menu, { name, content, act }) {
  const choose = () => {
    menu.hidePopover(); // gives the focus back to the button
    act();
  };
  return h("button", { type: "button", role: "menuitem", "aria-label": content ? name : null, title: content ? name : null, on: { click: choose } }, content ?? name);
}

export function startMenu() {
  byId("menu").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...byId("menu").children];
    all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)].focus();
  });
}
