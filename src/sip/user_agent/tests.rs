//! The user agent against scripted servers, in simulated time.

mod calls;
mod challenges;
mod displacement;
mod leaving;
mod notify;
mod outside;
mod registering;
mod requests;
mod rig;
mod torture;
mod troubles;
