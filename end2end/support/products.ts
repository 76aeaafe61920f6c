// A products file of some hundred rows, and the three tools that make a report of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** 300 products, always the same ones. */
export function productsCsv(): string {
  const categories = ["Fasteners", "Hand tools", "Power tools", "Safety"];
  const lines = ["sku,name,category,price,cost,units_sold"];
  for (let i = 1; i <= 300; i++) {
    const cost = 2 + ((i * 37) % 90);
    const price = cost * (1 + ((i * 13) % 60) / 100);
    lines.push(`P${String(i).padStart(4, "0")},Product ${i},${categories[i % 4]},${price.toFixed(2)},${cost.toFixed(2)},${(i * 7) % 50}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Puts the file where the sandbox shows it as /data/products.csv. */
export function placeProducts(dataDir: string, organizationId: string): void {
  const folder = join(dataDir, "files", organizationId);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, "products.csv"), productsCsv());
}

export const LOAD = `import csv

def main(path: str = "/data/products.csv") -> dict:
    with open(path, newline="") as file:
        rows = [
            {**row, "price": float(row["price"]), "cost": float(row["cost"]), "units_sold": int(row["units_sold"])}
            for row in csv.DictReader(file)
        ]
    print(f"read {len(rows)} rows")
    return {"rows": rows, "count": len(rows)}
`;

export const MARGINS = `def main(rows: list) -> dict:
    margins = {}
    for row in rows:
        entry = margins.setdefault(row["category"], {"revenue": 0.0, "profit": 0.0})
        entry["revenue"] += row["price"] * row["units_sold"]
        entry["profit"] += (row["price"] - row["cost"]) * row["units_sold"]
    for entry in margins.values():
        entry["margin"] = round(entry["profit"] / entry["revenue"], 4) if entry["revenue"] else 0.0
    return {"margins": margins}
`;

export const REPORT = `def main(margins: dict) -> dict:
    lines = ["# Margins by category"]
    for name, entry in sorted(margins.items(), key=lambda item: -item[1]["margin"]):
        lines.append(f"- {name}: {entry['margin']:.1%}")
    return {"report": "\\n".join(lines)}
`;
