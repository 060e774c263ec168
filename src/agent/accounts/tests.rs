//! Names that are not found, servers that move, desks that are refused.

use std::time::Duration;

use hotdesk_sip::{FailedWhy, RejectedWhy, UnregisteredHow};

use super::*;

fn accounts() -> Accounts {
    Accounts::new(DeviceKey::new([7; 32]))
}

fn account(user: &str) -> Account {
    let json = format!(
        r#"{{"aor":"sip:{user}@example.com","auth_user":"{user}","secret":"s","registrar":{{"host":"pbx.example.com"}}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

fn guest(association: &str) -> AccountSlot {
    AccountSlot::Guest(AssociationId::parse(association).unwrap())
}

fn pbx() -> ServerAddress {
    account("x").registrar
}

fn route(last: u8) -> Option<Route> {
    Some(Route {
        server: ([192, 0, 2, last], 5060).into(),
        local: ([192, 0, 2, 200], 5060).into(),
    })
}

fn acts(accounts: &mut Accounts) -> Vec<Act> {
    std::iter::from_fn(|| accounts.poll()).collect()
}

/// The one command that is waiting.
fn command(accounts: &mut Accounts) -> Command {
    let mut commands: Vec<_> = acts(accounts)
        .into_iter()
        .filter_map(|act| match act {
            Act::Sip(command) => Some(*command),
            Act::Resolve(_) | Act::News(..) => None,
        })
        .collect();
    assert_eq!(commands.len(), 1, "{commands:?}");
    commands.remove(0)
}

fn id_of(command: &Command) -> AccountId {
    match command {
        Command::Register { id, .. }
        | Command::Unregister { id }
        | Command::CleanUp { id, .. }
        | Command::Abandon { id }
        | Command::Rebind { id, .. } => *id,
        Command::RefreshAll => panic!("not for one account"),
    }
}

/// The desk's account, registered.
fn with_host(now: Instant) -> (Accounts, AccountId) {
    let mut accounts = accounts();
    accounts.register(AccountSlot::Host, account("3001"));
    accounts.resolved(now, &pbx(), route(1));
    let id = id_of(&command(&mut accounts));
    (accounts, id)
}

fn some_moment() -> Instant {
    crate::Clock::system().now()
}

#[test]
fn an_account_is_registered_once_its_server_is_found() {
    let mut accounts = accounts();
    accounts.register(AccountSlot::Host, account("3001"));
    assert_eq!(acts(&mut accounts), [Act::Resolve(pbx())]);
    accounts.resolved(some_moment(), &pbx(), route(1));
    let Command::Register { registrant, .. } = command(&mut accounts) else {
        panic!("a registration is wanted")
    };
    assert_eq!(registrant.server, route(1).unwrap().server);
    assert_eq!(registrant.local, route(1).unwrap().local);
    let token = DeviceKey::new([7; 32]).contact_token("host");
    assert_eq!(registrant.contact_token, token);
}

#[test]
fn a_known_server_costs_no_look_up() {
    let (mut accounts, _) = with_host(some_moment());
    accounts.register(guest("a1"), account("2000"));
    assert!(matches!(command(&mut accounts), Command::Register { .. }));
}

#[test]
fn a_name_that_is_not_found_is_looked_up_again_ever_more_rarely() {
    let mut now = some_moment();
    let mut accounts = accounts();
    accounts.register(AccountSlot::Host, account("3001"));
    for seconds in [2, 4, 8, 16, 32, 60, 60] {
        acts(&mut accounts);
        accounts.resolved(now, &pbx(), None);
        let news = Act::News(AccountSlot::Host, AccountNews::Failing);
        assert_eq!(acts(&mut accounts), [news]);
        now += Duration::from_secs(seconds);
        assert_eq!(accounts.poll_timeout(), Some(now));
        accounts.handle_timeout(now);
        assert_eq!(accounts.poll(), Some(Act::Resolve(pbx())));
        assert_eq!(accounts.poll_timeout(), None);
    }
}

#[test]
fn a_look_up_that_fails_leaves_a_good_server_as_it_is() {
    let (mut accounts, _) = with_host(some_moment());
    accounts.look_again();
    accounts.resolved(some_moment(), &pbx(), None);
    assert_eq!(acts(&mut accounts), [Act::Resolve(pbx())]);
}

#[test]
fn a_server_that_moved_is_followed() {
    let (mut accounts, host) = with_host(some_moment());
    accounts.look_again();
    accounts.resolved(some_moment(), &pbx(), route(1));
    assert_eq!(acts(&mut accounts), [Act::Resolve(pbx())], "nothing moved");
    accounts.heard(
        some_moment(),
        &UserAgentEvent::Failed {
            id: host,
            why: FailedWhy::Timeout,
            retry_in: Duration::from_secs(30),
        },
    );
    accounts.resolved(some_moment(), &pbx(), route(9));
    let Command::Rebind { id, server, .. } = command(&mut accounts) else {
        panic!("the account must move")
    };
    assert_eq!((id, server), (host, route(9).unwrap().server));
}

#[test]
fn what_was_never_registered_in_this_life_is_cleaned_up() {
    let (mut accounts, _) = with_host(some_moment());
    accounts.register(guest("a1"), account("2000"));
    accounts.abandon(&AccountSlot::Host);
    acts(&mut accounts);
    accounts.unregister(AccountSlot::Host, Some(&account("3001")));
    assert!(matches!(command(&mut accounts), Command::CleanUp { .. }));
    accounts.unregister(guest("unknown"), None);
    let news = Act::News(guest("unknown"), AccountNews::Unregistered);
    assert_eq!(acts(&mut accounts), [news]);
}

#[test]
fn an_account_that_is_dropped_while_its_server_is_looked_for_is_cleaned_up_when_it_is_found() {
    let mut accounts = accounts();
    accounts.register(guest("a1"), account("2000"));
    accounts.unregister(guest("a1"), None);
    accounts.resolved(some_moment(), &pbx(), route(1));
    assert!(matches!(command(&mut accounts), Command::CleanUp { .. }));
}

#[test]
fn a_clean_up_whose_server_is_never_found_ends() {
    let mut now = some_moment();
    let mut accounts = accounts();
    let association = AssociationId::parse("a1").unwrap();
    accounts.clean_up(association, account("2000"));
    let mut said = Vec::new();
    for _ in 0..20 {
        accounts.resolved(now, &pbx(), None);
        now += Duration::from_secs(60);
        accounts.handle_timeout(now);
        said.extend(acts(&mut accounts));
    }
    let last = Act::News(guest("a1"), AccountNews::Unregistered);
    assert_eq!(said.last(), Some(&last));
    assert_eq!(accounts.poll_timeout(), None);
}

#[test]
fn a_removal_never_undoes_the_registration_after_it() {
    let (mut accounts, host) = with_host(some_moment());
    accounts.unregister(AccountSlot::Host, None);
    assert_eq!(command(&mut accounts), Command::Unregister { id: host });
    accounts.register(AccountSlot::Host, account("3001"));
    let again = id_of(&command(&mut accounts));
    assert_eq!(again, host, "the user agent must abandon the removal");
    accounts.unregister(AccountSlot::Host, None);
    acts(&mut accounts);
    accounts.register(AccountSlot::Host, account("3999"));
    let other = id_of(&command(&mut accounts));
    assert_ne!(
        other, host,
        "the old number's binding must still be removed"
    );
    let removed = UserAgentEvent::Unregistered {
        id: host,
        how: UnregisteredHow::Removed,
    };
    accounts.heard(some_moment(), &removed);
    assert_eq!(acts(&mut accounts), []);
}

#[test]
fn a_desk_that_was_refused_is_tried_again() {
    let mut now = some_moment();
    let (mut accounts, host) = with_host(now);
    let refused = UserAgentEvent::Rejected {
        id: host,
        status: 403,
        why: RejectedWhy::Forbidden,
    };
    for seconds in [60, 120, 240, 480, 960, 1800, 1800] {
        accounts.heard(now, &refused);
        let news = AccountNews::Rejected { status: 403 };
        assert_eq!(acts(&mut accounts), [Act::News(AccountSlot::Host, news)]);
        now += Duration::from_secs(seconds);
        assert_eq!(accounts.poll_timeout(), Some(now));
        accounts.handle_timeout(now);
        assert!(matches!(command(&mut accounts), Command::Register { .. }));
    }
    let registered = UserAgentEvent::Registered {
        id: host,
        granted: Duration::from_secs(300),
        round_trips: 1,
        took: Duration::ZERO,
    };
    accounts.heard(now, &registered);
    accounts.heard(now, &refused);
    assert_eq!(accounts.poll_timeout(), Some(now + Duration::from_secs(60)));
}

#[test]
fn a_guest_who_lost_the_binding_is_displaced_and_a_desk_is_refused() {
    let now = some_moment();
    let (mut accounts, host) = with_host(now);
    accounts.register(guest("a1"), account("2000"));
    let jane = id_of(&command(&mut accounts));
    for (id, news) in [
        (jane, AccountNews::Displaced),
        (host, AccountNews::Rejected { status: 404 }),
    ] {
        accounts.heard(now, &UserAgentEvent::Lost { id, status: 404 });
        let slot = accounts.slot_of(id).unwrap();
        assert_eq!(acts(&mut accounts), [Act::News(slot, news)]);
    }
}

#[test]
fn clean_ups_leave_room_for_people() {
    let (mut accounts, _) = with_host(some_moment());
    for number in 0..20 {
        let association = AssociationId::parse(&format!("a{number}")).unwrap();
        accounts.clean_up(association, account("2000"));
    }
    let all = acts(&mut accounts);
    let begun = all.iter().filter(|act| matches!(act, Act::Sip(_))).count();
    assert_eq!((begun, all.len()), (4, 20));
}

#[test]
fn an_account_that_the_user_agent_did_not_take_is_forgotten() {
    let (mut accounts, _) = with_host(some_moment());
    accounts.register(guest("a1"), account("2000"));
    let jane = id_of(&command(&mut accounts));
    let unusable = UserAgentEvent::Rejected {
        id: jane,
        status: 0,
        why: RejectedWhy::Unusable,
    };
    accounts.heard(some_moment(), &unusable);
    acts(&mut accounts);
    accounts.unregister(guest("a1"), None);
    let news = Act::News(guest("a1"), AccountNews::Unregistered);
    assert_eq!(acts(&mut accounts), [news]);
}
