/** Language, big letters, light or dark. */

const THEMES = ["auto", "light", "dark"];
const SIGNS = { auto: "◐", light: "○", dark: "●" };

/** Put the looks on the document. @param {Object} state */
export function looks({ big, theme }) {
  const root = document.documentElement;
  root.toggleAttribute("data-big", big);
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

/** @param {HTMLElement} root  @param {import("./app.js").Context} context */
export function mount(root, { store, words }) {
  const press = (name, run) => root.querySelector(`#${name}`).addEventListener("click", run);
  press("lang", () => store.set({ lang: words.lang() === "zh" ? "en" : "zh" }));
  press("big", () => store.set({ big: !store.get().big }));
  press("theme", () => {
    const { theme } = store.get();
    store.set({ theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] });
  });
}

/** @param {import("./app.js").Context} context */
export function update({ state, words }) {
  looks(state);
  const { t } = words;
  const [lang, big, theme] = ["lang", "big", "theme"].map((id) => document.getElementById(id));
  const other = state.lang === "zh" ? "en" : "zh";
  lang.textContent = other === "en" ? "English" : "中文";
  lang.lang = words.tag(other);
  big.textContent = t("settings.big");
  big.setAttribute("aria-pressed", String(state.big));
  const name = t(`settings.theme.${state.theme}`);
  theme.textContent = `${SIGNS[state.theme]} ${name}`;
  theme.setAttribute("aria-label", t("settings.theme", { name }));
}
