//! The firmware image on virtual ARM boards, against the real provisioning server and a real Kamailio.

mod boot;
mod console;
mod crash;
mod desk;
mod express;
mod flash;
mod framebuffers;
mod guard;
mod hardware;
mod lan;
mod pins;
mod power;
mod sign_in;
mod start;
mod wired;
