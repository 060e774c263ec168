//! What a switch does not touch: the process, the SIP socket, and transactions of other accounts.

use std::fs;

use rig::{Impostor, JANE, JANE_PIN, JANE_SHORT, Message, PhoneProcess, Way, World, eventually};

/// The UDP sockets of a process: the inode names a socket for as long as it is open.
fn udp_sockets(pid: u32, port: u16) -> Vec<String> {
    let table = fs::read_to_string(format!("/proc/{pid}/net/udp")).unwrap();
    let suffix = format!(":{port:04X}");
    let rows = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|columns| columns[1].ends_with(&suffix))
        .map(|columns| columns[9].to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn process_and_udp_socket_stay_the_same_through_log_in_and_log_out() {
    let world = World::start().await;
    let mut phone = PhoneProcess::start(&world.site.phone_config(0)).await;
    phone.expect(|s| s.registered && s.server).await;
    let before = phone.status();
    let sockets = udp_sockets(before.pid, before.sip_port);
    assert_eq!(sockets.len(), 1, "one SIP socket");

    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}#")).await;
    phone.expect(|s| s.user.is_some() && s.registered).await;
    world.expect_bindings(&[(JANE, before.sip_port)]).await;
    assert_eq!(
        (phone.status().pid, phone.status().sip_port),
        (before.pid, before.sip_port)
    );
    assert_eq!(udp_sockets(before.pid, before.sip_port), sockets);

    phone.press("*46C").await;
    phone.expect(|s| s.user.is_none() && s.registered).await;
    world.expect_bindings(&[("3001", before.sip_port)]).await;
    assert_eq!(
        (phone.status().pid, phone.status().sip_port),
        (before.pid, before.sip_port)
    );
    assert_eq!(udp_sockets(before.pid, before.sip_port), sockets);
}

/// The final answers of the phone to one call, whatever their status.
fn answers(seen: &[Message], call_id: &str) -> Vec<Message> {
    let ours = |m: &&Message| {
        m.way == Way::Up && m.start.starts_with("SIP/2.0") && m.text.contains(call_id)
    };
    seen.iter()
        .filter(ours)
        .filter(|m| !m.start.contains(" 100 "))
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_transaction_of_the_host_goes_on_through_a_switch() {
    let world = World::start().await;
    let phone = world.site.phone(0).await;
    let (port, registrar) = (phone.status().sip_port, world.site.sip.address());
    let contact = world.kamailio.location_table().await.pop().unwrap().contact;
    let invite = |method: &str, tag: &str| {
        format!(
            "{method} {contact} SIP/2.0\r\nVia: SIP/2.0/UDP {registrar};branch=z9hG4bK-open;rport\r\nMax-Forwards: 70\r\n\
             From: <sip:9@sip.test>;tag=caller\r\nTo: <sip:3001@sip.test>{tag}\r\nCall-ID: open-transaction\r\n\
             CSeq: 1 {method}\r\nContact: <sip:9@{registrar}>\r\nContent-Length: 0\r\n\r\n"
        )
    };
    world
        .site
        .sip
        .inject(
            invite("INVITE", "").as_bytes(),
            ([127, 0, 0, 1], port).into(),
        )
        .await;
    let mut seen = Vec::new();
    eventually("the phone answers the call", async || {
        seen.extend(world.site.sip.take_seen());
        if answers(&seen, "open-transaction").is_empty() {
            Err("no answer")
        } else {
            Ok(())
        }
    })
    .await;

    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    world.expect_bindings(&[(JANE, port)]).await;

    // Nobody acknowledged the answer, so it is repeated (RFC 3261 section 17.2.1, timer G): the same one, from the same
    // transaction, after the account it came for has gone.
    let _during = world.site.sip.take_seen();
    let mut later = Vec::new();
    eventually("the answer is repeated after the switch", async || {
        later.extend(answers(&world.site.sip.take_seen(), "open-transaction"));
        if later.is_empty() {
            Err("no repetition")
        } else {
            Ok(())
        }
    })
    .await;
    let first = answers(&seen, "open-transaction").remove(0);
    assert_eq!(later[0].text, first.text);

    let (_, tag) = first
        .text
        .split_once(";tag=")
        .map(|(_, rest)| rest.split_once("\r\n").unwrap())
        .map(|(t, _)| ((), t.to_owned()))
        .unwrap();
    world
        .site
        .sip
        .inject(
            invite("ACK", &format!(";tag={tag}")).as_bytes(),
            ([127, 0, 0, 1], port).into(),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_with_a_warm_connection_and_a_known_nonce_takes_one_request_and_one_register() {
    let mut world = World::start().await;
    let tap = Impostor::that_listens(&world.site.provd);
    world.site.https.redirect(tap.address()).await;
    let phone = world.site.phone(0).await;
    phone.press(&format!("{JANE_SHORT}#{JANE_PIN}")).await;
    eventually("the connection is warm", async || {
        let requests = tap.take_heard().requests;
        if requests.iter().any(|r| r == "GET /v1/ping") {
            Ok(())
        } else {
            Err(requests.join("\n"))
        }
    })
    .await;
    let _before = world.site.sip.take_seen();

    phone.press("#").await;
    phone.expect_user(JANE).await;
    let mut heard = tap.take_heard().requests;
    // A phone that has just come up may still be asking for its own profile: no part of the switch.
    heard.retain(|request| request != "GET /v1/profile");
    assert_eq!(
        heard.first().map(String::as_str),
        Some("POST /v1/associations"),
        "{heard:?}"
    );
    assert_eq!(
        heard
            .iter()
            .filter(|r| *r == "POST /v1/associations")
            .count(),
        1
    );
    let seen = world.site.sip.take_seen();
    let registers = seen
        .iter()
        .filter(|m| m.way == Way::Up && m.registers(JANE))
        .count();
    assert_eq!(
        registers,
        1,
        "{:?}",
        seen.iter().map(|m| &m.start).collect::<Vec<_>>()
    );
}
