//! Portal, being built.
