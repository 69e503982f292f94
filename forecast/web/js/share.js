/** Passing it on: a link, a text for a message, the bulletin for a sheet of paper. */

import * as api from "./api.js";
import { byId, el, fill, openDialog } from "./dom.js";
import { both, lang, t } from "./words.js";

let context = null;

/** @param {HTMLElement} root  @param {import("./app.js").Context} given */
export function mount(root, given) {
  context = given;
  byId("print").addEventListener("click", () => globalThis.print());
}

/** @param {import("./app.js").Context} given */
export function update(given) {
  context = given;
  const { advice, state } = context;
  const message = advice ? both(advice.messages) : "";
  const button = (word, run) =>
    el("button", {
      class: "button small",
      text: t(word),
      attrs: { type: "button" },
      on: { click: run },
    });
  const bulletin =
    state.place && state.crop
      ? el("a", {
          class: "button small",
          text: t("share.bulletin"),
          attrs: { href: bulletinAddress() },
        })
      : null;
  fill(byId("share-body"), [
    message ? el("blockquote", { class: "message" }, [el("p", { text: message })]) : null,
    message
      ? el("p", { class: "quiet", text: t("share.length", { count: [...message].length }) })
      : null,
    el("p", { class: "row no-print" }, [
      message ? button("share.copy_text", () => copy(message)) : null,
      button("share.link", shareLink),
      bulletin,
    ]),
  ]);
}

function bulletinAddress() {
  const { place, crop, stage, situation } = context.state;
  return api.url("v1/advisories", {
    ...api.asked(place),
    ...situation,
    crop,
    stage,
    format: "html",
    lang: lang(),
  });
}

async function shareLink() {
  const address = location.href;
  const title = context.state.place?.name || t("page.name");
  if (navigator.share) {
    try {
      await navigator.share({ title: `${title} · ${t("page.name")}`, url: address });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  copy(address);
}

/** Put a text on the clipboard; where that is not allowed, show it to be taken by hand. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    context.notices.set("copied", { text: t("share.copied"), kind: "info" });
    setTimeout(() => context.notices.set("copied", null), 4000);
  } catch {
    byHand(text);
  }
}

function byHand(text) {
  const attrs = { rows: 4, readonly: true, "aria-labelledby": "dialog-title" };
  const field = el("textarea", { class: "by-hand", text, attrs });
  openDialog({ title: t("share.by_hand"), close: t("dialog.close") }, [field]);
  field.select();
}
