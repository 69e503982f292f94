"""Small profiles as text, to be changed in one place."""

from pathlib import Path

SMALL = """\
schema: agroprofile/1
id: small
version: 0.1.0
crop_eppo: CAHSI
name: {zh: 小茶园, en: small garden}
region: {zh: 某地, en: somewhere}
day_boundary: "20:00+08:00"
valid_from: 2025-01-01
review_by: 2026-01-15
maintainer: example agency
places:
  tunnel: {gain: 3 delta_degC, cite: [page]}
phenology:
  method: simple
  base: 7 degC
  biofix: fixed
  fixed_date: "02-20"
  cite: [page]
  stages:
    - {id: buds, bbch: [3, 7], name: {zh: 萌芽期, en: buds}, gdd_from: 60, gdd_sd: 15}
    - {id: plucking, bbch: [11, 15], name: {zh: 开采期, en: plucking}, gdd_from: 153.6}
sowing:
  - id: planting
    name: {zh: 定植窗口, en: planting window}
    thermal: {index: tmean, method: ma5_longest_run, threshold: 10 degC}
    avoid:
      - {var: tmin, op: "<", value: 2 degC, agg: min, window: next 5 d}
    horizon: 7 d
    earliest: "03-25"
    latest: "04-30"
    cite: [page]
rules:
  - id: frost
    kind: hazard
    stages: [buds, plucking]
    decide: {cost_loss: 0.15}
    levels:
      - level: 1
        name: {zh: 轻度霜冻, en: light frost}
        if: {var: t2m, op: "<=", value: 4 degC}
        cite: [page]
        action: {zh: 准备覆盖, en: prepare covers}
      - level: 2
        name: {zh: 中度霜冻, en: moderate frost}
        if: {count: {var: t2m, op: "<=", value: 2 degC}, within: 24 h, at_least: 2 h}
        cite: [standard]
        action: {zh: 覆盖, en: cover}
windows:
  - id: pluck
    name: {zh: 采茶, en: plucking}
    stages: [any]
    step: h
    green: {all: [{var: precip, op: "<", value: 0.1 mm, agg: sum, window: next 3 h}]}
    amber: {var: t2m, op: ">=", value: 6 degC}
    min_length: 3 h
    cite: [page]
citations:
  page: {title: A page, kind: paper, where: somewhere, evidence: read}
  standard: {title: 某标准, kind: standard, where: not read, evidence: memory}
"""


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the small profile with some of its text replaced; each text must be there."""
    text = SMALL
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path
