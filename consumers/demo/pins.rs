//! The PINs of the demo's people, so that its screens can be signed in to: everybody may know them.

use crate::db::{Error, Transaction, params};

/// Whose PIN, the PIN, and what is kept of it. Hashed before, because each takes 20 ms and a demo is to be there at once; the salts are as public as the PINs.
const PINS: &[(i64, &str, &str)] = &[
    (
        10,
        "1010",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICAgMTA$k0yNSj01Fkq2cJLbHrhUh8eiNY499sb4kcri9xvwCWQ",
    ),
    (
        11,
        "1111",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICAgMTE$d5GJ120GwtEaRxYMzqAYwC+0AxkyXUXsLoXifA+NbL8",
    ),
    (
        12,
        "1212",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICAgMTI$1HZguc7UoQeaRXlH/fMEs3LJynzzlB2s4vYcA2Fnn3A",
    ),
    (
        20,
        "2020",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICAgMjA$pX/OM5gOO+fbZ2GqzcXDK34K6lsSMYHNDp8GZLeLONg",
    ),
    (
        30,
        "0000",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICAgMzA$E+dmxHlpO1JJ0PvpMeCNvVfx9eIIrfQ6zWBzvZ17ULI",
    ),
    (
        901,
        "9090",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICA5MDE$kqle+Msg8Gloy283KQJ7l3enbIRVPv9AnaoKFymNDVI",
    ),
    (
        902,
        "9090",
        "$argon2id$v=19$m=19456,t=2,p=1$ZGVtbyBvZiBtYWl0cmVkICA5MDI$3x3nUE0BVqWvHvTemj7X4wpQzPeEYqpVdWNxw6fmFjk",
    ),
];

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    for (user, _, hash) in PINS {
        tx.execute(
            "UPDATE users SET pin_hash = ?2 WHERE id = ?1",
            params![user, *hash],
        )?;
    }
    Ok(())
}

/// The PIN of somebody of the demo, as long as nobody gave them another one.
pub(super) fn seeded(user: i64, hash: Option<&str>) -> Option<&'static str> {
    let known = PINS
        .iter()
        .find(|(id, _, seeded)| *id == user && Some(*seeded) == hash);
    known.map(|(_, pin, _)| *pin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::passwords;

    #[test]
    fn each_hash_is_that_of_its_pin() {
        for (user, pin, hash) in PINS {
            assert!(passwords::verify(pin, hash), "{user}");
            assert_eq!(seeded(*user, Some(hash)), Some(*pin));
        }
        assert_eq!(seeded(10, Some("another")), None);
        assert_eq!(seeded(10, None), None);
    }
}
