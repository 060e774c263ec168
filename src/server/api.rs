//! What phones call: requests and answers of the provisioning protocol. Translates between HTTP and the rules; decides
//! nothing.

pub(crate) mod associations;
pub(crate) mod device;
pub(crate) mod enrol;
pub(crate) mod events;
pub(crate) mod json;
pub(crate) mod profile;
pub(crate) mod reports;

use axum::http::StatusCode;

use crate::api::device::Device;
use crate::error::{Failure, malformed};

/// Opens a connection early, while the person is still typing.
pub(crate) async fn ping(_device: Device) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// No such route.
pub(crate) async fn not_found() -> Failure {
    malformed("There is no such request.").into()
}
