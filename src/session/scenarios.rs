//! Whole stories in simulated time: a phone, a person who presses its keys, a server and a registrar, all in memory.
//! After every single event the rules of `reference` are checked as well, whatever the story is about.

mod reference;
mod sim_phone;
mod sim_server;
mod soft_key_order;

mod blank_places;
mod calling;
mod emergency;
mod emergency_hold;
mod emergency_report;
mod evicted;
mod guest_in;
mod guest_out;
mod language;
mod limit;
mod lockout;
mod menu;
mod model;
mod offline;
mod policies;
mod power_cut;
mod registrar_down;
mod rules;
mod server_down;
mod start;
mod take_over;
mod turn;
mod typing;
mod world;

pub(crate) use sim_phone::some_moment;
