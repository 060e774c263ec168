//! The portal's routes, read from the source of its router: a route that is added is tested without being named here.

/// Who is behind a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Door {
    /// Open to anybody.
    Open,
    /// For a user, on their own page.
    User,
    /// For all administrators; the mightier pass this one too.
    HelpDesk,
    Administrator,
    Operator,
}

/// A route of the portal.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    /// With its parameters filled.
    pub(crate) path: String,
    pub(crate) gets: bool,
    pub(crate) posts: bool,
    pub(crate) door: Door,
}

impl Route {
    /// Whether it answers with a page for people, and not with a file.
    pub(crate) fn is_page(&self) -> bool {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        let is_file = last.split('?').next().unwrap_or_default().contains('.');
        self.gets && !is_file && self.path != "/live"
    }
}

/// Every route of the portal.
pub(crate) fn all() -> Vec<Route> {
    let source = include_str!("../../src/server/router.rs");
    let mut routes = Vec::new();
    for function in source
        .split("\nfn ")
        .flat_map(|part| part.split("\npub fn "))
    {
        let name = function.split('(').next().unwrap_or_default();
        let body = function.split("\n}\n").next().unwrap_or_default();
        for call in body.split(".route(").skip(1) {
            let path = call.split('"').nth(1).expect("a route has a path");
            let Some(door) = door(name, path) else {
                continue;
            };
            routes.push(Route {
                path: filled(path),
                gets: call.contains("get("),
                posts: call.contains("post("),
                door,
            });
        }
    }
    assert!(routes.len() > 40, "the router is read: {routes:?}");
    routes
}

fn door(function: &str, path: &str) -> Option<Door> {
    Some(match function {
        "portal_for_help_desks" => Door::HelpDesk,
        "portal_for_administrators" => Door::Administrator,
        "portal_for_operators" => Door::Operator,
        "portal_for_users" => Door::User,
        // What takes longer than others stands beside them.
        "portal_router" if path == "/import" => Door::Administrator,
        "portal_router" if path == "/live" => Door::HelpDesk,
        "portal_router" => Door::Open,
        _ => return None,
    })
}

fn filled(path: &str) -> String {
    let file = if path.starts_with("/audit") {
        "export.csv"
    } else {
        "phones.csv"
    };
    let path = path.replace("{id}", "1").replace("{file}", file);
    // A profile is that of a model.
    let is_profile = path.starts_with("/profiles/group") || path.starts_with("/profiles/user");
    if is_profile {
        format!("{path}?model=HD-480")
    } else {
        path
    }
}
