/** The switch between the languages of the page: it names the other one, and what it changes, in that one's own words. */
import { byId } from "./dom.js";
import { choose, language, sayAll } from "./words.js";

const OTHER = {
  en: {
    lang: "es", textContent: "Español", ariaLabel: "Cambiar a español",
    title: "Cambia el idioma de la página; Sereno habla el de la política.",
  },
  es: {
    lang: "en", textContent: "English", ariaLabel: "Switch to English",
    title: "Changes the language of the page; Sereno speaks the policy's language.",
  },
};

/** `redraw()` is called when another language was chosen. */
export function startLanguage(redraw) {
  const button = byId("language");
  const draw = () => Object.assign(button, OTHER[language()]); // with a name of its own, its title is its description
  button.addEventListener("click", () => {
    choose(OTHER[language()].lang);
    draw();
    redraw();
  });
  sayAll();
  draw();
}
