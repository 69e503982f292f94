/** A text into the clipboard, also where the browser keeps that from pages without TLS. */

/**
 * @param {import("./app.js").Context} context
 * @param {string} text
 * @returns {HTMLButtonElement}
 */
export function copyButton({ dom, words, actions }, text) {
  const button = dom.el("button", {
    class: "button small copy no-print",
    text: words.t("advice.copy"),
    attrs: { type: "button" },
    on: {
      click: async () => {
        const done = await copied(button, text);
        button.textContent = words.t(done ? "advice.copied" : "advice.copy_failed");
        actions.say(button.textContent);
      },
    },
  });
  return button;
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(button, text);
  }
}

function copiedBySelection(button, text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  button.after(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  field.remove();
  button.focus();
  return done;
}
