/**
 * What lies below the forecast: the service's own relief, or above it a layer of the operator's, with
 * what has to be shown beside that.
 */

/**
 * @param {import("../app.js").Context} context
 * @param {Object|null} layer  `base_layer` of /v1/layers
 * @param {import("./stage.js").Stage} stage
 * @param {{own: boolean, change: (own: boolean) => void}} kept  whether the operator's was chosen before
 */
export function ground(context, layer, stage, { own, change }) {
  const { el, fill } = context.dom;
  const label = el("label", { attrs: { for: "map-ground" } });
  const select = el("select", { id: "map-ground", on: { change: () => choose(select.value === "own") } });
  const credit = el("p", { class: "map-credit", attrs: { hidden: true } });
  const node = layer && el("p", { class: "map-field" }, [label, select]);
  let words = context.words;
  let chosen = false;

  function choose(wanted) {
    chosen = wanted;
    stage.engine.setGround(wanted ? stage.ground(layer) : null, layer);
    credit.hidden = !wanted;
    stage.names.moved();
    change(wanted);
  }

  function update(now) {
    words = now.words;
    if (!layer) return;
    label.textContent = words.t("map.ground");
    const options = [["relief", words.t("map.ground_relief")], ["own", nameOf()]];
    fill(select, options.map(([value, text]) => el("option", { text, attrs: { value } })));
    select.value = chosen ? "own" : "relief";
    credit.textContent = creditOf();
  }

  function nameOf() {
    return words.both({ zh: layer.name_zh, en: layer.name_en });
  }

  function creditOf() {
    const { attribution, review_number: number } = layer;
    return number ? `${attribution} · ${words.t("map.review_number", { number })}` : attribution;
  }

  if (layer) {
    stage.node.append(credit);
    update(context);
    if (own) choose(true);
    select.value = chosen ? "own" : "relief";
  }
  return {
    node,
    update,
    /** Where the forecast and the ground are from. @param {Object} layers  of /v1/layers */
    sources({ regions }) {
      const served = regions.filter(({ source_label: name }) => name);
      const told = new Set(served.map((one) => [one.source_label, one.attribution, one.licence].filter(Boolean).join(", ")));
      const below = chosen ? words.t("map.sources_own", { layer: nameOf(), credit: creditOf() }) : words.t("map.sources_relief");
      return words.t("map.sources", { sources: [...told].join("; "), ground: below });
    },
  };
}
