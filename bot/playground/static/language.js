/** The switch between the languages: it names the other one, in that one's own words. */
import { byId } from "./dom.js";
import { choose, language, sayAll } from "./words.js";

const OTHER = {
  en: { lang: "es", textContent: "Español", title: "Cambiar a español" },
  es: { lang: "en", textContent: "English", title: "Switch to English" },
};

/** `redraw()` is called when another language was chosen. */
export function startLanguage(redraw) {
  const button = byId("language");
  const draw = () => {
    const other = OTHER[language()];
    Object.assign(button, other);
    button.setAttribute("aria-label", other.title);
  };
  button.addEventListener("click", () => {
    choose(OTHER[language()].lang);
    draw();
    redraw();
  });
  sayAll();
  draw();
}
