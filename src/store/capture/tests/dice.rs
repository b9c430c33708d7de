//! Statements at random.

/// xorshift: a history is named by its seed.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    /// Any statement that a program may come up with.
    pub fn statement(&mut self) -> String {
        let k = [(); 4].map(|()| self.roll(5) + 1);
        let t = [(); 2].map(|()| ["'a'", "'b'", "'A'", "NULL"][self.roll(4) as usize]);
        let s = [(); 2].map(|()| ["'new'", "'ready'"][self.roll(2) as usize]);
        match self.roll(25) {
            0 => format!(
                "INSERT INTO o(id, uuid, st, waiter) VALUES({}, {}, {}, {})",
                k[0], t[0], s[0], k[1]
            ),
            1 => format!(
                "INSERT OR REPLACE INTO o(id, uuid, st) VALUES({}, {}, {}), ({}, {}, {})",
                k[0], t[0], s[0], k[1], t[1], s[1]
            ),
            2 => format!(
                "INSERT OR IGNORE INTO o(id, uuid, st) VALUES({}, {}, {})",
                k[0], t[0], s[0]
            ),
            3 => format!(
                "INSERT INTO o(id, uuid, st) VALUES({}, {}, {}) ON CONFLICT(id) DO UPDATE SET st = excluded.st, uuid = excluded.uuid",
                k[0], t[0], s[0]
            ),
            4 => format!("REPLACE INTO o(uuid, st) VALUES({}, {})", t[0], s[0]),
            5 => format!("UPDATE o SET st = {}", s[0]),
            6 => "UPDATE o SET st = st".to_owned(),
            7 => format!(
                "UPDATE OR REPLACE o SET uuid = {} WHERE id <= {}",
                t[0], k[0]
            ),
            8 => format!("UPDATE OR IGNORE o SET id = {} WHERE id = {}", k[0], k[1]),
            9 => format!("UPDATE OR REPLACE o SET id = {} WHERE id = {}", k[0], k[1]),
            10 => format!("DELETE FROM o WHERE id = {}", k[0]),
            11 => format!(
                "UPDATE o SET version = version + 1, st = {} WHERE id = {}",
                s[0], k[0]
            ),
            12 => format!(
                "INSERT INTO i(id, o, n) VALUES({}, {}, {})",
                k[0], k[1], t[0]
            ),
            13 => format!(
                "REPLACE INTO i(id, o, n) VALUES({}, {}, {})",
                k[0], k[1], t[0]
            ),
            14 => format!("UPDATE OR REPLACE i SET o = {} WHERE id = {}", k[0], k[1]),
            15 => format!("DELETE FROM i WHERE id = {}", k[0]),
            16 => format!("INSERT OR REPLACE INTO i(id, n) VALUES({}, {})", k[0], t[0]),
            17 => format!(
                "INSERT INTO m(id, i, note) VALUES({}, {}, {})",
                k[0], k[1], t[0]
            ),
            18 => format!(
                "INSERT INTO p(id, o, amount) VALUES({}, {}, {})",
                k[0], k[1], k[2]
            ),
            19 => format!(
                "UPDATE o SET ready_at = {}, secret = {} WHERE id = {}",
                k[0], t[0], k[1]
            ),
            21 => format!("UPDATE OR FAIL o SET uuid = {} WHERE id >= {}", t[0], k[0]),
            22 => format!(
                "INSERT INTO o(id, uuid, st) VALUES({}, {}, {}), ({}, {}, {})",
                k[0], t[0], s[0], k[1], t[1], s[1]
            ),
            23 => format!(
                "UPDATE i SET o = {}, n = {} WHERE id <= {}",
                k[0], t[0], k[1]
            ),
            20 if self.roll(4) == 0 => "DELETE FROM o".to_owned(),
            _ => format!("UPDATE o SET bytes = x'0{}' WHERE id = {}", k[0], k[1]),
        }
    }
}
