def test_the_margin_is_what_is_left_of_the_price():
    result = main([{"name": "Tea", "category": "Drinks", "cost": 3, "price": 4}])
    assert result["average_margin"] == 25.0


def test_products_below_cost_are_named():
    result = main([{"name": "Trial", "category": "Drinks", "cost": 5, "price": 4}])
    assert result["loss_makers"] == ["Trial"]


def test_the_best_products_come_first():
    rows = [{"name": name, "category": "All", "cost": cost, "price": 10} for name, cost in [("low", 9), ("high", 1), ("mid", 5)]]
    assert [product["name"] for product in main(rows, top=2)["top_products"]] == ["high", "mid"]
