//! What stands for the phone's own names in a URL that is meant for many phones. Never asks where a name comes from.

use hotdesk_provisioning::DeviceId;

/// A phone's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    mac: String,
    model: String,
    version: String,
}

/// Which name, and how it is written.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// Twelve hexadecimal digits in small letters; also the serial number of a phone that has no other.
    Mac,
    /// The same in capitals.
    MacInCapitals,
    Model,
    Version,
}

/// The macros of the field. A longer one stands before a shorter one that it begins with.
const MACROS: [(&str, Name); 16] = [
    ("[PHONE_MAC_ADDRESS]", Name::Mac),
    ("[PHONE_MODEL]", Name::Model),
    ("[PHONE_PART_NUMBER]", Name::Model),
    ("<MACADR>", Name::Mac),
    ("{mac}", Name::MacInCapitals),
    ("{MAC}", Name::MacInCapitals),
    ("{model}", Name::Model),
    ("{serial}", Name::Mac),
    ("{version}", Name::Version),
    ("$MAC", Name::Mac),
    ("$MAU", Name::MacInCapitals),
    ("$MA", Name::Mac),
    ("$mac", Name::Mac),
    ("$PSN", Name::Model),
    ("$PN", Name::Model),
    ("$SN", Name::Mac),
];

impl Names {
    /// The names of one phone.
    #[must_use]
    pub fn new(device: &DeviceId, model: &str, version: &str) -> Self {
        Self {
            mac: device.as_str().to_owned(),
            model: percent_encoded(model),
            version: percent_encoded(version),
        }
    }

    /// The text with every macro replaced. One that nobody knows stays as it is.
    #[must_use]
    pub fn expand(&self, text: &str) -> String {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let known = MACROS
                .iter()
                .find_map(|(name, value)| Some((rest.strip_prefix(name)?, value)));
            if let Some((behind, value)) = known {
                match value {
                    Name::Mac => expanded.push_str(&self.mac),
                    Name::MacInCapitals => expanded.push_str(&self.mac.to_ascii_uppercase()),
                    Name::Model => expanded.push_str(&self.model),
                    Name::Version => expanded.push_str(&self.version),
                }
                rest = behind;
            } else {
                expanded.push(next);
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
        expanded
    }
}

/// As a part of a URL has it (RFC 3986 section 2.1).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> String {
        let device = DeviceId::parse("02:00:5e:10:00:2a").unwrap();
        Names::new(&device, "HD 1", "1.4.0").expand(text)
    }

    #[test]
    fn the_macros_of_the_field_are_known() {
        for (text, expanded) in [
            ("https://h/$MAC.cfg", "https://h/02005e10002a.cfg"),
            (
                "https://h/$mac/$MA/$MAU",
                "https://h/02005e10002a/02005e10002a/02005E10002A",
            ),
            ("https://h/?mac={mac}", "https://h/?mac=02005E10002A"),
            (
                "https://h/{model}-{serial}",
                "https://h/HD%201-02005e10002a",
            ),
            (
                "https://h/$PN/$PSN/$SN",
                "https://h/HD%201/HD%201/02005e10002a",
            ),
            (
                "https://h/<MACADR>/{version}",
                "https://h/02005e10002a/1.4.0",
            ),
            ("https://[PHONE_MAC_ADDRESS].h", "https://02005e10002a.h"),
        ] {
            assert_eq!(expand(text), expanded);
        }
    }

    #[test]
    fn what_nobody_knows_stays_as_it_is() {
        for text in ["https://h/$", "{", "$OTHER", "{mäc}", "$M"] {
            assert_eq!(expand(text), text);
        }
    }

    #[test]
    fn no_macro_hides_a_longer_one() {
        for (at, (name, _)) in MACROS.iter().enumerate() {
            let hidden = MACROS
                .iter()
                .skip(at + 1)
                .find(|(later, _)| later.starts_with(name));
            assert!(hidden.is_none(), "{name} hides {hidden:?}");
        }
    }
}
