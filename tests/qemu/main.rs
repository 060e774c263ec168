//! The firmware image on virtual ARM boards, against the real provisioning server and a real Kamailio.

mod boot;
mod console;
mod crash;
mod desk;
mod express;
mod flash;
mod framebuffers;
#[path = "../../src/ui/gallery/mod.rs"]
#[expect(dead_code, unused_imports, reason = "only one sample is looked at")]
mod gallery;
mod guard;
mod hardware;
mod lan;
mod pins;
mod power;
mod sign_in;
mod start;
mod wired;
