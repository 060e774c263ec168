//! Why bytes are not a message, and why a message cannot become bytes. Never says what a person reads on a screen.

/// What is wrong with received bytes. One variant for each thing a log should tell apart; none repeats the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// More than [`crate::wire::MESSAGE_BYTES_MAX`] bytes, or one of the other bounds of [`crate::wire`].
    #[error("larger than the bound for {0}")]
    TooLarge(&'static str),
    /// The blank line after the headers never came (RFC 3261 section 7).
    #[error("the headers never end")]
    HeadersNeverEnd,
    /// The first line is neither a Request-Line nor a Status-Line (RFC 3261 sections 7.1 and 7.2).
    #[error("the start line is not SIP")]
    StartLine,
    /// The start line speaks another version than SIP/2.0.
    #[error("the version is not SIP/2.0")]
    Version,
    /// A header line without a name or with a byte that no header may hold (NUL, a bare CR or LF).
    #[error("a header line is malformed")]
    HeaderLine,
    /// This header must be there and is not (RFC 3261 section 8.1.1).
    #[error("{0} is missing")]
    Missing(&'static str),
    /// This header may be there only once and is there more often.
    #[error("{0} is repeated")]
    Repeated(&'static str),
    /// This part cannot be understood.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// CSeq names another method than the start line (RFC 3261 section 8.1.1.5).
    #[error("the method of CSeq is not the method of the request")]
    MethodMismatch,
}

/// Why a message was not written. Nothing was written then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A value holds CR, LF or NUL: writing it would let its author add headers of their own.
    #[error("a value holds a line break or NUL")]
    Injection,
    /// The message would exceed [`crate::wire::MESSAGE_BYTES_MAX`].
    #[error("the message would be too large")]
    TooLarge,
}
