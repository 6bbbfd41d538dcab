/** What the page knows: the workspace as the stream tells it, who acts, and what was read. */

const READ = "playground.read";
const remembered = (key, fallback) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
};

class Store extends EventTarget {
  bot = "";
  people = [];
  users = {};
  usergroups = [];
  channels = new Map();
  messages = new Map();
  ephemerals = new Map();
  pings = [];
  views = {};
  shortcuts = [];
  ready = false;
  me = remembered("playground.me", "");
  read = remembered(READ, {});

  load(state) {
    Object.assign(this, { bot: state.bot, people: state.people, users: state.users, usergroups: state.usergroups });
    this.channels = new Map(state.channels.map((one) => [one.id, one]));
    this.messages = new Map(Object.entries(state.messages).map(([id, all]) => [id, new Map(all.map((one) => [one.ts, one]))]));
    this.ephemerals = new Map(state.ephemerals.map((one) => [one.ts, one]));
    this.pings = state.pings;
    this.views = state.views;
    this.shortcuts = state.shortcuts;
    if (!this.people.includes(this.me)) this.me = this.people[0];
    this.ready = true;
    this.#say("all");
  }

  apply(what, body) {
    if (what === "message") {
      const shelf = this.messages.get(body.channel) ?? new Map();
      const fresh = !shelf.has(body.ts);
      this.messages.set(body.channel, shelf.set(body.ts, body));
      this.#say("message", { message: body, fresh });
    } else if (what === "ephemeral") {
      const fresh = !this.ephemerals.has(body.ts);
      this.ephemerals.set(body.ts, body);
      this.#say("message", { message: body, fresh: fresh && body.visible_to === this.me });
    } else if (what === "gone") {
      this.messages.get(body.channel)?.delete(body.ts);
      this.ephemerals.delete(body.ts);
      this.#say("message", { message: body, fresh: false });
    } else if (what === "channel") {
      this.channels.set(body.id, body);
      if (!this.messages.has(body.id)) this.messages.set(body.id, new Map());
      this.#say("channel");
    } else if (what === "ping") {
      this.pings.push(body);
      this.#say("channel");
    } else if (what === "views") {
      this.views[body.user] = body.stack;
      this.#say("views");
    }
  }

  actAs(user) {
    this.me = user;
    localStorage.setItem("playground.me", JSON.stringify(user));
    this.#say("all");
  }

  markRead(channel) {
    const all = [...this.inChannel(channel), ...this.pings.filter((one) => one.channel === channel)];
    const last = all.reduce((most, one) => (one.ts > most ? one.ts : most), "0");
    const key = `${this.me}.${channel}`;
    if ((this.read[key] ?? "0") >= last) return;
    this.read[key] = last;
    localStorage.setItem(READ, JSON.stringify(this.read));
    this.#say("channel");
  }

  channelName(id) {
    return this.channels.get(id)?.name;
  }

  byName(name) {
    return [...this.channels.values()].find((one) => one.name === name || one.id === name);
  }

  mine() {
    return [...this.channels.values()].filter((one) => this.sees(one));
  }

  /** Private channels and direct messages are there for their members only. */
  sees(channel) {
    return Boolean(channel) && (channel.members.includes(this.me) || !(channel.im || channel.private));
  }

  /** The pinned messages of a channel, the newest pin first. */
  pins(channel) {
    const at = (one) => one.pinned_at ?? one.ts;
    const all = [...(this.messages.get(channel)?.values() ?? [])].filter((one) => one.pinned);
    return all.sort((one, other) => (at(one) < at(other) ? 1 : -1));
  }

  /** What stands in a channel itself: roots, broadcasts, and my ephemeral messages. */
  inChannel(channel) {
    const shown = (one) => !one.thread_ts || one.thread_ts === one.ts || one.broadcast;
    return this.#sorted(channel, shown, (one) => !one.thread_ts);
  }

  inThread(channel, ts) {
    return this.#sorted(channel, (one) => one.ts === ts || one.thread_ts === ts, (one) => one.thread_ts === ts);
  }

  message(channel, ts) {
    return this.messages.get(channel)?.get(ts) ?? this.ephemerals.get(ts);
  }

  unread(channel) {
    const after = this.read[`${this.me}.${channel.id}`] ?? "0";
    const theirs = (one) => one.ts > after && one.user !== this.me && !one.deleted;
    const messages = this.inChannel(channel.id).filter(theirs).length;
    const pings = this.pings.filter((one) => one.channel === channel.id && theirs(one) && this.concerns(one)).length;
    return { messages, pings: channel.im ? messages : pings };
  }

  concerns(ping) {
    const groups = this.usergroups.filter((one) => one.users.includes(this.me)).map((one) => one.id);
    return ping.targets.some((one) => ["channel", "here", "everyone", this.me, ...groups].includes(one));
  }

  pinged(message) {
    return this.pings.some((one) => one.ts === message.ts && one.channel === message.channel && this.concerns(one));
  }

  #sorted(channel, keep, keepEphemeral) {
    const own = [...this.ephemerals.values()].filter((one) => one.channel === channel && one.visible_to === this.me);
    const all = [...(this.messages.get(channel)?.values() ?? [])].filter(keep);
    return [...all, ...own.filter(keepEphemeral)].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

export const store = new Store();
