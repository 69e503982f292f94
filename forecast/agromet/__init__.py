"""What weather does to crops and fields: pure kernels over any dims; what was lazy stays lazy.

Every function takes DataArrays (or plain numbers where the formula is elementwise), reduces or
walks along time only, and leaves all other dims as they are: one code serves a point, the members
of an ensemble and a county map. Missing stays missing: no data never looks like no risk.
"""
