/** The emoji that bots like to use; coloured circles are drawn, so that they look alike everywhere. */
import { h } from "./dom.js";
import { language, say } from "./words.js";

const DOTS = {
  red_circle: "red", large_red_circle: "red", orange_circle: "orange", large_orange_circle: "orange",
  yellow_circle: "yellow", large_yellow_circle: "yellow", green_circle: "green", large_green_circle: "green",
  blue_circle: "blue", large_blue_circle: "blue", purple_circle: "purple", large_purple_circle: "purple",
  white_circle: "white", black_circle: "black", brown_circle: "brown",
};

const CHARACTERS = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", fire: "🔥", bell: "🔔", no_bell: "🔕", rotating_light: "🚨",
  eyes: "👀", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳", mute: "🔇", speaker: "🔈", loudspeaker: "📢",
  mega: "📣", rocket: "🚀", tada: "🎉", package: "📦", label: "🏷️", memo: "📝", page_facing_up: "📄", clipboard: "📋",
  link: "🔗", lock: "🔒", unlock: "🔓", key: "🔑", gear: "⚙️", wrench: "🔧", hammer_and_wrench: "🛠️", construction: "🚧",
  no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", stop_sign: "🛑", recycle: "♻️", repeat: "🔁",
  arrows_counterclockwise: "🔄", arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", arrow_left: "⬅️",
  arrow_upper_right: "↗️", chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊",
  clock1: "🕐", clock3: "🕒", alarm_clock: "⏰", stopwatch: "⏱️", timer_clock: "⏲️", calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️",
  zzz: "💤", crescent_moon: "🌙", sunrise: "🌅", sunny: "☀️", cloud: "☁️", zap: "⚡", boom: "💥", bomb: "💣", ocean: "🌊",
  thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", raised_hands: "🙌", wave: "👋", pray: "🙏", muscle: "💪", clap: "👏",
  point_right: "👉", point_up: "☝️", raising_hand: "🙋", shrug: "🤷", thinking_face: "🤔", slightly_smiling_face: "🙂", smile: "😄",
  relieved: "😌", sleeping: "😴", sweat_smile: "😅", cry: "😢", robot_face: "🤖", ghost: "👻", bug: "🐛", ladybug: "🐞",
  ambulance: "🚑", fire_engine: "🚒", helicopter: "🚁", police_car: "🚓", shield: "🛡️", dart: "🎯", pushpin: "📌", round_pushpin: "📍",
  bulb: "💡", information_source: "ℹ️", question: "❓", exclamation: "❗", heavy_exclamation_mark: "❗", bangbang: "‼️",
  heavy_plus_sign: "➕", heavy_minus_sign: "➖", heart: "❤️", green_heart: "💚", blue_heart: "💙", star: "⭐", sparkles: "✨",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", mag: "🔍", email: "📧", inbox_tray: "📥", outbox_tray: "📤", telephone_receiver: "📞",
  computer: "💻", desktop_computer: "🖥️", floppy_disk: "💾", globe_with_meridians: "🌐", checkered_flag: "🏁", triangular_flag_on_post: "🚩",
  large_blue_square: "🟦", large_green_square: "🟩", large_red_square: "🟥", large_yellow_square: "🟨", large_orange_square: "🟧",
  white_small_square: "▫️", black_small_square: "▪️", small_blue_diamond: "🔹", small_orange_diamond: "🔸", snail: "🐌", turtle: "🐢",
  see_no_evil: "🙈", fast_forward: "⏩", rewind: "⏪", double_vertical_bar: "⏸️", pause_button: "⏸️", arrow_forward: "▶️", seedling: "🌱", test_tube: "🧪",
};

const circles = () => ({
  red: say("red circle"), orange: say("orange circle"), yellow: say("yellow circle"), green: say("green circle"),
  blue: say("blue circle"), purple: say("purple circle"), white: say("white circle"), black: say("black circle"),
  brown: say("brown circle"),
});

/** A node for :name:, or null when the name is not known. */
export function emoji(name) {
  if (Object.hasOwn(DOTS, name)) return h("span", { class: `dot dot-${DOTS[name]}`, role: "img", "aria-label": circles()[DOTS[name]] });
  if (!Object.hasOwn(CHARACTERS, name)) return null;
  // Slack's names are English; a screen reader of another language has its own name for the character.
  const named = language() === "en" ? { role: "img", "aria-label": name.replaceAll("_", " ") } : {};
  return h("span", { class: "emoji", ...named }, CHARACTERS[name]);
}
