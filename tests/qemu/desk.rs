//! A desk with a virtual phone on it.

use rig::World;
use rig::qemu::{Board, Disk, Firmware, Machine, Start};

/// What the factory writes into the data partition of the phone at the first desk.
pub(crate) fn agent_toml(world: &World) -> String {
    format!(
        "[server]\nurl = \"https://{}:{}\"\nca_file = \"ca.pem\"\n[device]\ninterface = \"eth0\"\nmodel = \"HD-480\"\n\
         state_dir = \"/data/hotdesk\"\n[control]\nsocket = \"/run/hotdesk/control.sock\"\n",
        rig::HOST_OF_MACHINES,
        world.site.https.address().port()
    )
}

/// A data partition that leads to this world.
pub(crate) fn disk(world: &World) -> Disk {
    Disk::provisioned(&agent_toml(world), &world.site.provd.ca_file())
}

/// The phone at the first desk, switched on.
pub(crate) async fn phone(world: &World, start: Start) -> Machine {
    Machine::start(&Firmware::find(), Board::Phone, start, disk(world)).await
}
