//! A second opinion on compressed messages: RFC 1951 as it stands there, a bit at a time, over a message that is there as a whole.

/// What RFC 7692, section 7.2.2, has the receiver append.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// Streams in one message that say they end: the server's own limit.
const MOST_ENDS: usize = 1024;
/// The longest code, in bits.
const MOST_BITS: usize = 15;

/// Why there is no message, as the close code that it deserves.
const BROKEN: u16 = 1007;
const TOO_LARGE: u16 = 1009;

#[rustfmt::skip]
/// Section 3.2.5: the least length of a symbol from 257 on, and how many more bits tell it.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2), (31, 2),
    (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];
#[rustfmt::skip]
/// The same of the distances.
const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4), (65, 5), (97, 5), (129, 6), (193, 6),
    (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12), (12289, 12),
    (16385, 13), (24577, 13),
];
/// Section 3.2.7: in which order the lengths of the code for lengths come.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// A message's payload. An empty one stands for an empty message. A stream that says it ends is followed by another, which knows nothing of it.
pub(super) fn inflate(message: &[u8], limit: usize) -> Result<Vec<u8>, u16> {
    let mut output = Output {
        bytes: Vec::new(),
        since: 0,
        limit,
    };
    if message.is_empty() {
        return Ok(output.bytes);
    }
    let mut input = Input {
        bytes: &[message, &TAIL].concat(),
        at: 0,
    };
    let mut ends = 0;
    while input.at < input.bytes.len() * 8 {
        let is_last = input.bit()? == 1;
        match input.bits(2)? {
            0 => stored(&mut input, &mut output)?,
            1 => {
                let length = |symbol| match symbol {
                    0..=143 => 8,
                    144..=255 => 9,
                    256..=279 => 7,
                    _ => 8,
                };
                let lengths = Code::of(&(0..288).map(length).collect::<Vec<_>>(), true)?;
                // two of its words mean nothing: no distance is that long
                let distances = Code::of(&[5; 32], true)?;
                coded(&mut input, &mut output, &lengths, &distances)?;
            }
            2 => {
                let (lengths, distances) = codes(&mut input)?;
                coded(&mut input, &mut output, &lengths, &distances)?;
            }
            _ => return Err(BROKEN),
        }
        if is_last {
            ends += 1;
            if ends > MOST_ENDS {
                return Err(BROKEN);
            }
            input.at = input.at.next_multiple_of(8);
            output.since = output.bytes.len();
        }
    }
    Ok(output.bytes)
}

struct Input<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl Input<'_> {
    fn bit(&mut self) -> Result<usize, u16> {
        let byte = self.bytes.get(self.at / 8).ok_or(BROKEN)?;
        let bit = (byte >> (self.at % 8)) & 1;
        self.at += 1;
        Ok(bit.into())
    }

    /// The lowest first.
    fn bits(&mut self, count: u8) -> Result<usize, u16> {
        (0..count).try_fold(0, |sum, i| Ok(sum | (self.bit()? << i)))
    }
}

struct Output {
    bytes: Vec<u8>,
    /// Where the stream began: nothing before it can be repeated.
    since: usize,
    limit: usize,
}

impl Output {
    fn push(&mut self, byte: u8) -> Result<(), u16> {
        if self.bytes.len() == self.limit {
            return Err(TOO_LARGE);
        }
        self.bytes.push(byte);
        Ok(())
    }
}

/// Section 3.2.4.
fn stored(input: &mut Input<'_>, output: &mut Output) -> Result<(), u16> {
    input.at = input.at.next_multiple_of(8);
    let (length, check) = (input.bits(16)?, input.bits(16)?);
    if length != (!check & 0xffff) {
        return Err(BROKEN);
    }
    (0..length).try_for_each(|_| {
        let byte = input.bits(8)?;
        output.push(byte as u8)
    })
}

/// Section 3.2.2: a code is known by the lengths of its words.
struct Code {
    /// How many symbols have a word of each length.
    counts: [usize; MOST_BITS + 1],
    /// Those that have one, shorter words first.
    symbols: Vec<usize>,
}

impl Code {
    /// Every word must have a meaning; a code with but one word of one bit, or with none, is allowed where not `complete`.
    fn of(lengths: &[usize], complete: bool) -> Result<Self, u16> {
        let mut counts = [0; MOST_BITS + 1];
        lengths.iter().for_each(|length| counts[*length] += 1);
        let space: usize = (1..=MOST_BITS).map(|n| counts[n] << (MOST_BITS - n)).sum();
        let whole = 1 << MOST_BITS;
        let none_is_longer = counts[2..].iter().all(|count| *count == 0);
        if space > whole || (space < whole && (complete || !none_is_longer)) {
            return Err(BROKEN);
        }
        let mut symbols: Vec<usize> = (0..lengths.len()).filter(|s| lengths[*s] > 0).collect();
        symbols.sort_by_key(|symbol| (lengths[*symbol], *symbol));
        Ok(Code { counts, symbols })
    }

    fn symbol(&self, input: &mut Input<'_>) -> Result<usize, u16> {
        let (mut word, mut first, mut shorter) = (0, 0, 0);
        for count in &self.counts[1..] {
            word |= input.bit()?;
            if word < first + count {
                return self
                    .symbols
                    .get(shorter + word - first)
                    .copied()
                    .ok_or(BROKEN);
            }
            shorter += count;
            first = (first + count) << 1;
            word <<= 1;
        }
        Err(BROKEN)
    }
}

/// Section 3.2.7.
fn codes(input: &mut Input<'_>) -> Result<(Code, Code), u16> {
    let literals = input.bits(5)? + 257;
    let distances = input.bits(5)? + 1;
    let listed = input.bits(4)? + 4;
    if literals > 286 || distances > 30 {
        return Err(BROKEN);
    }
    let mut lengths = vec![0; ORDER.len()];
    for symbol in &ORDER[..listed] {
        lengths[*symbol] = input.bits(3)?;
    }
    let code = Code::of(&lengths, true)?;
    let mut lengths = Vec::new();
    while lengths.len() < literals + distances {
        let (length, times) = match code.symbol(input)? {
            16 => (*lengths.last().ok_or(BROKEN)?, 3 + input.bits(2)?),
            17 => (0, 3 + input.bits(3)?),
            18 => (0, 11 + input.bits(7)?),
            length => (length, 1),
        };
        lengths.extend(std::iter::repeat_n(length, times));
    }
    if lengths.len() > literals + distances || lengths[256] == 0 {
        return Err(BROKEN);
    }
    let distances = lengths.split_off(literals);
    Ok((Code::of(&lengths, false)?, Code::of(&distances, false)?))
}

/// Section 3.2.3: literals, and pairs of a length and a distance.
fn coded(
    input: &mut Input<'_>,
    output: &mut Output,
    lengths: &Code,
    distances: &Code,
) -> Result<(), u16> {
    loop {
        let symbol = lengths.symbol(input)?;
        match symbol {
            0..=255 => output.push(symbol as u8)?,
            256 => return Ok(()),
            _ => {
                let (least, more) = *LENGTHS.get(symbol - 257).ok_or(BROKEN)?;
                let length = usize::from(least) + input.bits(more)?;
                let symbol = distances.symbol(input)?;
                let (least, more) = *DISTANCES.get(symbol).ok_or(BROKEN)?;
                let distance = usize::from(least) + input.bits(more)?;
                for _ in 0..length {
                    let from = output.bytes.len().checked_sub(distance);
                    let from = from.filter(|from| *from >= output.since).ok_or(BROKEN)?;
                    output.push(output.bytes[from])?;
                }
            }
        }
    }
}
