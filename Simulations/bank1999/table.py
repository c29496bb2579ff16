"""The table of run: simulated beside recorded, weighted by callers."""

import json
import pathlib
import sys

MEASURES = ("service_level", "abandonment", "mean_wait")


def pooled(paths):
    """Simulated and recorded figures over all files, and the mean error by interval."""
    figures = {m: [0.0, 0.0, 0.0] for m in MEASURES}
    callers = {m: 0.0 for m in MEASURES}
    offered = 0.0
    for path in paths:
        answer = json.loads(path.read_text())
        recorded = answer["recorded"]
        calls = recorded["total"]["offered"] * recorded["days"]
        offered += calls
        for measure in MEASURES:
            simulated = answer["total"][measure].get("value")
            if simulated is None or recorded["total"].get(measure) is None:
                sys.exit(f"{path}: no {measure}: nobody was answered")
            figures[measure][0] += simulated * calls
            figures[measure][1] += recorded["total"][measure] * calls
            for part, was in zip(answer["intervals"], recorded["intervals"]):
                simulated = part["measures"][measure].get("value")
                if simulated is None or was.get(measure) is None:
                    continue
                weight = was["offered"] * recorded["days"]
                figures[measure][2] += abs(simulated - was[measure]) * weight
                callers[measure] += weight
    return {
        m: (figures[m][0] / offered, figures[m][1] / offered, figures[m][2] / callers[m])
        for m in MEASURES
    }, int(offered)


def show(name, paths):
    values, offered = pooled(paths)
    cells = []
    for measure in MEASURES:
        simulated, recorded, error = values[measure]
        if measure == "mean_wait":
            cells.append(f"{simulated:.1f} s / {recorded:.1f} s / {error:.1f} s")
        else:
            cells.append(f"{simulated:.1%} / {recorded:.1%} / {error * 100:.1f}")
    print(f"| {name} | {offered} | " + " | ".join(cells) + " |")


def main():
    output = pathlib.Path(sys.argv[1])
    print("Simulated / recorded / mean error by half-hour (points, seconds):\n")
    print("| | callers | answered within 20 s | abandoned | mean wait |")
    print("|---|---:|---:|---:|---:|")
    for month in ("january", "february"):
        show(f"{month}, each day lived again", sorted((output / month).glob("*.json")))
    for weekday in ("sun", "mon", "tue", "wed", "thu"):
        show(f"february {weekday}, from january", [output / "predicted" / f"{weekday}.json"])
    show(
        "february, all weekdays, from january",
        [output / "predicted" / f"{d}.json" for d in ("sun", "mon", "tue", "wed", "thu")],
    )


main()
