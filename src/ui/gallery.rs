//! Every screen that there is, once: the moments that golden pictures, the contact sheet and tests are made from.
//!
//! Shared by the tests and by `examples/screens.rs`. All names and numbers in it are invented.
