//! Request methods. An open list: what we do not know is answered 405, so it must be representable.

use std::fmt;

use super::split::is_token;

/// The method of a request; case matters (RFC 3261 section 7.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the method of that name")]
pub enum Method {
    Ack,
    Bye,
    Cancel,
    Info,
    Invite,
    Message,
    Notify,
    Options,
    Prack,
    Publish,
    Refer,
    Register,
    Subscribe,
    Update,
    /// Any other token.
    Other(String),
}

const KNOWN: [(&str, Method); 14] = [
    ("ACK", Method::Ack),
    ("BYE", Method::Bye),
    ("CANCEL", Method::Cancel),
    ("INFO", Method::Info),
    ("INVITE", Method::Invite),
    ("MESSAGE", Method::Message),
    ("NOTIFY", Method::Notify),
    ("OPTIONS", Method::Options),
    ("PRACK", Method::Prack),
    ("PUBLISH", Method::Publish),
    ("REFER", Method::Refer),
    ("REGISTER", Method::Register),
    ("SUBSCRIBE", Method::Subscribe),
    ("UPDATE", Method::Update),
];

impl Method {
    /// `None` when the text is not a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = KNOWN.iter().find(|(name, _)| *name == text);
        match known {
            Some((_, method)) => Some(method.clone()),
            None => is_token(text).then(|| Self::Other(text.to_owned())),
        }
    }

    /// The method as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        let known = KNOWN.iter().find(|(_, method)| method == self);
        known.map_or("", |(name, _)| name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_written_as_it_is_read() {
        for (name, method) in KNOWN {
            assert_eq!(Method::parse(name), Some(method.clone()));
            assert_eq!(method.to_string(), name);
        }
        assert_eq!(
            Method::parse("re%47ister"),
            Some(Method::Other("re%47ister".into()))
        );
        assert_eq!(
            Method::parse("register").map(|m| m.to_string()),
            Some("register".into())
        );
        assert_ne!(Method::parse("register"), Some(Method::Register));
        assert_eq!(Method::parse("A B"), None);
        assert_eq!(Method::parse(""), None);
    }
}
