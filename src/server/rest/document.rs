//! The document of the API (OpenAPI 3.1): what the annotations of the handlers do not say because it holds for all of them.

use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Api, PathItem, Ref, RefOr};

use super::caller::TENANT;
use super::problem::Problem;

/// The head of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "hotdesk",
        description = "Everything that the portal does. Times are seconds since 1970. Lists come in pages. A change may say with If-Match \
                       which version it is for. A POST that carries an Idempotency-Key is carried out once however often it is sent, \
                       for a day. A token for all tenants names one in the header Hotdesk-Tenant."
    ),
    servers((url = "/api/v1")),
    components(schemas(Problem))
)]
pub(crate) struct Document;

/// What any request may be answered with.
const COMMON: [(&str, &str); 7] = [
    ("400", "The request is malformed, or names no tenant."),
    ("401", "There is no token, or it does not hold."),
    ("403", "The token may not do this."),
    ("404", "There is no such thing, or it is another tenant's."),
    ("422", "A value is not what it should be."),
    ("500", "The server failed."),
    ("503", "The server is busy: try again."),
];

/// Adds what holds for all operations.
pub(crate) fn complete(api: &mut Api) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "A token with the scope that the operation names: read, log_out, manage or operate.",
        ))
        .build();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for item in api.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            finish(operation, &method);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Delete, &mut item.delete),
        (HttpMethod::Patch, &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn finish(operation: &mut Operation, method: &HttpMethod) {
    for (status, why) in COMMON {
        refused(operation, status, why);
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(header(
        TENANT,
        "The tenant's number, for a token that is for all of them.",
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(i32::MAX)),
    ));
    match method {
        HttpMethod::Get | HttpMethod::Options | HttpMethod::Head | HttpMethod::Trace => {}
        HttpMethod::Post => {
            parameters.push(header(
                "idempotency-key",
                "1 to 100 printable characters, no blank.",
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some("^[!-~]{1,100}$")),
            ));
            refused(
                operation,
                "409",
                "It clashes with what is there, or the first request with this key is under way, or was carried out and its answer lost.",
            );
        }
        HttpMethod::Put | HttpMethod::Delete | HttpMethod::Patch => {
            parameters.push(header(
                "if-match",
                "The ETag of what is to be changed.",
                ObjectBuilder::new().schema_type(Type::String),
            ));
            refused(operation, "409", "It clashes with what is there.");
            refused(operation, "412", "Somebody changed it meanwhile.");
        }
    }
    if operation.request_body.is_some() {
        refused(
            operation,
            "413",
            "The body is too long: JSON has 64 KiB, a table 4 MiB.",
        );
        refused(
            operation,
            "415",
            "The body is neither application/json nor, where a table is wanted, text/csv.",
        );
    }
}

fn refused(operation: &mut Operation, status: &str, why: &str) {
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let mut response: Response = ResponseBuilder::new()
        .description(why)
        .content("application/json", problem)
        .build();
    if status == "503" {
        let seconds = HeaderBuilder::new()
            .schema(ObjectBuilder::new().schema_type(Type::Integer))
            .description(Some("Seconds to wait."))
            .build();
        response.headers.insert("Retry-After".to_owned(), seconds);
    }
    let responses = &mut operation.responses.responses;
    responses
        .entry(status.to_owned())
        .or_insert(RefOr::T(response));
}

fn header(name: &str, what: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .description(Some(what))
        .schema(Some(schema))
        .build()
}
