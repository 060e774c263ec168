//! The firmware image on virtual ARM boards, against the real provisioning server and a real Kamailio.

mod boot;
mod desk;
mod pins;
mod power;
mod sign_in;
