//! How claims are spelled.

use serde_json::{Map, Value};

/// Spells the names in snake_case, `restaurantId` as `restaurant_id`. Where both are there, the one that was in snake_case already counts.
pub(super) fn snake_case(claims: Map<String, Value>) -> Map<String, Value> {
    let (camel, mut snake): (Vec<_>, Map<_, _>) =
        claims
            .into_iter()
            .fold(Default::default(), |mut all, (name, value)| {
                match respelled(&name) {
                    Some(name) => all.0.push((name, value)),
                    None => _ = all.1.insert(name, value),
                }
                all
            });
    for (name, value) in camel {
        snake.entry(name).or_insert(value);
    }
    snake
}

/// The snake_case of a camelCase name (`userID` is taken for `userId`), `None` for any other: a name like `https://example.org/Role` stays as it is.
fn respelled(name: &str) -> Option<String> {
    let is_camel = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.contains(|c: char| c.is_ascii_uppercase());
    if !is_camel {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + 4);
    let mut in_capitals = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && !in_capitals {
            snake.push('_');
        }
        in_capitals = c.is_ascii_uppercase();
        snake.push(c.to_ascii_lowercase());
    }
    Some(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_is_respelled_and_nothing_else() {
        let spelled = |name| respelled(name).unwrap_or_else(|| name.to_owned());
        for (given, expected) in [
            ("restaurantId", "restaurant_id"),
            ("userID", "user_id"),
            ("notBeforeDate", "not_before_date"),
            ("sub", "sub"),
            ("restaurant_id", "restaurant_id"),
            ("restaurant_Id", "restaurant_Id"),
            ("Role", "Role"),
            ("https://example.org/Role", "https://example.org/Role"),
            ("größeX", "größeX"),
            ("", ""),
        ] {
            assert_eq!(spelled(given), expected);
        }
    }
}
