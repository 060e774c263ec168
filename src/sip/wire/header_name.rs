//! Header names in their long and compact forms (RFC 3261 section 7.3.3). Never looks at values.

use super::split::is_token;

/// Makes the enum and its table from one list, so that neither can lack what the other has.
macro_rules! header_names {
    ($($variant:ident $long:literal $compact:literal,)*) => {
        /// A header's name. Names are compared without regard to case.
        #[derive(Debug, Clone, Eq)]
        #[expect(missing_docs, reason = "each is the header of that name")]
        pub enum HeaderName {
            $($variant,)*
            /// A header that this crate only passes on, in the letters it came with. Made by [`HeaderName::parse`], which
            /// never makes it of a name that has a variant of its own.
            Other(String),
        }

        const TABLE: &[(HeaderName, &str, &str)] = &[$((HeaderName::$variant, $long, $compact),)*];
    };
}

header_names! {
    Via "Via" "v",
    From "From" "f",
    To "To" "t",
    CallId "Call-ID" "i",
    CSeq "CSeq" "",
    MaxForwards "Max-Forwards" "",
    Contact "Contact" "m",
    ContentLength "Content-Length" "l",
    ContentType "Content-Type" "c",
    ContentEncoding "Content-Encoding" "e",
    Expires "Expires" "",
    MinExpires "Min-Expires" "",
    RetryAfter "Retry-After" "",
    Supported "Supported" "k",
    Unsupported "Unsupported" "",
    Require "Require" "",
    ProxyRequire "Proxy-Require" "",
    Allow "Allow" "",
    AllowEvents "Allow-Events" "u",
    Accept "Accept" "",
    Event "Event" "o",
    SubscriptionState "Subscription-State" "",
    WwwAuthenticate "WWW-Authenticate" "",
    ProxyAuthenticate "Proxy-Authenticate" "",
    Authorization "Authorization" "",
    ProxyAuthorization "Proxy-Authorization" "",
    AuthenticationInfo "Authentication-Info" "",
    Route "Route" "",
    RecordRoute "Record-Route" "",
    Path "Path" "",
    ServiceRoute "Service-Route" "",
    UserAgent "User-Agent" "",
    Server "Server" "",
    Subject "Subject" "s",
    ReferTo "Refer-To" "r",
    ReferredBy "Referred-By" "b",
    SessionExpires "Session-Expires" "x",
    Identity "Identity" "y",
    AcceptContact "Accept-Contact" "a",
    RejectContact "Reject-Contact" "j",
    RequestDisposition "Request-Disposition" "d",
}

impl HeaderName {
    /// Long or compact, in any case; `None` when the text is not a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = TABLE.iter().find(|(_, long, compact)| {
            text.eq_ignore_ascii_case(long)
                || (!compact.is_empty() && text.eq_ignore_ascii_case(compact))
        });
        match known {
            Some((name, _, _)) => Some(name.clone()),
            None => is_token(text).then(|| Self::Other(text.to_owned())),
        }
    }

    /// The long form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            return text;
        }
        let same = std::mem::discriminant(self);
        let known = TABLE
            .iter()
            .find(|(name, _, _)| std::mem::discriminant(name) == same);
        known.map_or("", |(_, long, _)| long)
    }

    /// Whether the value is a list of addresses or hops, of which each element becomes a header of its own.
    pub(super) fn is_split(&self) -> bool {
        [
            Self::Via,
            Self::Contact,
            Self::Route,
            Self::RecordRoute,
            Self::Path,
            Self::ServiceRoute,
        ]
        .contains(self)
    }

    /// Whether a second header of this name makes the message malformed.
    pub(super) fn is_single(&self) -> bool {
        [
            Self::From,
            Self::To,
            Self::CallId,
            Self::CSeq,
            Self::MaxForwards,
            Self::ContentLength,
        ]
        .contains(self)
    }

    /// Whether the value may prove knowledge of a secret, so that no log may show it.
    pub(crate) fn is_secret(&self) -> bool {
        [
            Self::Authorization,
            Self::ProxyAuthorization,
            Self::WwwAuthenticate,
            Self::ProxyAuthenticate,
            Self::AuthenticationInfo,
        ]
        .contains(self)
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(a), Self::Other(b)) => a.eq_ignore_ascii_case(b),
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_compact_forms_in_any_case_are_one_name() {
        for (name, long, compact) in TABLE {
            assert_eq!(HeaderName::parse(&long.to_uppercase()).as_ref(), Some(name));
            if !compact.is_empty() {
                assert_eq!(HeaderName::parse(compact).as_ref(), Some(name));
            }
            assert_eq!(name.as_str(), *long);
        }
        assert_eq!(HeaderName::parse("M"), Some(HeaderName::Contact));
        assert_eq!(HeaderName::parse("x-Own"), HeaderName::parse("X-OWN"));
        assert_eq!(HeaderName::parse("no good"), None);
    }
}
