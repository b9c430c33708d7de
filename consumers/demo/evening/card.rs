//! What the card has besides: long names and Thai ones, choices, allergens, a dish that is sold out.

use crate::db::{Error, Transaction, params};
use crate::demo::names::HOUSE;

/// A dish of the house: category, name, description, price, seconds to make, allergens.
type Dish = (
    &'static str,
    &'static str,
    &'static str,
    i64,
    i64,
    &'static str,
);

const DISHES: &[Dish] = &[
    (
        "Mains",
        "Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln",
        "Eighteen hours in the oven, with roasted peanuts.",
        185_00,
        900,
        r#"["peanuts","fish"]"#,
    ),
    (
        "Mains",
        "ผัดไทยกุ้งสด",
        "Pad Thai, fresh prawns. Rice noodles, tamarind, bean sprouts, lime.",
        140_00,
        540,
        r#"["peanuts","egg","fish","crustaceans","soy"]"#,
    ),
    (
        "Mains",
        "Massaman curry",
        "แกงมัสมั่น. Chicken, potatoes, cinnamon.",
        135_00,
        600,
        r#"["peanuts","fish"]"#,
    ),
    (
        "Mains",
        "ผัดกะเพราไก่ไข่ดาว",
        "Basil chicken, fried egg, rice.",
        95_00,
        420,
        r#"["egg","fish","soy"]"#,
    ),
    (
        "Mains",
        "Boat noodles",
        "ก๋วยเตี๋ยวเรือ. Beef broth, rice noodles, herbs.",
        55_00,
        480,
        r#"["gluten","soy"]"#,
    ),
    (
        "Mains",
        "Gebratener Reis mit Gemüse der Saison",
        "Fried rice, whatever the market had this morning.",
        85_00,
        420,
        r#"["soy"]"#,
    ),
    (
        "Starters",
        "ส้มตำ",
        "Som tam. Green papaya, lime, peanuts.",
        75_00,
        300,
        r#"["peanuts","fish","crustaceans"]"#,
    ),
    (
        "Starters",
        "Chicken satay",
        "สะเต๊ะไก่. Four skewers, cucumber relish.",
        80_00,
        480,
        r#"["peanuts","soy"]"#,
    ),
    (
        "Desserts",
        "Coconut ice cream",
        "ไอศกรีมกะทิ. Roasted peanuts beside.",
        45_00,
        120,
        r#"["milk","peanuts"]"#,
    ),
    (
        "Desserts",
        "Banana roti",
        "โรตีกล้วย. Condensed milk.",
        60_00,
        300,
        r#"["gluten","egg","milk"]"#,
    ),
    ("Drinks", "Lime soda", "โซดามะนาว", 45_00, 60, "[]"),
    (
        "Drinks",
        "Thai iced coffee",
        "กาแฟเย็น",
        50_00,
        90,
        r#"["milk"]"#,
    ),
    ("Drinks", "Still water", "น้ำเปล่า", 25_00, 20, "[]"),
    (
        "Drinks",
        "Riesling, glass",
        "Dry, from the Mosel.",
        160_00,
        30,
        r#"["sulphites"]"#,
    ),
];

/// What the documents' dishes are.
const DESCRIPTIONS: &[(&str, &str)] = &[
    (
        "Pad Thai",
        "ผัดไทย. Rice noodles, tamarind, bean sprouts, lime.",
    ),
    (
        "Green curry",
        "แกงเขียวหวาน. Thai aubergine, basil, coconut milk.",
    ),
    (
        "Spring rolls",
        "ปอเปี๊ยะทอด. Glass noodles, mushrooms, plum sauce.",
    ),
    ("Tom yum soup", "ต้มยำกุ้ง. Prawns, lemongrass, galangal."),
    (
        "Mango sticky rice",
        "ข้าวเหนียวมะม่วง. Coconut cream, toasted sesame.",
    ),
    ("Iced tea", "ชาเย็น. With lime or without."),
];

/// A list of choices: of which dishes, its name, how many, and what there is to choose.
type Choices = (
    &'static [&'static str],
    &'static str,
    i64,
    &'static [(&'static str, i64)],
);

const CHOICES: &[Choices] = &[
    (
        &["ผัดไทยกุ้งสด", "Massaman curry", "ผัดกะเพราไก่ไข่ดาว", "ส้มตำ"],
        "Spice",
        1,
        &[("Mild", 0), ("Medium", 0), ("Thai hot", 0)],
    ),
    (
        &["ผัดไทยกุ้งสด"],
        "Without",
        3,
        &[("No peanuts", 0), ("No egg", 0), ("No onion", 0)],
    ),
    (
        &["ผัดกะเพราไก่ไข่ดาว"],
        "Extra",
        2,
        &[("Second egg", 10_00), ("Rice", 15_00)],
    ),
    (
        &["Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln"],
        "Side",
        1,
        &[("Jasmine rice", 0), ("Roti", 15_00)],
    ),
    (
        &["Green curry"],
        "Protein",
        1,
        &[("Tofu", 0), ("Chicken", 20_00), ("Prawns", 40_00)],
    ),
    (&["Coconut ice cream"], "Without", 1, &[("No peanuts", 0)]),
];

/// Sold out tonight.
const SOLD_OUT: &str = "Boat noodles";

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    for (category, name, description, price, prep_s, allergens) in DISHES {
        tx.execute(
            "INSERT INTO menu_items(restaurant_id, category_id, name, description, price_minor, prep_s, allergens_json, is_available)
             SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?3 <> ?8 FROM menu_categories WHERE restaurant_id = ?1 AND name = ?2",
            params![HOUSE, *category, *name, *description, price, prep_s, *allergens, SOLD_OUT],
        )?;
    }
    for (name, description) in DESCRIPTIONS {
        tx.execute(
            "UPDATE menu_items SET description = ?3 WHERE restaurant_id = ?1 AND name = ?2",
            params![HOUSE, *name, *description],
        )?;
    }
    for (dishes, list, most, modifiers) in CHOICES {
        for dish in *dishes {
            let dish: i64 = tx.one(
                "SELECT id FROM menu_items WHERE restaurant_id = ?1 AND name = ?2",
                params![HOUSE, *dish],
                |row| row.get(0),
            )?;
            tx.execute(
                "INSERT INTO modifier_groups(menu_item_id, name, min, max) VALUES (?1, ?2, 0, ?3)",
                params![dish, *list, most],
            )?;
            for (name, price) in *modifiers {
                tx.execute(
                    "INSERT INTO modifiers(group_id, name, price_minor) SELECT id, ?3, ?4 FROM modifier_groups WHERE menu_item_id = ?1 AND name = ?2",
                    params![dish, *list, *name, price],
                )?;
            }
        }
    }
    Ok(())
}
