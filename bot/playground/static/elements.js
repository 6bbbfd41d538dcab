/** Interactive elements, for messages and modals: what they look like, hold, and when they tell of a change. */
import { h, safeLink } from "./dom.js";
import { confirmed } from "./confirm.js";
import { plain, plainText, mrkdwn } from "./mrkdwn.js";
import { store } from "./store.js";
import { ENTER, TYPED } from "./telling.js";
import { say } from "./words.js";

const words = (text) => (text?.type === "mrkdwn" ? mrkdwn(text.text) : plainText(text?.text ?? ""));
const optionsOf = (element) => [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((one) => one.options)];

/** {node, read, write}: `send(value, how)` is called with each change; "" is what an emptied element holds. */
export function draw(element, send, id) {
  switch (element.type) {
    case "button": case "workflow_button": return inert(button(element, send));
    case "static_select": case "external_select": return select(element, optionsOf(element), send, id, false);
    case "multi_static_select": case "multi_external_select": return select(element, optionsOf(element), send, id, true);
    case "overflow": return overflow(element, send, id);
    case "users_select": case "multi_users_select": return people(element, send, id);
    case "channels_select": case "conversations_select":
    case "multi_channels_select": case "multi_conversations_select": return places(element, send, id);
    case "checkboxes": return choices(element, "checkbox", send, id);
    case "radio_buttons": return choices(element, "radio", send, id);
    case "datepicker": return picker(element, "date", element.initial_date, send, id);
    case "timepicker": return picker(element, "time", element.initial_time, send, id);
    case "datetimepicker": return moment(element, send, id);
    case "plain_text_input": return typed(element.multiline ? area(element, id) : field(element, "text", element.initial_value, id), element, send);
    case "email_text_input": return typed(field(element, "email", element.initial_value, id), element, send);
    case "url_text_input": return typed(field(element, "url", element.initial_value, id), element, send);
    case "number_input": return typed(field(element, "number", element.initial_value, id), element, send);
    default: return inert(h("span", { class: "block-unknown" }, say("({type} is not drawn here)", { type: element.type })));
  }
}

const inert = (node) => ({ node, read: () => null, write: () => {} });

function button(element, send) {
  const look = `button ${["primary", "danger"].includes(element.style) ? element.style : ""}`;
  const name = element.accessibility_label;
  const node = h("button", { type: "button", class: look, "aria-label": name, data: { action: element.action_id } }, plainText(element.text?.text ?? ""));
  node.addEventListener("click", async () => {
    if (element.confirm && !(await confirmed(element.confirm))) return;
    const href = element.url && safeLink(element.url);
    if (href) window.open(href, "_blank", "noopener");
    node.setAttribute("aria-busy", "true");
    node.disabled = true;
    await send(null);
    node.removeAttribute("aria-busy");
    node.disabled = false;
  });
  return node;
}

function select(element, options, send, id, multiple) {
  const start = multiple ? (element.initial_options ?? []).map((one) => one.value) : [element.initial_option?.value];
  const hint = element.placeholder?.text ?? say("Choose…");
  const node = h("select", { class: "field inline", id, multiple, "aria-label": id ? null : plain(hint) },
    multiple ? null : h("option", { value: "", disabled: true, selected: true }, plain(hint)),
    options.map((one) => {
      const option = h("option", { value: one.value }, plain(one.text?.text ?? ""));
      option.selected = start.includes(one.value);
      return option;
    }));
  const read = () => (multiple ? [...node.selectedOptions].map((one) => one.value) : node.value);
  const write = (value) => {
    const wanted = multiple ? value : [value];
    for (const option of node.options) option.selected = wanted.includes(option.value);
  };
  node.addEventListener("change", () => send(read()));
  return { node, read, write };
}

function overflow(element, send, id) {
  const drawn = select({ ...element, placeholder: { text: say("More…") } }, optionsOf(element), send, id, false);
  drawn.node.addEventListener("change", () => (drawn.node.value = ""));
  return drawn;
}

function people(element, send, id) {
  const options = store.people.map((one) => ({ value: one, text: { text: store.users[one].real_name } }));
  return named(element, options, element.initial_user, element.initial_users, send, id);
}

function places(element, send, id) {
  const options = [...store.channels.values()].filter((one) => !one.im).map((one) => ({ value: one.id, text: { text: `#${one.name}` } }));
  const many = element.initial_channels ?? element.initial_conversations;
  return named(element, options, element.initial_channel ?? element.initial_conversation, many, send, id);
}

function named(element, options, one, many, send, id) {
  const start = { ...element, initial_option: { value: one }, initial_options: (many ?? []).map((value) => ({ value })) };
  return select(start, options, send, id, element.type.startsWith("multi_"));
}

let group = 0;

function choices(element, type, send, id) {
  const start = type === "radio" ? [element.initial_option?.value] : (element.initial_options ?? []).map((one) => one.value);
  const name = `choices-${(group += 1)}`;
  const boxes = (element.options ?? []).map((one, index) => {
    const box = h("input", { type, name, value: one.value, id: index ? null : id });
    box.checked = start.includes(one.value);
    return h("label", {}, box, h("span", {}, words(one.text), one.description ? h("small", {}, words(one.description)) : null));
  });
  const node = h("div", { class: "choices", role: type === "radio" ? "radiogroup" : "group" }, boxes);
  const chosen = () => [...node.querySelectorAll("input:checked")].map((one) => one.value);
  const read = () => (type === "radio" ? chosen()[0] ?? "" : chosen());
  const write = (value) => {
    for (const box of node.querySelectorAll("input")) box.checked = [value].flat().includes(box.value);
  };
  node.addEventListener("change", () => send(read()));
  return { node, read, write };
}

/** What an input is called that has no name of its own. */
const kinds = () => ({
  text: say("text"), email: say("email"), url: say("url"), number: say("number"),
  date: say("date"), time: say("time"), "datetime-local": say("datetime-local"),
});

function field(element, type, start, id) {
  return h("input", {
    class: "field", type, id, value: start ?? "", placeholder: element.placeholder?.text,
    maxlength: element.max_length, min: element.min_value, max: element.max_value, autocomplete: "off",
    step: element.is_decimal_allowed ? "any" : null, "aria-label": id ? null : element.placeholder?.text ?? kinds()[type],
  });
}

function area(element, id) {
  return h("textarea", { class: "field", id, placeholder: element.placeholder?.text, maxlength: element.max_length }, element.initial_value ?? "");
}

const valued = (node) => ({ node, read: () => node.value, write: (value) => (node.value = value) });

/** A text that is typed; where Enter is told of, it does not submit as well. */
function typed(node, element, send) {
  node.addEventListener("input", () => send(node.value, TYPED));
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (send(node.value, ENTER) && !element.multiline) event.preventDefault();
  });
  return valued(node);
}

function picker(element, type, start, send, id) {
  const node = field(element, type, start, id);
  node.addEventListener("change", () => node.value && send(node.value));
  return valued(node);
}

/** A datetimepicker holds Unix seconds; it is shown in the reader's zone, as Slack does. */
function moment(element, send, id) {
  const local = (seconds) => new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const node = field(element, "datetime-local", element.initial_date_time ? local(element.initial_date_time) : "", id);
  const read = () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : "");
  node.addEventListener("change", () => node.value && send(read()));
  return { node, read, write: (value) => (node.value = value ? local(value) : "") };
}
