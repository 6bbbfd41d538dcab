/** Keeps a list at its newest message; when the reader has scrolled up, offers a way down instead. */
import { h, icon } from "./dom.js";
import { say } from "./words.js";

const NEAR = 80;
const atEnd = (scroll) => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;

export function follower(scroll) {
  let shown = null;
  let wanted = false;
  let news = false;
  let down = true;
  const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);
  const go = () => {
    toEnd();
    scroll.focus();
  };
  const words = h("span", {});
  const button = h("button", { class: "button", hidden: true, "aria-controls": scroll.id, on: { click: go } }, icon("down"), words);
  scroll.after(h("div", { class: "below", role: "status" }, button));
  const offer = (on) => {
    const wording = say("New messages below");
    if (words.textContent !== wording) words.textContent = wording; // the same words are not announced again
    news = on;
    button.hidden = !on;
  };
  scroll.addEventListener("scroll", () => {
    down = atEnd(scroll);
    if (news && down) offer(false);
  });
  new ResizeObserver(() => down && toEnd()).observe(scroll);

  return {
    /** A message has come: a person's own, and what only they see, is gone to with the next drawing. */
    came(own) {
      if (own) wanted = true;
      else news = true;
    },
    /** Draws `what` (a channel, a thread), and stays where the reader is, if they are further up in it. */
    draw(what, draw) {
      const stay = shown === what && !wanted && !atEnd(scroll);
      draw();
      if (!stay) toEnd();
      offer(stay && news);
      shown = what;
      wanted = false;
    },
  };
}
