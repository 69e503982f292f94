"""axe-core on what is shown."""

import functools
from collections.abc import Collection
from pathlib import Path

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_FILE = Path(__file__).parent / "vendor" / "axe.min.js"
_RUN = """
async ([tags, without]) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  const told = ({ id, help, nodes }) => `${id} (${help}): ${nodes.map(where).join(" | ")}`;
  const where = ({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`;
  return found.violations.filter(({ id }) => !without.includes(id)).map(told);
}
"""


def violations(page: Page, *, without: Collection[str] = ()) -> list[str]:
    """What breaks WCAG 2.2 AA or good practice on a page, one sentence each.

    Args:
        page: as it is shown now.
        without: rules that have no meaning here, as the size of what is pressed on paper.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    return list(page.evaluate(_RUN, [TAGS, list(without)]))


@functools.cache
def _source() -> str:
    return _FILE.read_text(encoding="utf-8")
