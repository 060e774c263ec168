//! A phone whose configuration names no server, on a network that is like an office's: a real DHCP server, real multicast.

use std::net::{Ipv4Addr, SocketAddrV4};

use rig::qemu::{Board, DhcpServer, Disk, Firmware, Machine, Start, in_own_network, time_of_day};
use rig::{HOST_OF_MACHINES, PnpManner, PnpServer, TimeServer, World, eventually};

use crate::desk::{self, SIP_PORT};

/// Where telephone systems listen for phones.
const PNP_GROUP: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 1, 75), 5060);
/// Where time servers are asked.
const NTP_PORT: u16 = 123;

/// A data partition with everything but a server.
fn disk(world: &World) -> Disk {
    let toml = rig::qemu::agent_toml(0, "kind = \"framebuffer\"\n");
    let toml: Vec<_> = toml
        .lines()
        .filter(|line| !line.starts_with("url = "))
        .collect();
    Disk::provisioned(&toml.join("\n"), &world.site.provd.ca_file())
}

fn url(world: &World) -> String {
    format!("https://{}", world.site.https.address())
}

async fn switched_on(world: &World) -> Machine {
    Machine::start(&Firmware::find(), Board::Phone, Start::OnCable, disk(world)).await
}

#[test]
fn a_phone_finds_its_server_in_a_dhcp_option_and_enrols() {
    let test = "lan::a_phone_finds_its_server_in_a_dhcp_option_and_enrols";
    in_own_network(test, async || {
        let world = World::start_on_cable().await;
        let dhcp = DhcpServer::start(&[
            "66,tftp.example.net".to_owned(),
            format!("160,{}", url(&world)),
        ]);
        let mut phone = switched_on(&world).await;
        phone.expect_text("Sign in to use this phone").await;
        world.expect_bindings(&[("3001", SIP_PORT)]).await;
        let kept = phone.run("cat /data/hotdesk/server").await;
        assert_eq!(kept.trim(), url(&world), "{}", dhcp.log());
    });
}

#[test]
fn a_phone_reads_vendor_information_in_sub_options() {
    let test = "lan::a_phone_reads_vendor_information_in_sub_options";
    in_own_network(test, async || {
        let world = World::start_on_cable().await;
        let url = url(&world);
        let value: Vec<_> = url.bytes().map(|byte| format!("{byte:02x}")).collect();
        let vendor = format!("43,02:{:02x}:{}", url.len(), value.join(":"));
        let _dhcp = DhcpServer::start(&[vendor]);
        let mut phone = switched_on(&world).await;
        phone.expect_text("Sign in to use this phone").await;
    });
}

#[test]
fn without_an_option_a_phone_asks_everybody_on_the_link() {
    let test = "lan::without_an_option_a_phone_asks_everybody_on_the_link";
    in_own_network(test, async || {
        let world = World::start_on_cable().await;
        let _dhcp = DhcpServer::start(&[]);
        let mut phone = switched_on(&world).await;
        phone.expect_text("No server found").await;
        // The telephone system is switched on later than the phone.
        let manner = PnpManner::OutOfDialog;
        let pbx = PnpServer::start_in(PNP_GROUP, HOST_OF_MACHINES, &url(&world), manner).await;
        phone.expect_text("Sign in to use this phone").await;
        world.expect_bindings(&[("3001", SIP_PORT)]).await;
        assert_eq!(
            pbx.answered().first().map(String::as_str),
            Some("SIP/2.0 200 OK")
        );
    });
}

#[test]
fn a_phone_that_wakes_in_1970_asks_the_time_server_of_its_lease() {
    let test = "lan::a_phone_that_wakes_in_1970_asks_the_time_server_of_its_lease";
    in_own_network(test, async || {
        let world = World::start_on_cable().await;
        let dhcp = DhcpServer::start(&[
            format!("option:ntp-server,{HOST_OF_MACHINES}"),
            format!("160,{}", url(&world)),
        ]);
        let image = Firmware::find();
        let mut phone = Machine::asleep_on_cable(&image, Board::Phone, disk(&world)).await;
        phone.wake(desk::IN_1970).await;
        phone.expect_troubles(&["clock cannot be right"]).await;
        phone.expect_text("Wrong time").await;

        let _time = TimeServer::start((HOST_OF_MACHINES.into(), NTP_PORT)).await;
        let after = phone.expect_troubles(&[]).await;
        desk::expect_vacant(&world, &mut phone).await;
        let apart = phone.run("date +%s").await.trim().parse::<u64>();
        let apart = apart.unwrap().abs_diff(time_of_day());
        assert!(apart <= 5, "{apart} s apart; {}", dhcp.log());
        eventually("the screen's clock is right", async || {
            let minutes = time_of_day() / 60 % (24 * 60);
            let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            let screen = phone
                .run("hotdeskd --socket /run/hotdesk/control.sock screen")
                .await;
            if screen.contains(&clock) {
                Ok(())
            } else {
                Err(format!("{clock}: {screen}"))
            }
        })
        .await;
        assert_eq!(phone.status().await.unwrap().pid, after.pid);
    });
}
