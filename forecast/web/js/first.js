/** The first question, asked while the other modules are still on their way. */

import * as api from "./api.js";
import { get } from "./state.js";
import "./words.js";

const state = get();

/** Whether the phone asks to spare its owner's data. */
export const sparing = Boolean(navigator.connection?.saveData);

/** The forecast of the place that the visit begins with, or null. */
export const firstForecast = state.place
  ? {
      place: state.place,
      day: state.day,
      answer: api.forecast(state.place, { day: state.day, sparing }),
    }
  : null;

// whoever takes the answer hears of its failure
firstForecast?.answer.catch(() => {});
