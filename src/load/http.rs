//! Fetches single files with `http` and `https`.
//!
//! The proxy comes from the environment, the trusted certificates from the system. Up to ten redirects are followed,
//! none from `https` to `http`. Behavior: kustomize's `httpClientGetContent`, with time limits.

use std::io::ErrorKind;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use base64::Engine;
use ureq::http::header::{AUTHORIZATION, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use ureq::http::{HeaderMap, HeaderName, Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Error, ResponseExt};

use super::access::Access;
use super::attempt::Failure;
use super::proxy::proxy;
use super::query::{Query, decoded};

const MAX_REDIRECTS: u32 = 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const CERTIFICATES: &str = "the system's trusted certificates are used; set `SSL_CERT_FILE` to use others";
const BODY_TIMEOUT: Duration = Duration::from_secs(600);

/// The validators that a server sends for a file, to check later whether it has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The header `Last-Modified`.
    pub last_modified: Option<String>,
}

/// The response of a server.
pub enum Answer {
    /// The file.
    Content(Vec<u8>, Validators),
    /// The file has not changed.
    Unchanged,
}

/// The client; created when it is first needed.
#[derive(Default)]
pub struct Web(OnceLock<Agent>);

/// Whether a path is the URL of a single file.
pub fn is_web(path: &str) -> bool {
    let Some(rest) = ["http://", "https://"].iter().find_map(|scheme| {
        let start = path.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &path[scheme.len()..])
    }) else {
        return false;
    };
    let address = rest.split_once('?').map_or(rest, |(address, _)| address);
    !rest.bytes().any(|byte| byte.is_ascii_control()) && decoded_bytes(address)
}

/// Whether every `%` starts a hexadecimal number.
fn decoded_bytes(text: &str) -> bool {
    text.split('%').skip(1).all(|part| part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

/// How long the parts of a request may take.
#[derive(Clone, Copy)]
struct Times {
    /// Until the response begins.
    response: Duration,
    /// The body.
    body: Duration,
    /// All of it, including redirects; `None` if the URL does not say.
    whole: Option<Duration>,
}

impl Times {
    /// A time that a URL specifies is that of the whole request.
    fn of(query: &Query) -> Self {
        let response = query.timeout;
        match query.has_timeout {
            true => Times { response, body: response, whole: Some(response) },
            false => Times { response, body: BODY_TIMEOUT, whole: None },
        }
    }

    /// What is left after some time.
    fn after(self, elapsed: Duration) -> Self {
        Times { whole: self.whole.map(|whole| whole.saturating_sub(elapsed)), ..self }
    }
}

impl Web {
    /// Gets a file of at most `limit` bytes, unless it has not changed.
    ///
    /// # Errors
    /// The server can't be reached, takes too long, or responds with something other than a file.
    pub fn get(&self, url: &str, known: Option<&Validators>, limit: u64, access: &Access) -> Result<Answer, Failure> {
        let (mut url, mut user) = request_url(url);
        let times = Times::of(&Query::parse(url.split_once('?').map_or("", |(_, query)| query)));
        let started = Instant::now();
        for _ in 0..=MAX_REDIRECTS {
            access.check(&url)?;
            let response = self.request(&url, user.take(), known, times.after(started.elapsed()), access)?;
            match next(&url, &response).filter(|_| access.is_limited()) {
                Some(target) if url.starts_with("https:") && !target.starts_with("https:") => return Err(downgraded()),
                Some(target) => url = target,
                None => return answer(response, known.is_some(), limit, times.body).map_err(|error| *error),
            }
        }
        Err(failure(&Error::TooManyRedirects, times.response))
    }

    /// One request; redirects are only followed if every server may be contacted.
    fn request(
        &self,
        url: &str,
        user: Option<String>,
        known: Option<&Validators>,
        times: Times,
        access: &Access,
    ) -> Result<Response<Body>, Failure> {
        let agent = self.0.get_or_init(agent);
        let config = agent.get(url).config().timeout_recv_response(Some(times.response));
        let mut config = config.timeout_recv_body(Some(times.body));
        if access.is_limited() {
            config = config.max_redirects(0).max_redirects_will_error(false);
        }
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let proxy = proxy(scheme, rest.split(['/', '?']).next().unwrap_or(rest));
        let mut request =
            config.timeout_connect(Some(CONNECT_TIMEOUT.min(times.response))).timeout_global(times.whole).proxy(proxy).build();
        if let Some(user) = user {
            request = request.header(AUTHORIZATION, format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(user)));
        }
        let conditions = known.map(|known| [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)]);
        for (header, value) in conditions.into_iter().flatten() {
            if let Some(value) = value {
                request = request.header(header, value);
            }
        }
        request.call().map_err(|error| failure(&error, times.response))
    }
}

