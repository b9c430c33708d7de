//! The demo's menu.

use super::names::HOUSE;
use crate::db::{Error, Transaction, params};

/// A dish: id, restaurant, category, name, price, seconds to make, allergens.
type Dish = (i64, i64, i64, &'static str, i64, i64, &'static str);

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, restaurant, name, station, course) in [
        (1, HOUSE, "Mains", "kitchen", Some(2)),
        (2, HOUSE, "Drinks", "bar", None),
        (3, HOUSE, "Starters", "kitchen", Some(1)),
        (4, HOUSE, "Desserts", "kitchen", Some(3)),
        (5, 3, "Noodles", "kitchen", None),
        (6, 4, "Curries", "kitchen", None),
        (7, 789, "Curries", "kitchen", None),
        (8, 790, "Pizza", "kitchen", None),
    ] {
        tx.execute(
            "INSERT INTO menu_categories(id, restaurant_id, name, sort, station_id, course)
             VALUES (?1, ?2, ?3, ?1, (SELECT id FROM stations WHERE restaurant_id = ?2 AND code = ?4), ?5)",
            params![id, restaurant, name, station, course],
        )?;
    }
    const DISHES: &[Dish] = &[
        (
            1,
            HOUSE,
            1,
            "Pad Thai",
            80_00,
            480,
            r#"["peanuts","egg","fish","soy"]"#,
        ),
        (2, HOUSE, 2, "Iced tea", 35_50, 60, "[]"),
        (
            3,
            HOUSE,
            4,
            "Mango sticky rice",
            54_50,
            180,
            r#"["sesame"]"#,
        ),
        (
            4,
            HOUSE,
            1,
            "Green curry",
            120_00,
            600,
            r#"["fish","crustaceans"]"#,
        ),
        (
            5,
            HOUSE,
            3,
            "Spring rolls",
            65_00,
            300,
            r#"["gluten","soy"]"#,
        ),
        (
            6,
            HOUSE,
            3,
            "Tom yum soup",
            95_00,
            420,
            r#"["crustaceans","fish"]"#,
        ),
        (7, HOUSE, 2, "Singha beer", 90_00, 30, r#"["gluten"]"#),
        (8, HOUSE, 2, "Coconut water", 60_00, 30, "[]"),
        (9, 3, 5, "Boat noodles", 55_00, 300, r#"["gluten","soy"]"#),
        (
            10,
            4,
            6,
            "Massaman curry",
            140_00,
            600,
            r#"["peanuts","fish"]"#,
        ),
        (
            11,
            789,
            7,
            "Red curry",
            110_00,
            540,
            r#"["fish","crustaceans"]"#,
        ),
        (
            12,
            790,
            8,
            "Margherita",
            220_00,
            600,
            r#"["gluten","milk"]"#,
        ),
    ];
    for (id, restaurant, category, name, price, prep_s, allergens) in DISHES {
        tx.execute(
            "INSERT INTO menu_items(id, restaurant_id, category_id, name, price_minor, prep_s, allergens_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, restaurant, category, *name, price, prep_s, *allergens],
        )?;
    }
    for (group, dish, name, max, modifiers) in [
        (
            1,
            1,
            "Protein",
            1,
            &[("Tofu", 0), ("Chicken", 20_00), ("Prawns", 40_00)][..],
        ),
        (
            2,
            1,
            "Spice",
            1,
            &[("Mild", 0), ("Medium", 0), ("Thai hot", 0)],
        ),
        (
            3,
            1,
            "Without",
            3,
            &[("No peanuts", 0), ("No egg", 0), ("No onion", 0)],
        ),
        (4, 2, "Sugar", 1, &[("Less sugar", 0), ("No sugar", 0)]),
        (5, 2, "Extra", 2, &[("Lime", 5_00), ("Mint", 5_00)]),
        (
            6,
            4,
            "Spice",
            1,
            &[("Mild", 0), ("Medium", 0), ("Thai hot", 0)],
        ),
    ] {
        tx.execute(
            "INSERT INTO modifier_groups(id, menu_item_id, name, min, max) VALUES (?1, ?2, ?3, 0, ?4)",
            params![group, dish, name, max],
        )?;
        for (name, price) in modifiers {
            tx.execute(
                "INSERT INTO modifiers(group_id, name, price_minor) VALUES (?1, ?2, ?3)",
                params![group, *name, price],
            )?;
        }
    }
    Ok(())
}
