//! The firmware image on virtual ARM boards, against the real provisioning server and a real Kamailio.

mod boot;
mod console;
mod desk;
mod express;
mod framebuffers;
mod pins;
mod power;
mod sign_in;
mod wired;
