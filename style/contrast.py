#!/usr/bin/env python3
"""Checks that every pair of colours that meet in the design keeps its contrast, in both themes. Ends with 1 and the pairs that don't."""
import pathlib, re, sys

css = pathlib.Path(__file__).with_name("main.css").read_text()

TOKEN = re.compile(r"--c-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
light = {name: value for name, value, _ in TOKEN.findall(css)}
dark = {name: value for name, _, value in TOKEN.findall(css)}

def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)

GROUNDS = ["ground", "surface", "raised", "sunken", "hover"]
STATES = ["success", "warning", "danger", "info", "running", "accent"]
pairs = [(ink, ground, 4.5) for ink in ["text", "muted", *STATES] for ground in GROUNDS]
pairs += [(state, state + "-soft", 4.5) for state in STATES] + [("text", state + "-soft", 4.5) for state in STATES]
pairs += [("muted", state + "-soft", 4.5) for state in STATES]
pairs += [("on-accent", "accent", 4.5), ("on-accent", "accent-hover", 4.5), ("on-danger", "danger", 4.5), ("on-danger", "danger-hover", 4.5)]
pairs += [("line-strong", ground, 3.0) for ground in ["ground", "surface", "raised"]]
pairs += [("chart-failed", "surface", 3.0), ("chart-failed", "chart-success", 2.0), ("chart-line", "chart-band", 3.0), ("chart-before", "surface", 3.0)]
bad = []
for name, colours in (("light", light), ("dark", dark)):
    for ink, ground, least in pairs:
        found = contrast(colours[ink], colours[ground])
        if found < least:
            bad.append(f"{name}: {ink} {colours[ink]} on {ground} {colours[ground]} is {found:.2f}, needs {least}")
print("\n".join(bad) or f"{2 * len(pairs)} pairs of colours keep their contrast")
sys.exit(bool(bad))
