//! What the system's DHCP client wrote down of its lease. Never asks a DHCP server and never opens the file.
//!
//! The format is for shell scripts to write and for any client's hook: one `key=value` on each line.
//!
//! ```text
//! interface=eth0
//! option.66=prov.example.net
//! option.43=hex:0214687474703a2f2f3139322e302e322e31302f70
//! ```
//!
//! `option.N` is DHCP option N, as text or, behind `hex:`, as the bytes that came. Every other key is for somebody else.

/// Lines that are read; a lease has a tenth of it.
const LINES_MAX: usize = 128;
/// Longest value in bytes: two of DHCP's longest options, written in hexadecimal.
const VALUE_BYTES_MAX: usize = 1024;

/// The options of a lease.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lease {
    options: Vec<(u8, Vec<u8>)>,
}

impl Lease {
    /// Reads what a DHCP client wrote. A line that is not understood counts for nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let options = text.lines().take(LINES_MAX).filter_map(option);
        Self {
            options: options.collect(),
        }
    }

    /// The value of an option as it came, if the lease has it and there is something in it; of two the later.
    #[must_use]
    pub fn option(&self, code: u8) -> Option<&[u8]> {
        let mut found = self.options.iter().rev().filter(|(c, _)| *c == code);
        found.find_map(|(_, value)| (!value.is_empty()).then_some(value.as_slice()))
    }
}

fn option(line: &str) -> Option<(u8, Vec<u8>)> {
    let (key, value) = line.trim().split_once('=')?;
    let code = key.strip_prefix("option.")?.parse().ok()?;
    if value.len() > VALUE_BYTES_MAX {
        return None;
    }
    let bytes = match value.strip_prefix("hex:") {
        Some(digits) => from_hex(digits)?,
        None => value.as_bytes().to_vec(),
    };
    Some((code, bytes))
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(nibble(*high)? << 4 | nibble(*low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_are_read_and_other_keys_are_not() {
        let lease =
            Lease::parse("interface=eth0\r\noption.66= a=b \noption.150=hex:C0000205\nrouter=x\n");
        assert_eq!(lease.option(66), Some(&b" a=b"[..]));
        assert_eq!(lease.option(150), Some(&[192, 0, 2, 5][..]));
        assert_eq!(lease.option(160), None);
    }

    #[test]
    fn of_two_the_later_counts_and_nothing_is_not_a_value() {
        let lease = Lease::parse("option.160=one\noption.160=two\noption.160=\n");
        assert_eq!(lease.option(160), Some(&b"two"[..]));
    }

    #[test]
    fn what_is_not_understood_counts_for_nothing() {
        let long = format!("option.66={}", "x".repeat(VALUE_BYTES_MAX + 1));
        for line in [
            "option.66=hex:0",
            "option.66=hex:0g",
            "option.256=a",
            "option.=a",
            "option.66",
            "66=a",
            &long,
        ] {
            assert_eq!(Lease::parse(line), Lease::default(), "{line}");
        }
        let many = "option.1=a\n".repeat(LINES_MAX) + "option.66=late";
        assert_eq!(Lease::parse(&many).option(66), None);
    }
}
