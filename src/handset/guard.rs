//! Keeps other people's pages away from the keys: the host name, the origin and the headers of every answer.
//!
//! A page in the same browser could otherwise send keys to a phone on loopback (cross-site request forgery), or point
//! a name of its own at this machine and read the screens (DNS rebinding).

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Only our own files and our own server; no inline script or style, no frame around the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers 403 to what does not come from our own page or from a tool on this machine, and hardens every answer.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let mut response = match verdict(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn verdict(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !is_literal_host(host) {
        return Err("Open this page by address or as localhost.\n");
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let same_site = text(header::HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| site == "same-origin");
    let same_origin = headers.get(header::ORIGIN).is_none_or(|origin| {
        origin.to_str().ok().and_then(|o| o.strip_prefix("http://")) == Some(host)
    });
    if same_site && same_origin {
        Ok(())
    } else {
        Err("Keys are taken from this page only.\n")
    }
}

/// `localhost` or an address: names that nobody else's DNS can point here.
fn is_literal_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let address = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok()
        || address.is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        verdict(&Method::POST, &headers).is_ok()
    }

    #[test]
    fn our_own_page_and_tools_without_a_browser_may_press_keys() {
        assert!(post(&[
            ("host", "127.0.0.1:8481"),
            ("origin", "http://127.0.0.1:8481"),
            ("sec-fetch-site", "same-origin"),
        ]));
        assert!(post(&[("host", "localhost:8481")]));
        assert!(post(&[("host", "[::1]:8481")]));
    }

    #[test]
    fn another_page_may_not() {
        let host = ("host", "127.0.0.1:8481");
        assert!(!post(&[host, ("origin", "http://evil.example")]));
        assert!(!post(&[host, ("origin", "http://127.0.0.1:8480")]));
        assert!(!post(&[host, ("origin", "null")]));
        assert!(!post(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!post(&[host, ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn a_foreign_name_that_points_here_reads_nothing() {
        let headers = |host| HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        assert!(verdict(&Method::GET, &headers("rebound.example:8481")).is_err());
        assert!(verdict(&Method::GET, &headers("127.0.0.1.rebound.example")).is_err());
        assert!(verdict(&Method::GET, &HeaderMap::new()).is_err());
        assert!(verdict(&Method::GET, &headers("127.0.0.1:8481")).is_ok());
    }
}
