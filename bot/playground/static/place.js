/** Where the reader is: channel and thread, kept in the address so that links and the back button work. */

class Place extends EventTarget {
  channel = null;
  thread = null;
  seek = null;

  /** Goes there; `name` is a channel's name, `thread` and `seek` are ts. */
  go(name, thread = null, seek = null) {
    this.#set(name, thread, seek);
    const query = new URLSearchParams({ channel: name });
    const lang = new URLSearchParams(location.search).get("lang");
    if (thread) query.set("thread", thread);
    if (lang) query.set("lang", lang);
    if (`?${query}` !== location.search) history.pushState(null, "", `?${query}`);
    this.dispatchEvent(new Event("change"));
  }

  fromAddress(fallback) {
    const query = new URLSearchParams(location.search);
    this.#set(query.get("channel") ?? fallback, query.get("thread"), query.get("ts"));
    this.dispatchEvent(new Event("change"));
  }

  #set(name, thread, seek) {
    this.channel = name;
    this.thread = thread;
    this.seek = seek;
  }
}

export const place = new Place();

/** A link to the playground itself opens in place instead of in a new tab. */
export function followOwnLinks(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = new URL(link.href);
    const mine = url.origin === location.origin && url.pathname === "/playground/" && url.searchParams.has("channel");
    if (!mine) return;
    event.preventDefault();
    place.go(url.searchParams.get("channel"), url.searchParams.get("thread"), url.searchParams.get("ts"));
  });
}
