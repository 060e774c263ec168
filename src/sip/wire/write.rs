//! Messages to bytes. Refuses what could smuggle a header in, and writes Content-Length itself.

use super::MESSAGE_BYTES_MAX;
use crate::error::WriteError;
use crate::message::{Body, Headers, Request, Response};

/// # Errors
/// When a value holds CR, LF or NUL, or the whole would exceed [`MESSAGE_BYTES_MAX`].
pub fn write_request(request: &Request) -> Result<Vec<u8>, WriteError> {
    let start = format!("{} {} SIP/2.0", request.method, request.uri);
    write(&start, &request.headers, &request.body)
}

/// # Errors
/// As [`write_request`].
pub fn write_response(response: &Response) -> Result<Vec<u8>, WriteError> {
    let start = format!("SIP/2.0 {:03} {}", response.status, response.reason);
    write(&start, &response.headers, &response.body)
}

fn write(start: &str, headers: &Headers, body: &Body) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::with_capacity(1024);
    put_line(&mut bytes, &[start.as_bytes()])?;
    for (name, value) in headers.iter() {
        put_line(&mut bytes, &[name.as_str().as_bytes(), b": ", value])?;
    }
    let length = body.0.len().to_string();
    put_line(&mut bytes, &[b"Content-Length: ", length.as_bytes()])?;
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body.0);
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(WriteError::TooLarge);
    }
    Ok(bytes)
}

fn put_line(bytes: &mut Vec<u8>, parts: &[&[u8]]) -> Result<(), WriteError> {
    for part in parts {
        if part.iter().any(|b| matches!(b, b'\r' | b'\n' | 0)) {
            return Err(WriteError::Injection);
        }
        bytes.extend_from_slice(part);
    }
    bytes.extend_from_slice(b"\r\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::HeaderName;

    #[test]
    fn a_line_break_in_a_value_is_refused_wherever_it_stands() {
        let mut response = Response::new(200);
        response.headers.push(HeaderName::Subject, "a\r\nX-Evil: 1");
        assert_eq!(write_response(&response), Err(WriteError::Injection));
        let mut response = Response::new(200);
        response.reason = "OK\nX: y".into();
        assert_eq!(write_response(&response), Err(WriteError::Injection));
        let mut response = Response::new(200);
        response.headers.push(HeaderName::Other("X\rY".into()), "v");
        assert_eq!(write_response(&response), Err(WriteError::Injection));
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        let mut response = Response::new(200);
        response.body = Body(b"\0binary\r\n".to_vec());
        let bytes = write_response(&response).unwrap();
        assert!(bytes.ends_with(b"Content-Length: 9\r\n\r\n\0binary\r\n"));
        response.body = Body(vec![b'x'; MESSAGE_BYTES_MAX]);
        assert_eq!(write_response(&response), Err(WriteError::TooLarge));
    }
}
