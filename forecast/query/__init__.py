"""Read side: places, hours, days and their selection. Knows no store and no web."""