/// The URL that a response redirects to, without its user.
fn next(url: &str, response: &Response<Body>) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = response.headers().get(LOCATION)?.to_str().ok()?;
    let (scheme, rest) = url.split_once("://")?;
    let host = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let path = rest[host.len()..].split('?').next().unwrap_or_default();
    let whole = if is_web(target) {
        target.to_owned()
    } else if target.starts_with("//") {
        format!("{scheme}:{target}")
    } else if target.starts_with('/') {
        format!("{scheme}://{host}{target}")
    } else {
        format!("{scheme}://{host}{}/{target}", path.rsplit_once('/').map_or("", |(directory, _)| directory))
    };
    Some(request_url(&whole).0)
}

fn downgraded() -> Failure {
    Failure::new("redirect", "it redirects from `https` to `http`")
}

fn agent() -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(MAX_REDIRECTS)
        .save_redirect_history(true)
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .user_agent(concat!("render/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls);
    config.build().new_agent()
}

fn answer(mut response: Response<Body>, conditional: bool, limit: u64, timeout: Duration) -> Result<Answer, Box<Failure>> {
    let history = response.get_redirect_history().unwrap_or_default();
    let is_downgraded =
        history.windows(2).any(|pair| pair[0].scheme_str() == Some("https") && pair[1].scheme_str() != Some("https"));
    if is_downgraded {
        return Err(downgraded().into());
    }
    let status = response.status();
    if conditional && status == StatusCode::NOT_MODIFIED {
        return Ok(Answer::Unchanged);
    }
    if !status.is_success() {
        let passing = matches!(status.as_u16(), 429 | 502 | 503 | 504);
        let name = status.canonical_reason().unwrap_or("unknown");
        return Err(Failure::new("http-status", format!("the server returned {} {name}", status.as_u16()))
            .words(format!("HTTP Error: status code {} ({name})", status.as_u16()))
            .passing(passing)
            .into());
    }
    let validators = validators(response.headers());
    let content = response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| failure(&error, timeout))?;
    Ok(Answer::Content(content, validators))
}

fn validators(headers: &HeaderMap) -> Validators {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Validators { etag: header(ETAG), last_modified: header(LAST_MODIFIED) }
}

fn failure(error: &Error, timeout: Duration) -> Failure {
    let text = error.to_string();
    match error {
        Error::Timeout(_) => Failure::new("timeout", format!("the server took longer than {} s", timeout.as_secs_f32()))
            .help("allow more time with `timeout=2m` in the query of the URL"),
        Error::HostNotFound => Failure::new("http", "unknown host"),
        Error::TooManyRedirects => Failure::new("redirect", format!("it redirects more than {MAX_REDIRECTS} times")),
        Error::BodyExceedsLimit(limit) => Failure::new("file-too-large", format!("it is larger than {limit} bytes")),
        Error::Io(cause) if text.contains("certificate") => {
            Failure::new("tls", cause.to_string().replace("UnknownIssuer", "its issuer is not trusted")).help(CERTIFICATES)
        }
        Error::Io(cause) if cause.kind() == ErrorKind::InvalidData => {
            Failure::new("tls", format!("the server does not speak TLS: {cause}"))
        }
        Error::Io(cause) => {
            let passing = matches!(
                cause.kind(),
                ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof
            );
            let text = cause.to_string().to_lowercase();
            Failure::new("http", text.split(" (os error").next().unwrap_or_default()).passing(passing)
        }
        Error::Rustls(_) | Error::Tls(_) => Failure::new("tls", text).help(CERTIFICATES),
        _ => Failure::new("http", text),
    }
}

/// The URL as requested, without fragment and user, and `user:password`.
fn request_url(url: &str) -> (String, Option<String>) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let user = user.map(|user| {
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        let plain = |text: &str| decoded(text).unwrap_or_else(|| text.to_owned());
        format!("{}:{}", plain(name), plain(password))
    });
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut requested = format!("{}://{host}{slash}", scheme.to_ascii_lowercase());
    for byte in path.bytes() {
        match byte {
            0..=0x20 | 0x7f.. | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
                requested.push_str(&format!("%{byte:02X}"))
            }
            _ => requested.push(byte.into()),
        }
    }
    (requested, user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_files() {
        for url in ["http://h", "HTTPS://h/a%20b.yaml?x=%", "https://h/ä b"] {
            assert!(is_web(url), "{url}");
        }
        for path in ["http:/h", "https//h", "file:///a", "git::https://h/a", "https://h/%-x", "https://h/a\nb", "ssh://h/a", ""] {
            assert!(!is_web(path), "{path}");
        }
    }

    #[test]
    fn urls_as_requested() {
        let asked = |url: &str| request_url(url);
        assert_eq!(asked("HTTP://h?a=b#c"), ("http://h/?a=b".into(), None));
        assert_eq!(asked("https://me:a%40b@h/ä b"), ("https://h/%C3%A4%20b".into(), Some("me:a@b".into())));
        assert_eq!(asked("https://token@h:8/x"), ("https://h:8/x".into(), Some("token:".into())));
    }
}
