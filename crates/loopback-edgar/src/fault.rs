//! What goes wrong, on order.

use std::time::Duration;

/// One way in which an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 403 with the page that the SEC sends to those who ask too often.
    Blocked,
    /// 403 with the page that the SEC sends to those who do not say who they are.
    Undeclared,
    /// 200 with that same page: it has been seen so.
    UndeclaredWith200,
    /// 403 with the storage's own "access denied": how EDGAR says that a file is not there.
    Missing403,
    /// This status with an empty body.
    Status(u16),
    /// 429, with this `Retry-After` if any.
    TooMany(Option<String>),
    /// This status with this `Retry-After`.
    RetryAfter(u16, String),
    /// The true head, then only so many bytes of the body, then the connection is cut.
    Cut(usize),
    /// The connection is cut before anything was answered.
    Silence,
    /// 200 with a page of HTML.
    Html,
    /// 200 with a gzip body that lacks its second half, and a length that says nothing is missing.
    TruncatedGzip,
    /// 200 with a gzip body that decompresses to so many bytes of the letter `a`.
    Bomb(u64),
    /// 200 with a body that does not end; the connection is closed after so many bytes.
    Endless(u64),
    /// 302 to this address.
    Redirect(String),
    /// The true answer, so much later.
    Slow(Duration),
    /// This status, content type and body.
    Answer(u16, &'static str, Vec<u8>),
}

/// The page that the SEC sends to those who ask too often; its words, the markup shortened.
pub fn block_page() -> Vec<u8> {
    page(
        "SEC.gov | Request Rate Threshold Exceeded",
        "Request Rate Threshold Exceeded",
        "To allow for equitable access to all users, SEC reserves the right to limit requests originating from \
         undeclared automated tools. Your request rate has exceeded the SEC's maximum allowable requests per second. \
         Your access to SEC.gov will be limited for 10 minutes.",
    )
}

/// The page that the SEC sends to those who do not say who they are; its words, the markup shortened. Its title is
/// that of the other page: only the heading tells them apart.
pub fn undeclared_page() -> Vec<u8> {
    page(
        "SEC.gov | Request Rate Threshold Exceeded",
        "Your Request Originates from an Undeclared Automated Tool",
        "To allow for equitable access to all users, SEC reserves the right to limit requests originating from \
         undeclared automated tools. Please declare your traffic by updating your user agent to include company \
         specific information.",
    )
}

/// What the storage behind EDGAR says of a file that is not there.
pub fn missing_page(code: &str, message: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <RequestId>LOOPBACK0000</RequestId></Error>"
    )
    .into_bytes()
}

fn page(title: &str, heading: &str, text: &str) -> Vec<u8> {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"UTF-8\"><title>{title}</title></head>\n\
         <body><h1>{heading}</h1><p>{text}</p><p>Reference ID: 0.0000000.0000000000.000000</p></body></html>\n"
    )
    .into_bytes()
}
