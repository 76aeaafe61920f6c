//! The file that the demo's tools work on.

use std::{fmt::Write as _, path::Path};
use toolcrib::{Error, Result};

/// 320 products with cost and price. Made by arithmetic rather than chance, so that every demo shows the same numbers.
pub async fn write_products(files: &Path) -> Result<()> {
    const CATEGORIES: [(&str, [&str; 8]); 5] = [
        ("Beverages", ["Green tea", "Dark roast", "Apple juice", "Ginger ale", "Oat drink", "Mineral water", "Espresso", "Cocoa"]),
        ("Bakery", ["Rye bread", "Croissant", "Bagel", "Pretzel", "Baguette", "Brioche", "Crispbread", "Panettone"]),
        ("Dairy", ["Butter", "Gouda", "Yoghurt", "Feta", "Cream", "Ricotta", "Kefir", "Camembert"]),
        ("Produce", ["Apples", "Carrots", "Spinach", "Pears", "Leeks", "Tomatoes", "Plums", "Beetroot"]),
        ("Pantry", ["Lentils", "Basmati rice", "Olive oil", "Penne", "Sea salt", "Honey", "Chickpeas", "Mustard"]),
    ];
    const SIZES: [&str; 8] = ["small", "medium", "large", "family", "organic", "premium", "classic", "trial"];
    let mut csv = String::from("id,name,category,cost,price,stock\n");
    let mut id = 0_u32;
    for (category, names) in CATEGORIES {
        for name in names {
            for size in SIZES {
                id += 1;
                let cost = 0.80 + f64::from(id * 37 % 91) / 10.0;
                let factor = 1.12 + f64::from(id * 53 % 70) / 100.0;
                // The trial sizes are sold below cost.
                let price = cost * if size == "trial" { 0.9 } else { factor };
                let stock = id * 29 % 240;
                let _ = writeln!(csv, "{id},{name} {size},{category},{cost:.2},{price:.2},{stock}");
            }
        }
    }
    let failed =
        |error: std::io::Error| Error::Unavailable(format!("The demo's file could not be written to {}: {error}", files.display()));
    tokio::fs::create_dir_all(files).await.map_err(failed)?;
    tokio::fs::write(files.join("products.csv"), csv).await.map_err(failed)
}
