/** The time that the map shows: a slider over hours, or over days for advice, with play and steps. */

const HOURS_SHORT = 48;
const FRAME_MS = 450;
const CALM_FRAME_MS = 1500;
const DAY_FRAME_MS = 1200;

/** `20250410T06Z` as `2025-04-10T06:00:00Z`. @param {string} compact */
export function instantOf(compact) {
  return `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}T${compact.slice(9, 11)}:00:00Z`;
}

/** The service's clock, which an archived run sets back, ms: age and start of the run, and the time since. */
export function present({ regions }, askedAt) {
  const { run_time: begun, age_hours: hours } = regions.find(({ run_time: time }) => time);
  return Date.parse(begun) + hours * 3600e3 + (Date.now() - askedAt);
}

/**
 * @param {import("../app.js").Context} context  of the mounting; texts come with `words`
 * @param {{change: (index: number) => Promise<boolean>}} on  told of each step; settled once it shows
 */
export function clock(context, on) {
  const { el, svg } = context.dom;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let words = context;
  let steps = [];
  let range = [0, 0];
  let index = 0;
  let present = 0;
  let zone = "Asia/Shanghai";
  let today = "";
  let whole = false;
  let playing = null;

  const sign = svg("path", { attrs: { d: "" } });
  const play = el("button", { class: "map-play", attrs: { type: "button" }, on: { click: toggle } }, [
    svg("svg", { attrs: { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", focusable: "false" } }, [sign]),
  ]);
  const back = stepButton(-1, "‹");
  const forth = stepButton(1, "›");
  const [day, hour] = [el("span"), el("strong")];
  const label = el("p", { class: "map-moment", id: "map-moment" }, [day, " ", hour]);
  const slider = el("input", {
    id: "map-time",
    attrs: { type: "range", step: 1 },
    on: { input: slid },
  });
  const ruler = el("div", { class: "map-ruler", attrs: { "aria-hidden": "true" } });
  const span = el("button", { class: "button small", id: "map-span", attrs: { type: "button" }, on: { click: turn } });
  const node = el("div", { class: "map-clock", attrs: { role: "group" } }, [
    el("div", { class: "map-clock-row" }, [play, label, span]),
    el("div", { class: "map-clock-row" }, [back, el("div", { class: "map-slide" }, [slider, ruler]), forth]),
  ]);

  function stepButton(by, text) {
    return el("button", { class: "map-step", text, attrs: { type: "button" }, on: { click: () => step(by) } });
  }

  function slid() {
    stop();
    go(Number(slider.value));
  }

  function step(by) {
    stop();
    go(index + by);
    words.actions.say(label.textContent.trim());
  }

  /**
   * @param {string[]} given  hours as `20250410T06Z`, or days as `2025-04-10`
   * @param {{at: number, now: number, timezone: string, today: string}} more  step to show, step of now
   */
  function set(given, { at, now, timezone, today: date }) {
    stop();
    [steps, zone, present, index, today] = [given, timezone, now, at, date];
    range = bounds();
    draw();
  }

  /** The steps that the slider spans: the next two days, or all; the step shown is moved into them. */
  function bounds() {
    const last = steps.length - 1;
    if (whole || !hourly() || last <= HOURS_SHORT) return [0, last];
    const first = Math.min(Math.max(0, present), last - HOURS_SHORT);
    index = Math.min(Math.max(index, first), first + HOURS_SHORT);
    return [first, first + HOURS_SHORT];
  }

  function turn() {
    whole = !whole;
    const before = index;
    range = bounds();
    draw();
    if (index !== before) on.change(index);
  }

  function hourly() {
    return steps[0]?.includes("T");
  }

  function local(step) {
    return hourly() ? words.format.localTime(instantOf(step), zone) : step;
  }

  /** Its day and, of an hour, its clock. */
  function texts(step) {
    const { format } = words;
    const when = local(step);
    const [shown, near] = [format.day(when), format.relativeDay(when, today)];
    const dayText = shown.includes(near) ? shown : words.words.t("map.near_day", { day: shown, near });
    return [dayText, hourly() ? format.clock(when) : ""];
  }

  async function go(to) {
    const at = Math.min(Math.max(to, range[0]), range[1]);
    if (at === index) return true;
    index = at;
    tell();
    return on.change(index);
  }

  function tell() {
    slider.value = String(index);
    [day.textContent, hour.textContent] = texts(steps[index]);
    slider.setAttribute("aria-valuetext", label.textContent.trim());
  }

  function draw() {
    const { t } = words.words;
    Object.assign(slider, { min: range[0], max: range[1] });
    slider.setAttribute("aria-label", hourly() ? t("map.time") : t("map.day"));
    node.setAttribute("aria-label", t("map.time"));
    back.setAttribute("aria-label", hourly() ? t("map.hour_before") : t("map.day_before"));
    forth.setAttribute("aria-label", hourly() ? t("map.hour_after") : t("map.day_after"));
    span.textContent = whole ? t("map.span_short") : t("map.span_whole");
    span.title = whole ? t("map.span_short_hint") : t("map.span_whole_hint");
    span.hidden = !hourly() || steps.length <= HOURS_SHORT + 1;
    drawPlay();
    drawRuler();
    tell();
  }

  function drawPlay() {
    play.setAttribute("aria-label", playing ? words.words.t("map.pause") : words.words.t("map.play"));
    sign.setAttribute("d", playing ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M8 5v14l11-7z");
  }

  function drawRuler() {
    const [first, last] = range;
    const marks = [];
    for (let at = first; at <= last; at += 1) {
      const when = local(steps[at]);
      const begins = !hourly() || when.slice(11, 13) === "00" || at === first;
      if (begins) marks.push({ at, when });
    }
    const close = marks.length > 1 && hourly() && (marks[1].at - marks[0].at) / (last - first || 1) < 0.25 / marks.length + 0.15;
    const shown = close ? marks.slice(1) : marks;
    words.dom.fill(ruler, shown.map(({ at, when }) => mark(when, (at - first) / (last - first || 1), shown.length)));
  }

  function mark(when, share, count) {
    const { format } = words;
    const text = count > 7 ? format.day(when, { weekday: false, month: false }) : count > 3 ? format.weekdayOf(when) : format.day(when);
    const tick = el("span", { text });
    tick.style.setProperty("inset-inline-start", `${(100 * share).toFixed(2)}%`);
    return tick;
  }

  function toggle() {
    if (playing) stop();
    else run();
  }

  function stop() {
    if (!playing) return;
    playing.over = true;
    playing = null;
    drawPlay();
  }

  async function run() {
    const own = { over: false };
    playing = own;
    drawPlay();
    if (index >= range[1]) await go(range[0]);
    while (!own.over && index < range[1]) {
      const pace = !hourly() ? DAY_FRAME_MS : calm.matches ? CALM_FRAME_MS : FRAME_MS;
      const due = new Promise((done) => setTimeout(done, pace));
      await Promise.all([go(index + 1), due]);
      if (!node.isConnected || document.hidden) stop();
    }
    if (playing === own) stop();
  }

  return {
    node,
    set,
    update: (now) => {
      words = now;
      draw();
    },
    stop,
    index: () => index,
    text: () => label.textContent.trim(),
  };
}
