def main(title: str, average_margin: float, by_category: dict, top_products: list) -> dict:
    """A report in Markdown from calculated profit margins.

    title: heading of the report
    average_margin: average margin in percent
    by_category: average margin of each category in percent
    top_products: the most profitable products
    """
    lines = [f"# {title}", "", f"Average margin: **{average_margin:.2f} %**", "", "| category | margin |", "| --- | ---: |"]
    lines += [f"| {name} | {margin:.2f} % |" for name, margin in sorted(by_category.items(), key=lambda item: -item[1])]
    lines += ["", "## Most profitable", ""]
    lines += [f"{place}. {p['name']} ({p['margin_percent']:.2f} %)" for place, p in enumerate(top_products, start=1)]
    report = "\n".join(lines)
    print(f"{len(lines)} lines")
    return {"report": report, "lines": len(lines)}
