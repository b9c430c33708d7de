//! A second opinion on offers of extensions: RFC 6455, section 9.1, and RFC 7692, section 7.1, a character at a time.

/// What is agreed on: the answer, and whether the whole window is used. `Err`: the header is malformed.
pub(super) fn negotiated(values: &[&[u8]]) -> Result<Option<(String, bool)>, ()> {
    let mut offers = Vec::new();
    for value in values {
        offers.extend(Reader { rest: value }.offers()?);
    }
    Ok(offers.iter().find_map(accepted))
}

struct Offer {
    name: String,
    parameters: Vec<(String, Option<String>)>,
}

/// The first that says nothing but what section 7.1 knows, each once.
fn accepted(offer: &Offer) -> Option<(String, bool)> {
    if offer.name != "permessage-deflate" {
        return None;
    }
    let mut names: Vec<&str> = offer.parameters.iter().map(|(name, _)| &**name).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let is_window = |bits: &str| ["8", "9", "10", "11", "12", "13", "14", "15"].contains(&bits);
    let mut answer =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover".to_owned();
    let mut full = true;
    for (name, value) in &offer.parameters {
        match (&**name, value.as_deref()) {
            ("server_no_context_takeover" | "client_no_context_takeover", None) => {}
            ("client_max_window_bits", None) => {}
            ("client_max_window_bits", Some(bits)) if is_window(bits) => {}
            ("server_max_window_bits", Some(bits)) if is_window(bits) => {
                answer += &format!("; server_max_window_bits={bits}");
                full = bits == "15";
            }
            _ => return None,
        }
    }
    Some((answer, full))
}

struct Reader<'v> {
    rest: &'v [u8],
}

impl Reader<'_> {
    fn offers(&mut self) -> Result<Vec<Offer>, ()> {
        let mut offers = Vec::new();
        loop {
            self.blanks();
            match self.rest.first() {
                None => return Ok(offers),
                Some(b',') => self.rest = &self.rest[1..],
                Some(_) => {
                    offers.push(self.offer()?);
                    if !matches!(self.rest.first(), None | Some(b',')) {
                        return Err(());
                    }
                }
            }
        }
    }

    fn offer(&mut self) -> Result<Offer, ()> {
        let name = self.token()?.to_ascii_lowercase();
        let mut parameters = Vec::new();
        while self.is(b';') {
            let name = self.token()?.to_ascii_lowercase();
            let value = match self.is(b'=') {
                true => Some(self.value()?),
                false => None,
            };
            parameters.push((name, value));
        }
        Ok(Offer { name, parameters })
    }

    fn blanks(&mut self) {
        while let [b' ' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    /// Passes over a separator and the blanks around it, if it comes.
    fn is(&mut self, separator: u8) -> bool {
        self.blanks();
        let is_next = self.rest.first() == Some(&separator);
        if is_next {
            self.rest = &self.rest[1..];
            self.blanks();
        }
        is_next
    }

    fn token(&mut self) -> Result<String, ()> {
        let mut token = String::new();
        while let [byte, rest @ ..] = self.rest
            && matches!(byte, b'!'..=b'~')
            && !br#"()<>@,;:\"/[]?={}"#.contains(byte)
        {
            token.push(*byte as char);
            self.rest = rest;
        }
        match token.is_empty() {
            true => Err(()),
            false => Ok(token),
        }
    }

    fn value(&mut self) -> Result<String, ()> {
        let [b'"', rest @ ..] = self.rest else {
            return self.token();
        };
        let (mut inner, mut rest) = (Vec::new(), rest);
        loop {
            match rest {
                [b'"', after @ ..] => {
                    self.rest = after;
                    self.blanks();
                    break;
                }
                [b'\\', byte, after @ ..] | [byte, after @ ..] => {
                    inner.push(*byte);
                    rest = after;
                }
                [] => return Err(()),
            }
        }
        let mut inner = Reader { rest: &inner };
        let token = inner.token()?;
        match inner.rest {
            [] => Ok(token),
            _ => Err(()),
        }
    }
}
