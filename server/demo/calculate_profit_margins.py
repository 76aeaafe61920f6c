from collections import defaultdict


def main(rows: list, top: int = 10) -> dict:
    """Profit margin of every product, the average, and the average of each category.

    rows: products with name, category, cost and price
    top: how many of the most profitable products to list
    """
    products = []
    skipped = 0
    for row in rows:
        price, cost = float(row["price"]), float(row["cost"])
        if price <= 0:
            skipped += 1
            continue
        margin = (price - cost) / price * 100
        products.append({"name": row["name"], "category": row["category"], "margin_percent": round(margin, 2)})
    if not products:
        raise ValueError("no product has a price above zero")
    by_category = defaultdict(list)
    for product in products:
        by_category[product["category"]].append(product["margin_percent"])
    products.sort(key=lambda product: -product["margin_percent"])
    print(f"{len(products)} products, {skipped} skipped")
    return {
        "average_margin": round(sum(p["margin_percent"] for p in products) / len(products), 2),
        "by_category": {name: round(sum(values) / len(values), 2) for name, values in sorted(by_category.items())},
        "top_products": products[:top],
        "loss_makers": [product["name"] for product in products if product["margin_percent"] < 0],
        "total_products": len(products),
    }
