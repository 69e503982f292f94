/** The first question, asked while the other modules are still on their way. */

import * as api from "./api.js";
import { get } from "./state.js";
import "./words.js";

const state = get();

/** Whether the phone asks to spare its owner's data. */
export const sparing = Boolean(navigator.connection?.saveData);

/** The forecast of the place that the visit begins with, or null; whoever takes it sets `taken`. */
export const firstForecast = begun(state.place, () =>
  api.forecast(state.place, { day: state.day, sparing }),
);

/** The advice on its crop, or null. */
export const firstAdvice = begun(state.place && state.crop, () =>
  api.advisories(state.place, state),
);

/** A question under way with the state that it was asked from. */
function begun(wanted, ask) {
  if (!wanted) return null;
  const answer = ask();
  // whoever takes the answer hears of its failure
  answer.catch(() => {});
  return { about: state, answer, taken: false };
}
